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

-- The same of Spotify's own lists of artists.
CREATE TABLE artist_snapshot_lists (
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  time_range text NOT NULL,
  snapshot_date date NOT NULL,
  places integer NOT NULL,
  PRIMARY KEY (user_id, time_range, snapshot_date)
);
CREATE TABLE artist_snapshot_periods (
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  time_range text NOT NULL,
  period text NOT NULL,
  artist_id text NOT NULL,
  points integer NOT NULL,
  best_rank integer,
  listings integer NOT NULL,
  PRIMARY KEY (user_id, time_range, period, artist_id)
);
COMMENT ON TABLE artist_snapshot_periods IS 'as snapshot_periods, derived from artist_snapshots';
CREATE INDEX artist_snapshot_periods_order ON artist_snapshot_periods
  (user_id, time_range, period, points DESC, best_rank, artist_id) INCLUDE (listings);

CREATE FUNCTION periods_of(day date) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY[to_char(day::timestamp, 'YYYY-MM'), to_char(day::timestamp, 'YYYY'), 'all'];

-- Down Migration
DROP TABLE snapshot_lists, snapshot_periods, artist_snapshot_lists, artist_snapshot_periods;
DROP FUNCTION periods_of, points_of_rank;
