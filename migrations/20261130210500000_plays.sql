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

-- Between the oldest play of a full page, where it was new, and the one known before it there may have been more than
-- Spotify remembers.
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
  failure text,
  skipped integer NOT NULL DEFAULT 0,
  skipped_at timestamptz[] NOT NULL DEFAULT '{}'
);
COMMENT ON COLUMN play_polls.skipped IS 'items that were no track, each counted once';
COMMENT ON COLUMN play_polls.skipped_at IS 'those of the last answer, by their moment; -infinity: it named none';
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

CREATE FUNCTION refuse_changed_plays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a play is a fact: delete it or add another, but do not change it';
END $$;
CREATE TRIGGER plays_refused BEFORE UPDATE OF user_id, played_at, track_id ON plays
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_changed_plays();

-- Down Migration
DROP TABLE play_quarters, played_tracks, play_polls, play_gaps, plays;
DROP FUNCTION refuse_changed_plays, quarter_of;
