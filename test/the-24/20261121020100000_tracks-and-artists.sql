-- Up Migration
-- The catalogue: what can be played, shared by all listeners.
CREATE TABLE tracks (
  track_id text PRIMARY KEY,
  name text,
  artist_name text,
  album_name text,
  duration_ms integer CHECK (duration_ms >= 0),
  spotify_url text,
  raw_json jsonb CHECK (jsonb_typeof(raw_json) = 'object'),
  audio_features jsonb CHECK (jsonb_typeof(audio_features) = 'object'),
  release_date date,
  release_date_precision text CHECK (release_date_precision IN ('year', 'month', 'day')),
  popularity smallint CHECK (popularity BETWEEN 0 AND 100),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((release_date IS NULL) = (release_date_precision IS NULL))
);
COMMENT ON COLUMN tracks.track_id IS 'Spotify id, or the URI of a local file';
COMMENT ON COLUMN tracks.raw_json IS 'the provider''s whole track object, as it was first received';
CREATE INDEX tracks_raw_json ON tracks USING gin (raw_json jsonb_path_ops);

CREATE TABLE artists (
  artist_id text PRIMARY KEY,
  name text,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE track_artists (
  track_id text NOT NULL REFERENCES tracks,
  artist_id text NOT NULL REFERENCES artists,
  position integer NOT NULL CHECK (position > 0),
  PRIMARY KEY (track_id, artist_id)
);
CREATE INDEX track_artists_artist_id ON track_artists (artist_id);

-- A feature as a number, or NULL where it is missing or is no number (numeric: no JSON number overflows it).
CREATE FUNCTION audio_feature(audio_features jsonb, feature text) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE jsonb_typeof(audio_features -> feature) WHEN 'number' THEN (audio_features -> feature)::numeric END;

-- Down Migration
DROP FUNCTION audio_feature;
DROP TABLE track_artists, artists, tracks;
