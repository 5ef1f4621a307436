-- Up Migration
-- One playlist's way to Spotify: kept from the first press of the button, so that whoever is cut off can go on.
-- One that was cut off, or that Spotify made wait, goes on by itself: the worker takes it up when it is time.
CREATE TABLE playlist_sendings (
  user_id bigint NOT NULL,
  playlist_id text NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sending', 'stopped', 'sent')),
  is_public boolean NOT NULL DEFAULT false,
  track_ids text[] NOT NULL,
  left_out jsonb NOT NULL DEFAULT '[]',
  spotify_playlist_id text,
  creation_asked_at timestamptz,
  lost_creations integer NOT NULL DEFAULT 0,
  handled integer NOT NULL DEFAULT 0,
  confirmed integer NOT NULL DEFAULT 0,
  pending integer NOT NULL DEFAULT 0,
  start_over boolean NOT NULL DEFAULT false,
  problem text,
  not_before timestamptz,
  furthest integer NOT NULL DEFAULT 0,
  description_refused boolean NOT NULL DEFAULT false,
  failures integer NOT NULL DEFAULT 0,
  again_at timestamptz,
  stopped_at timestamptz,
  lease uuid,
  leased_until timestamptz,
  started_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  PRIMARY KEY (user_id, playlist_id),
  FOREIGN KEY (user_id, playlist_id) REFERENCES playlists ON DELETE CASCADE ON UPDATE CASCADE
);
COMMENT ON COLUMN playlist_sendings.track_ids IS 'what is sent, in order, as the playlist was when it was first sent';
COMMENT ON COLUMN playlist_sendings.left_out IS '[{"track_id", "reason": "local-file | no-spotify-id | not-taken"}]';
COMMENT ON COLUMN playlist_sendings.creation_asked_at IS
  'Spotify was asked to make the playlist and its answer is not known: an empty one may stand there';
COMMENT ON COLUMN playlist_sendings.lost_creations IS 'how often that ended so: empty playlists that may stand there';
COMMENT ON COLUMN playlist_sendings.handled IS 'how many of track_ids are either there or left out';
COMMENT ON COLUMN playlist_sendings.confirmed IS 'how many items are there for certain';
COMMENT ON COLUMN playlist_sendings.pending IS 'items sent whose answer is not known: they are there, or they are not';
COMMENT ON COLUMN playlist_sendings.start_over IS 'the first items replace whatever is there';
COMMENT ON COLUMN playlist_sendings.lease IS 'whoever holds it is the one sending';
COMMENT ON COLUMN playlist_sendings.furthest IS 'the most items that were ever there for certain';
COMMENT ON COLUMN playlist_sendings.description_refused IS 'Spotify took the playlist without its description alone';
COMMENT ON COLUMN playlist_sendings.failures IS 'how often in a row it met trouble without one more item than ever arriving';
COMMENT ON COLUMN playlist_sendings.again_at IS 'when the worker tries again; NULL: only its listener can say';
COMMENT ON COLUMN playlist_sendings.stopped_at IS
  'when it last met a problem: a connection made since then may have mended it';
-- What is sent stays for ever, what is not is looked for in every round of the worker.
CREATE INDEX playlist_sendings_unsent ON playlist_sendings (user_id, playlist_id) WHERE state <> 'sent';

-- Whom the worker asks to complete the catalogue (ReccoBeats for features, Spotify for payloads), and when again.
CREATE TABLE enrichments (
  source text PRIMARY KEY CHECK (source IN ('reccobeats', 'spotify')),
  asked_date date,
  asked integer NOT NULL DEFAULT 0,
  asked_at timestamptz,
  not_before timestamptz,
  next_at timestamptz,
  leased_until timestamptz,
  failures integer NOT NULL DEFAULT 0,
  failure text
);
COMMENT ON COLUMN enrichments.asked IS 'ids asked for on asked_date (UTC), counted before they are';
COMMENT ON COLUMN enrichments.not_before IS 'what the source itself has asked for';
COMMENT ON COLUMN enrichments.leased_until IS 'somebody is asking; past this they are taken for dead';

-- What was asked for and is not there; asked for again now and then.
CREATE TABLE enrichment_misses (
  source text NOT NULL REFERENCES enrichments,
  track_id text NOT NULL REFERENCES tracks,
  asked_at timestamptz NOT NULL DEFAULT now(),
  times integer NOT NULL DEFAULT 1,
  PRIMARY KEY (source, track_id)
);
INSERT INTO enrichments (source) VALUES ('reccobeats'), ('spotify');

-- A track's page says when its features were asked for in vain.
CREATE FUNCTION follow_misses() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM mark_changed(ARRAY(SELECT DISTINCT user_id FROM library_tracks JOIN changed USING (track_id)));
  RETURN NULL;
END $$;
CREATE TRIGGER enrichment_misses_inserted AFTER INSERT ON enrichment_misses
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION follow_misses();
CREATE TRIGGER enrichment_misses_updated AFTER UPDATE ON enrichment_misses
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION follow_misses();
CREATE TRIGGER enrichment_misses_deleted AFTER DELETE ON enrichment_misses
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION follow_misses();

-- Which listener's capture or poll a worker has in hand. The facts it was due for stay when it is done, so that a worker
-- that looked a moment earlier does not do it once more.
CREATE TABLE job_leases (
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  job text NOT NULL CHECK (job IN ('capture', 'plays')),
  due_for text NOT NULL,
  leased_until timestamptz NOT NULL,
  finished_at timestamptz,
  PRIMARY KEY (user_id, job)
);
COMMENT ON COLUMN job_leases.due_for IS 'the facts that made it due (src/jobs/due.ts): once it is done they are others';

-- Down Migration
DROP TABLE job_leases, enrichment_misses, enrichments, playlist_sendings;
DROP FUNCTION follow_misses;
