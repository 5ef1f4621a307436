-- Up Migration
ALTER TABLE playlists
  ADD description text,
  ADD build_key text,
  ADD CONSTRAINT playlists_build_key UNIQUE (user_id, build_key);
COMMENT ON COLUMN playlists.build_key IS
  'what was built: tracks in order, and name. The same build, submitted however often, is one playlist; NULL for one that was not built here';

-- One playlist's way to Spotify: kept from the first press of the button, so that whoever is cut off can go on.
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

-- A playlist is mostly made of tracks that stand on the shelf already: those are not worked out anew to find that out.
CREATE OR REPLACE FUNCTION record_archive_tracks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO archive_tracks (user_id, track_id)
  SELECT DISTINCT user_id, track_id FROM added
  WHERE NOT EXISTS (
    SELECT FROM archive_tracks AS a WHERE (a.user_id, a.track_id) = (added.user_id, added.track_id))
  ON CONFLICT DO NOTHING;
  DELETE FROM archive_summaries WHERE user_id IN (SELECT DISTINCT user_id FROM added);
  RETURN NULL;
END $$;

-- Down Migration
CREATE OR REPLACE FUNCTION record_archive_tracks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO archive_tracks (user_id, track_id)
  SELECT DISTINCT user_id, track_id FROM added
  ON CONFLICT DO NOTHING;
  DELETE FROM archive_summaries WHERE user_id IN (SELECT DISTINCT user_id FROM added);
  RETURN NULL;
END $$;
DROP TABLE playlist_sendings;
ALTER TABLE playlists DROP CONSTRAINT playlists_build_key, DROP build_key, DROP description;
