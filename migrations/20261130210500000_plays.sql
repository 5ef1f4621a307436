-- Up Migration
-- Every listen Spotify told of, once. Reads go through the narrow indexes; the payload is opened for nothing but itself.
CREATE TABLE plays (
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  played_at timestamptz NOT NULL,
  track_id text NOT NULL REFERENCES tracks,
  context jsonb,
  raw_json jsonb NOT NULL CHECK (jsonb_typeof(raw_json) = 'object'),
  PRIMARY KEY (user_id, played_at, track_id)
);
COMMENT ON COLUMN plays.raw_json IS 'the provider''s whole item, track included, as received';
CREATE INDEX plays_of_track ON plays (user_id, track_id, played_at);

-- Between the newest play known and the oldest of a full page there may have been more than Spotify remembers.
CREATE TABLE play_gaps (
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  after_played_at timestamptz NOT NULL,
  before_played_at timestamptz NOT NULL,
  noticed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, after_played_at),
  CHECK (after_played_at < before_played_at)
);

-- When a listener's plays are asked for next, and how the last asking went.
CREATE TABLE play_polls (
  user_id bigint PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  next_poll_at timestamptz NOT NULL,
  polled_at timestamptz,
  succeeded_at timestamptz,
  failures integer NOT NULL DEFAULT 0,
  failure text
);
COMMENT ON COLUMN play_polls.failure IS 'in words, for the listener; NULL after a success';

-- Two tallies the database keeps of the plays, so that no page counts millions of rows: how often each track was
-- played, and how many plays each quarter of an hour holds (every time zone is a whole number of quarters off UTC).
CREATE TABLE played_tracks (
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  track_id text NOT NULL REFERENCES tracks,
  plays integer NOT NULL,
  first_played_at timestamptz NOT NULL,
  last_played_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, track_id)
);
CREATE INDEX played_tracks_most_played ON played_tracks (user_id, plays DESC, track_id);
CREATE TABLE play_quarters (
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  quarter timestamptz NOT NULL,
  plays integer NOT NULL,
  PRIMARY KEY (user_id, quarter) INCLUDE (plays)
);
COMMENT ON TABLE play_quarters IS 'plays of each quarter of an hour, of tracks that are not hidden';

CREATE FUNCTION quarter_of(instant timestamptz) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN date_bin('15 minutes', instant, '2000-01-01T00:00:00Z'::timestamptz);

-- A played track belongs to the listener's archive: it can be found, filtered and opened like a listed one.
CREATE FUNCTION record_plays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO library_tracks (user_id, track_id)
  SELECT DISTINCT user_id, track_id FROM added ORDER BY user_id, track_id
  ON CONFLICT DO NOTHING;
  INSERT INTO played_tracks AS known (user_id, track_id, plays, first_played_at, last_played_at)
  SELECT user_id, track_id, count(*), min(played_at), max(played_at)
  FROM added GROUP BY user_id, track_id ORDER BY user_id, track_id
  ON CONFLICT (user_id, track_id) DO UPDATE SET
    plays = known.plays + excluded.plays,
    first_played_at = LEAST(known.first_played_at, excluded.first_played_at),
    last_played_at = GREATEST(known.last_played_at, excluded.last_played_at);
  INSERT INTO play_quarters AS known (user_id, quarter, plays)
  SELECT user_id, quarter_of(played_at), count(*)
  FROM added JOIN library_tracks AS own USING (user_id, track_id) WHERE NOT own.hidden
  GROUP BY 1, 2 ORDER BY 1, 2
  ON CONFLICT (user_id, quarter) DO UPDATE SET plays = known.plays + excluded.plays;
  RETURN NULL;
END $$;
CREATE FUNCTION recount_deleted_plays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE played_tracks AS p SET
    plays = p.plays - gone.plays,
    first_played_at = COALESCE((SELECT min(played_at) FROM plays AS l
      WHERE (l.user_id, l.track_id) = (p.user_id, p.track_id)), p.first_played_at),
    last_played_at = COALESCE((SELECT max(played_at) FROM plays AS l
      WHERE (l.user_id, l.track_id) = (p.user_id, p.track_id)), p.last_played_at)
  FROM (SELECT user_id, track_id, count(*) AS plays FROM removed GROUP BY user_id, track_id) AS gone
  WHERE (p.user_id, p.track_id) = (gone.user_id, gone.track_id);
  DELETE FROM played_tracks
  WHERE plays <= 0 AND (user_id, track_id) IN (SELECT user_id, track_id FROM removed);
  UPDATE play_quarters AS q SET plays = q.plays - gone.plays
  FROM (
    SELECT user_id, quarter_of(played_at) AS quarter, count(*) AS plays
    FROM removed JOIN library_tracks AS own USING (user_id, track_id) WHERE NOT own.hidden GROUP BY 1, 2
  ) AS gone
  WHERE (q.user_id, q.quarter) = (gone.user_id, gone.quarter);
  DELETE FROM play_quarters
  WHERE plays <= 0 AND (user_id, quarter) IN (SELECT user_id, quarter_of(played_at) FROM removed);
  RETURN NULL;
END $$;
CREATE FUNCTION refuse_changed_plays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a play is a fact: delete it or add another, but do not change it';
END $$;
CREATE TRIGGER record_plays AFTER INSERT ON plays
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION record_plays();
CREATE TRIGGER recount_deleted_plays AFTER DELETE ON plays
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION recount_deleted_plays();
CREATE TRIGGER refuse_changed_plays BEFORE UPDATE OF user_id, played_at, track_id ON plays
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_changed_plays();

-- Down Migration
DROP TABLE play_quarters, played_tracks, play_polls, play_gaps, plays;
DROP FUNCTION record_plays, recount_deleted_plays, refuse_changed_plays, quarter_of;
