-- Up Migration
-- Ten years of daily lists are half a million places: which days have a list, and what a month or a year loved most,
-- must not be added up from them on each visit. Both tables are derived from snapshots, and kept by triggers.

-- What one place counts in the list of a month or a year: 50 for the first, 49 for the second … and 1 for the
-- fiftieth, for every place beyond it, and for one whose rank is not known.
CREATE FUNCTION points_of_rank(rank integer) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN GREATEST(51 - COALESCE(rank, 50), 1);

CREATE FUNCTION month_of(day date) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN date_trunc('month', day::timestamp)::date;

CREATE TABLE snapshot_lists (
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  time_range text NOT NULL,
  snapshot_date date NOT NULL,
  places integer NOT NULL,
  PRIMARY KEY (user_id, time_range, snapshot_date)
);
COMMENT ON TABLE snapshot_lists IS 'one row per kept list: derived from snapshots, to find days by';

CREATE TABLE snapshot_months (
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  time_range text NOT NULL,
  month date NOT NULL,
  track_id text NOT NULL,
  points integer NOT NULL,
  best_rank integer,
  listings integer NOT NULL,
  PRIMARY KEY (user_id, time_range, month, track_id)
);
COMMENT ON TABLE snapshot_months IS 'what each track came to in a month’s lists: derived from snapshots, a year is a sum of it';
COMMENT ON COLUMN snapshot_months.month IS 'its first day';
COMMENT ON COLUMN snapshot_months.points IS 'the sum of points_of_rank over the month’s lists';

-- Counts some lists, and some tracks in their months, anew.
CREATE FUNCTION recount_snapshot_lists(user_ids bigint[], time_ranges text[], dates date[], track_ids text[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM snapshot_lists AS l
  USING (SELECT DISTINCT * FROM unnest(user_ids, time_ranges, dates) AS k (user_id, time_range, snapshot_date)) AS k
  WHERE (l.user_id, l.time_range, l.snapshot_date) = (k.user_id, k.time_range, k.snapshot_date);
  INSERT INTO snapshot_lists (user_id, time_range, snapshot_date, places)
  SELECT user_id, time_range, snapshot_date, count(*)
  FROM (SELECT DISTINCT * FROM unnest(user_ids, time_ranges, dates) AS k (user_id, time_range, snapshot_date)) AS k
  JOIN snapshots USING (user_id, time_range, snapshot_date)
  GROUP BY user_id, time_range, snapshot_date;

  DELETE FROM snapshot_months AS m
  USING (
    SELECT DISTINCT user_id, time_range, month_of(day) AS month, track_id
    FROM unnest(user_ids, time_ranges, dates, track_ids) AS k (user_id, time_range, day, track_id)
  ) AS k
  WHERE (m.user_id, m.time_range, m.month, m.track_id) = (k.user_id, k.time_range, k.month, k.track_id);
  INSERT INTO snapshot_months (user_id, time_range, month, track_id, points, best_rank, listings)
  SELECT k.user_id, k.time_range, k.month, k.track_id, sum(points_of_rank(rank)), min(rank), count(*)
  FROM (
    SELECT DISTINCT user_id, time_range, month_of(day) AS month, track_id
    FROM unnest(user_ids, time_ranges, dates, track_ids) AS k (user_id, time_range, day, track_id)
  ) AS k
  JOIN snapshots AS s ON (s.user_id, s.time_range, s.track_id) = (k.user_id, k.time_range, k.track_id)
    AND s.snapshot_date >= k.month AND s.snapshot_date < k.month + interval '1 month'
  GROUP BY k.user_id, k.time_range, k.month, k.track_id;
END $$;

CREATE FUNCTION record_snapshot_lists() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO snapshot_lists AS l (user_id, time_range, snapshot_date, places)
  SELECT user_id, time_range, snapshot_date, count(*) FROM added
  GROUP BY user_id, time_range, snapshot_date ORDER BY user_id, time_range, snapshot_date
  ON CONFLICT (user_id, time_range, snapshot_date) DO UPDATE SET places = l.places + excluded.places;
  INSERT INTO snapshot_months AS m (user_id, time_range, month, track_id, points, best_rank, listings)
  SELECT user_id, time_range, month_of(snapshot_date) AS month, track_id, sum(points_of_rank(rank)), min(rank), count(*)
  FROM added
  GROUP BY user_id, time_range, month, track_id ORDER BY user_id, time_range, month, track_id
  ON CONFLICT (user_id, time_range, month, track_id) DO UPDATE SET
    points = m.points + excluded.points,
    best_rank = LEAST(m.best_rank, excluded.best_rank),
    listings = m.listings + excluded.listings;
  RETURN NULL;
END $$;
-- (A listener who is being deleted needs no count.)
CREATE FUNCTION recount_deleted_snapshot_lists() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM recount_snapshot_lists(
    array_agg(user_id), array_agg(time_range), array_agg(snapshot_date), array_agg(track_id))
  FROM removed JOIN users USING (user_id) HAVING count(*) > 0;
  RETURN NULL;
END $$;
CREATE FUNCTION recount_updated_snapshot_lists() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM recount_snapshot_lists(
    array_agg(user_id), array_agg(time_range), array_agg(snapshot_date), array_agg(track_id))
  FROM (SELECT * FROM removed UNION ALL SELECT * FROM added) AS touched HAVING count(*) > 0;
  RETURN NULL;
END $$;
CREATE TRIGGER record_snapshot_lists AFTER INSERT ON snapshots
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION record_snapshot_lists();
CREATE TRIGGER recount_snapshot_lists_on_update AFTER UPDATE ON snapshots
  REFERENCING OLD TABLE AS removed NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION recount_updated_snapshot_lists();
CREATE TRIGGER recount_snapshot_lists_on_delete AFTER DELETE ON snapshots
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION recount_deleted_snapshot_lists();

INSERT INTO snapshot_lists (user_id, time_range, snapshot_date, places)
SELECT user_id, time_range, snapshot_date, count(*) FROM snapshots GROUP BY user_id, time_range, snapshot_date;
INSERT INTO snapshot_months (user_id, time_range, month, track_id, points, best_rank, listings)
SELECT user_id, time_range, month_of(snapshot_date) AS month, track_id, sum(points_of_rank(rank)), min(rank), count(*)
FROM snapshots GROUP BY user_id, time_range, month, track_id;

-- Down Migration
DROP TRIGGER record_snapshot_lists ON snapshots;
DROP TRIGGER recount_snapshot_lists_on_update ON snapshots;
DROP TRIGGER recount_snapshot_lists_on_delete ON snapshots;
DROP TABLE snapshot_lists, snapshot_months;
DROP FUNCTION record_snapshot_lists, recount_deleted_snapshot_lists, recount_updated_snapshot_lists,
  recount_snapshot_lists, month_of, points_of_rank;
