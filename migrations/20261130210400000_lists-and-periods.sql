-- Up Migration
-- Ten years of daily lists are half a million places: which days have a list, and what a month or a year loved most,
-- must not be added up from them on each visit. Both tables are derived from snapshots, and kept by triggers.

-- What one place counts in the list of a month or a year: 50 for the first, 49 for the second … and 1 for the
-- fiftieth, for every place beyond it, and for one whose rank is not known.
CREATE FUNCTION points_of_rank(rank integer) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN GREATEST(51 - COALESCE(rank, 50), 1);

CREATE TABLE snapshot_lists (
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  time_range text NOT NULL,
  snapshot_date date NOT NULL,
  places integer NOT NULL,
  PRIMARY KEY (user_id, time_range, snapshot_date)
);
COMMENT ON TABLE snapshot_lists IS 'one row per kept list: derived from snapshots, to find days by';

-- What a track came to is asked for by every artist's page; the list of a period has an index of its own.
CREATE TABLE snapshot_periods (
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  time_range text NOT NULL,
  period text NOT NULL,
  track_id text NOT NULL,
  points integer NOT NULL,
  best_rank integer,
  listings integer NOT NULL,
  PRIMARY KEY (user_id, track_id, time_range, period)
);
COMMENT ON TABLE snapshot_periods IS
  'what each track came to in the lists of a month, a year and all time: derived from snapshots';
COMMENT ON COLUMN snapshot_periods.period IS 'YYYY-MM, YYYY or all';
COMMENT ON COLUMN snapshot_periods.points IS 'the sum of points_of_rank over the period’s lists';
-- The list of a period is the beginning of this index.
CREATE INDEX snapshot_periods_order ON snapshot_periods
  (user_id, time_range, period, points DESC, best_rank, track_id) INCLUDE (listings);
CREATE INDEX snapshot_periods_top_ten ON snapshot_periods
  (user_id, time_range, period, best_rank, points DESC, track_id) WHERE best_rank <= 10;

CREATE FUNCTION periods_of(day date) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY[to_char(day::timestamp, 'YYYY-MM'), to_char(day::timestamp, 'YYYY'), 'all'];

CREATE FUNCTION record_snapshot_lists() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO snapshot_lists AS l (user_id, time_range, snapshot_date, places)
  SELECT user_id, time_range, snapshot_date, count(*) FROM added
  GROUP BY user_id, time_range, snapshot_date ORDER BY user_id, time_range, snapshot_date
  ON CONFLICT (user_id, time_range, snapshot_date) DO UPDATE SET places = l.places + excluded.places;
  -- Months first, which are few; years and all time are sums of them.
  INSERT INTO snapshot_periods AS p (user_id, time_range, period, track_id, points, best_rank, listings)
  SELECT user_id, time_range, period, track_id, sum(points), min(best_rank), sum(listings)
  FROM (
    SELECT user_id, time_range, periods_of(min(snapshot_date)) AS periods, track_id,
      sum(points_of_rank(rank)) AS points, min(rank) AS best_rank, count(*) AS listings
    FROM added
    GROUP BY user_id, time_range, date_trunc('month', snapshot_date::timestamp), track_id
  ) AS months, unnest(periods) AS period
  GROUP BY user_id, time_range, period, track_id ORDER BY user_id, time_range, period, track_id
  ON CONFLICT (user_id, time_range, period, track_id) DO UPDATE SET
    points = p.points + excluded.points,
    best_rank = LEAST(p.best_rank, excluded.best_rank),
    listings = p.listings + excluded.listings;
  RETURN NULL;
END $$;

-- Counts some lists, and some tracks in their periods, anew.
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

  DELETE FROM snapshot_periods AS p
  USING (
    SELECT DISTINCT user_id, time_range, period, track_id
    FROM unnest(user_ids, time_ranges, dates, track_ids) AS k (user_id, time_range, day, track_id),
      unnest(periods_of(day)) AS period
  ) AS k
  WHERE (p.user_id, p.time_range, p.period, p.track_id) = (k.user_id, k.time_range, k.period, k.track_id);
  INSERT INTO snapshot_periods (user_id, time_range, period, track_id, points, best_rank, listings)
  SELECT s.user_id, s.time_range, period, s.track_id, sum(points_of_rank(rank)), min(rank), count(*)
  FROM (SELECT DISTINCT * FROM unnest(user_ids, time_ranges, track_ids) AS k (user_id, time_range, track_id)) AS k
  JOIN snapshots AS s USING (user_id, time_range, track_id),
    unnest(periods_of(snapshot_date)) AS period
  GROUP BY s.user_id, s.time_range, period, s.track_id
  ON CONFLICT (user_id, time_range, period, track_id) DO NOTHING;
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

-- Down Migration
DROP TRIGGER record_snapshot_lists ON snapshots;
DROP TRIGGER recount_snapshot_lists_on_update ON snapshots;
DROP TRIGGER recount_snapshot_lists_on_delete ON snapshots;
DROP TABLE snapshot_lists, snapshot_periods;
DROP FUNCTION record_snapshot_lists, recount_deleted_snapshot_lists, recount_updated_snapshot_lists,
  recount_snapshot_lists, periods_of, points_of_rank;
