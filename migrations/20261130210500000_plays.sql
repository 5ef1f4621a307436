-- Up Migration
-- Every listen once, however many sources tell of it. Reads go through the narrow indexes; what was received is opened
-- for nothing but itself. A captured play shows the time and track that Spotify's API told, and what an imported row knows
-- besides; of imported rows the one of the best source shows. The others stand in paired_plays, so that undoing an import
-- parts them again. (No foreign key holds a play to its import: to look it up for each of half a million took as long as
-- an index. A trigger sees to it where an import is deleted: forget_imports().)
CREATE TABLE plays (
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  played_at timestamptz NOT NULL,
  track_id text NOT NULL REFERENCES tracks,
  nth integer NOT NULL DEFAULT 1,
  source text NOT NULL DEFAULT 'capture',
  ms_played integer CHECK (ms_played >= 0),
  reached_end boolean,
  skipped boolean,
  context jsonb,
  raw_json jsonb CHECK (jsonb_typeof(raw_json) = 'object'),
  history_import_id bigint,
  row_key uuid,
  file_row jsonb,
  PRIMARY KEY (user_id, played_at, track_id, nth) INCLUDE (ms_played, reached_end),
  CHECK ((source = 'capture') = (history_import_id IS NULL)),
  CHECK (num_nonnulls(history_import_id, row_key, file_row) IN (0, 3))
);
COMMENT ON COLUMN plays.played_at IS 'the end of the play, by all sources';
COMMENT ON COLUMN plays.nth IS 'which of those that have the same end and track: a phone that was offline tells many at once';
COMMENT ON COLUMN plays.source IS 'capture, or the kind of file whose row this is';
COMMENT ON COLUMN plays.ms_played IS 'listened; NULL: not known';
COMMENT ON COLUMN plays.reached_end IS 'the source says that the track ran to its end; NULL: it does not say';
COMMENT ON COLUMN plays.raw_json IS 'the provider''s whole item, track included, as received; NULL where none was';
COMMENT ON COLUMN plays.row_key IS 'the second it states, then md5 of what makes the row of a file this one and no other, whichever package it comes in';
COMMENT ON COLUMN plays.file_row IS 'the row, without what is personal and useless';
CREATE INDEX plays_of_track ON plays (user_id, track_id, played_at) INCLUDE (ms_played, reached_end, skipped);
-- (Of captured plays alone: no file says where from.)
CREATE INDEX plays_with_context ON plays (user_id, track_id) WHERE context IS NOT NULL;
CREATE INDEX plays_skipped ON plays (user_id, played_at) INCLUDE (track_id) WHERE skipped;
CREATE UNIQUE INDEX plays_row_key ON plays (user_id, row_key) WHERE row_key IS NOT NULL;

-- Rows of files that tell of a listen which shows another's time and track.
CREATE TABLE paired_plays (
  user_id bigint NOT NULL,
  row_key uuid NOT NULL,
  history_import_id bigint NOT NULL,
  source text NOT NULL,
  ended_at timestamptz NOT NULL,
  own_track_id text NOT NULL REFERENCES tracks,
  ms_played integer CHECK (ms_played >= 0),
  reached_end boolean,
  skipped boolean,
  file_row jsonb NOT NULL,
  played_at timestamptz NOT NULL,
  track_id text NOT NULL,
  nth integer NOT NULL,
  PRIMARY KEY (user_id, row_key),
  FOREIGN KEY (user_id, played_at, track_id, nth) REFERENCES plays ON DELETE CASCADE,
  FOREIGN KEY (user_id, history_import_id) REFERENCES history_imports ON DELETE CASCADE
);
COMMENT ON COLUMN paired_plays.ended_at IS 'the end as this row tells it';
COMMENT ON COLUMN paired_plays.played_at IS 'with track_id and nth the play that shows';
CREATE INDEX paired_plays_of_play ON paired_plays (user_id, played_at, track_id, nth);
CREATE INDEX paired_plays_of_import ON paired_plays (user_id, history_import_id);

-- Which of several tells best of one listen, lowest first. (Account data tells minutes and no id.)
CREATE FUNCTION source_rank(source text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE source WHEN 'capture' THEN 0 WHEN 'spotify extended' THEN 1 WHEN 'your_spotify' THEN 2
  WHEN 'spotify account' THEN 3 ELSE 4 END;

-- What counts as a play, by the listener's rule. Spotify's API tells only of plays of more than 30 seconds, and of no
-- length: what is not known counts.
CREATE FUNCTION counts_as_play(rule text, ms_played integer, reached_end boolean, duration_ms integer) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE rule
  WHEN 'any' THEN true
  WHEN '30 seconds' THEN COALESCE(ms_played >= 30000, true)
  WHEN 'finished' THEN COALESCE(reached_end OR ms_played >= 0.9 * duration_ms, reached_end, ms_played >= 0.9 * duration_ms, true)
END;

-- Between the oldest play of a full page, where it was new, and the one known before it there may have been more than
-- Spotify remembers.
CREATE TABLE play_gaps (
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  after_played_at timestamptz NOT NULL,
  before_played_at timestamptz NOT NULL,
  noticed_at timestamptz NOT NULL DEFAULT now(),
  history_import_id bigint,
  PRIMARY KEY (user_id, after_played_at),
  FOREIGN KEY (user_id, history_import_id) REFERENCES history_imports,
  CHECK (after_played_at < before_played_at)
);

COMMENT ON COLUMN play_gaps.history_import_id IS 'whose files told what was played then; NULL: the gap is open';

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

-- Tallies the database keeps of the plays that count, so that no page counts millions of rows. Each says how many, how
-- many of them with a time, milliseconds listened where they are known, and where they are not the lengths of the tracks:
-- ever, and until the end of each month of the listener's calendar with plays. What was played in a span is what was
-- played until its end less what was played until its beginning, whatever lies between; the days between these and the
-- nearest months are counted in the plays themselves. (They go with their listener by a trigger of users: see
-- forget_listeners(). Rows stay as they are up to 8 kB: to compress the longest, as rows of 2 kB would be, made a list of
-- artists cost four times as much. Columns of one size come first: those behind a text are found one after the other.)
CREATE TABLE played_tracks (
  user_id bigint NOT NULL,
  plays integer NOT NULL,
  timed_plays integer NOT NULL,
  ms_played bigint NOT NULL,
  about_ms bigint NOT NULL,
  first_played_at timestamptz NOT NULL,
  last_played_at timestamptz NOT NULL,
  length_ms integer,
  is_hidden boolean NOT NULL,
  track_id text NOT NULL,
  of_album_id text,
  months date[] NOT NULL,
  plays_until integer[] NOT NULL,
  timed_until integer[] NOT NULL,
  ms_until bigint[] NOT NULL,
  about_until bigint[] NOT NULL,
  PRIMARY KEY (user_id, track_id) INCLUDE (plays, timed_plays, ms_played, about_ms, first_played_at, last_played_at)
) WITH (toast_tuple_target = 8160);
COMMENT ON COLUMN played_tracks.months IS 'the first days of the months with plays, in order';
COMMENT ON COLUMN played_tracks.plays_until IS 'of each of the months: plays until its end';
COMMENT ON COLUMN played_tracks.length_ms IS 'as the library has it, like the album, and whether it is hidden: by these plays are added up';
CREATE INDEX played_tracks_most_played ON played_tracks (user_id, plays DESC, track_id);
CREATE INDEX played_tracks_longest_played ON played_tracks (user_id, (ms_played + about_ms) DESC, track_id);
CREATE TABLE played_artists (
  user_id bigint NOT NULL,
  plays integer NOT NULL,
  timed_plays integer NOT NULL,
  ms_played bigint NOT NULL,
  about_ms bigint NOT NULL,
  first_played_at timestamptz NOT NULL,
  last_played_at timestamptz NOT NULL,
  artist_id text NOT NULL,
  months date[] NOT NULL,
  plays_until integer[] NOT NULL,
  timed_until integer[] NOT NULL,
  ms_until bigint[] NOT NULL,
  about_until bigint[] NOT NULL,
  PRIMARY KEY (user_id, artist_id)
) WITH (toast_tuple_target = 8160);
COMMENT ON TABLE played_artists IS 'plays of their tracks that are not hidden';
CREATE INDEX played_artists_most_played ON played_artists (user_id, plays DESC, artist_id);
CREATE TABLE played_albums (
  user_id bigint NOT NULL,
  plays integer NOT NULL,
  timed_plays integer NOT NULL,
  ms_played bigint NOT NULL,
  about_ms bigint NOT NULL,
  first_played_at timestamptz NOT NULL,
  last_played_at timestamptz NOT NULL,
  album_id text NOT NULL,
  months date[] NOT NULL,
  plays_until integer[] NOT NULL,
  timed_until integer[] NOT NULL,
  ms_until bigint[] NOT NULL,
  about_until bigint[] NOT NULL,
  PRIMARY KEY (user_id, album_id)
) WITH (toast_tuple_target = 8160);
COMMENT ON TABLE played_albums IS 'by library_tracks.album_id: plays of its tracks that are not hidden';
CREATE INDEX played_albums_most_played ON played_albums (user_id, plays DESC, album_id);

-- How all plays of a track went that are kept, also those too short to count: by the sources that say it.
CREATE TABLE play_endings (
  user_id bigint NOT NULL,
  track_id text NOT NULL,
  kept integer NOT NULL,
  end_known integer NOT NULL,
  ended integer NOT NULL,
  skip_known integer NOT NULL,
  skipped integer NOT NULL,
  shuffle_known integer NOT NULL,
  shuffled integer NOT NULL,
  offline_known integer NOT NULL,
  offline integer NOT NULL,
  PRIMARY KEY (user_id, track_id)
);
COMMENT ON COLUMN play_endings.end_known IS 'of so many it is known whether they ran to their end, as many as `ended` did';
CREATE INDEX play_endings_most_skipped ON play_endings (user_id, skipped DESC, track_id) WHERE skipped > 0;

-- The days of the listener's calendar on which anything was played, of tracks that are not hidden.
CREATE TABLE play_days (
  user_id bigint NOT NULL,
  day date NOT NULL,
  plays integer NOT NULL,
  timed_plays integer NOT NULL,
  ms_played bigint NOT NULL,
  about_ms bigint NOT NULL,
  hours integer[] NOT NULL,
  kept integer NOT NULL,
  end_known integer NOT NULL,
  ended integer NOT NULL,
  skip_known integer NOT NULL,
  skipped integer NOT NULL,
  PRIMARY KEY (user_id, day)
);
COMMENT ON COLUMN play_days.hours IS 'plays that ended in each hour on the listener''s clock, 24 of them; the hour that comes twice a year is one';
COMMENT ON COLUMN play_days.kept IS 'all plays that are kept, also those that do not count';

-- Where plays of a day were started, as Spotify's API says it: of those that count, of tracks that are not hidden.
CREATE TABLE played_from (
  user_id bigint NOT NULL,
  day date NOT NULL,
  address text NOT NULL,
  plays integer NOT NULL,
  PRIMARY KEY (user_id, day, address) INCLUDE (plays)
);
COMMENT ON COLUMN played_from.address IS 'Spotify''s address of a playlist, an album …; empty where it says none';

-- Tracks that are not hidden, and artists, by the day of their first play that counts.
CREATE TABLE discoveries (
  user_id bigint NOT NULL,
  day date NOT NULL,
  kind text NOT NULL,
  things integer NOT NULL,
  lasting integer NOT NULL,
  PRIMARY KEY (user_id, day, kind) INCLUDE (things, lasting)
);
COMMENT ON COLUMN discoveries.kind IS 'tracks or artists';
COMMENT ON COLUMN discoveries.lasting IS 'so many of them were still played 90 days later';

-- Plays between which no half hour passed without one, of tracks that are not hidden.
CREATE TABLE play_sessions (
  user_id bigint NOT NULL,
  began_at timestamptz NOT NULL,
  ended_at timestamptz NOT NULL,
  plays integer NOT NULL,
  PRIMARY KEY (user_id, began_at) INCLUDE (ended_at, plays)
);

CREATE FUNCTION refuse_changed_plays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a play is a fact: delete it or add another, but do not change it';
END $$;
CREATE TRIGGER plays_refused BEFORE UPDATE OF user_id, played_at, track_id, nth ON plays
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_changed_plays();

-- Down Migration
DROP TABLE play_sessions, discoveries, played_from, play_days, play_endings, played_albums, played_artists, played_tracks, play_polls, play_gaps, paired_plays,
  plays;
DROP FUNCTION refuse_changed_plays, counts_as_play, source_rank;
