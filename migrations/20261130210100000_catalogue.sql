-- Up Migration
-- The catalogue: what can be played, shared by all listeners. Audio features come from an old archive or from
-- ReccoBeats; a better source takes a lesser one's place, never the other way round. (A listener's own file comes before
-- both: own_audio_features.)
CREATE TABLE tracks (
  track_id text PRIMARY KEY,
  name text,
  artist_name text,
  album_name text,
  duration_ms integer CHECK (duration_ms >= 0),
  spotify_url text,
  raw_json jsonb CHECK (jsonb_typeof(raw_json) = 'object'),
  audio_features jsonb CHECK (jsonb_typeof(audio_features) = 'object'),
  audio_features_source text CHECK (audio_features_source IN ('archive', 'reccobeats')),
  audio_features_at timestamptz,
  release_date date,
  release_date_precision text CHECK (release_date_precision IN ('year', 'month', 'day')),
  popularity smallint CHECK (popularity BETWEEN 0 AND 100),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((release_date IS NULL) = (release_date_precision IS NULL))
);
COMMENT ON COLUMN tracks.track_id IS 'Spotify id, or the URI of a local file';
COMMENT ON COLUMN tracks.raw_json IS 'the provider''s whole track object, as it was first received';
COMMENT ON COLUMN tracks.audio_features_source IS
  'of audio_features where there are any: archive, which NULL means too, or reccobeats';
COMMENT ON COLUMN tracks.audio_features_at IS 'when they came here; NULL: not known';
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

-- A feature that runs from low to high by definition: any other number says nothing. (Rounded far beyond what is
-- shown, because a numeric may be too small for a float.)
CREATE FUNCTION audio_feature_between(audio_features jsonb, feature text, low numeric, high numeric)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN audio_feature(audio_features, feature) BETWEEN low AND high
  THEN round(audio_feature(audio_features, feature), 20)::double precision END;

-- What a listener's library copies of a track. Names are cut where no search or sort looks any more.
-- Left to itself the server reads all artists for each track: it believes that strpos leaves hardly any. OFFSET 0 keeps
-- it from asking before it has looked up the track's own.
CREATE VIEW track_facts AS
SELECT
  track_id,
  left(tracks.name, 500) AS name,
  left(concat_ws(', ', artist_name, further.names), 500) AS artist_names,
  left(album_name, 500) AS album_name,
  popularity,
  release_date,
  release_date_precision,
  duration_ms,
  CASE raw_json -> 'explicit' WHEN 'true' THEN true WHEN 'false' THEN false END AS explicit,
  CASE WHEN raw_json IS NOT NULL
    THEN jsonb_typeof(raw_json #> '{external_ids,isrc}') IS NOT DISTINCT FROM 'string' END AS has_isrc,
  CASE jsonb_typeof(raw_json #> '{album,album_type}')
    WHEN 'string' THEN left(raw_json #>> '{album,album_type}', 50) END AS album_type,
  audio_feature_between(audio_features, 'energy', 0, 1) AS energy,
  audio_feature_between(audio_features, 'valence', 0, 1) AS valence,
  audio_feature_between(audio_features, 'danceability', 0, 1) AS danceability,
  audio_feature_between(audio_features, 'acousticness', 0, 1) AS acousticness,
  audio_feature_between(audio_features, 'instrumentalness', 0, 1) AS instrumentalness,
  audio_feature_between(audio_features, 'speechiness', 0, 1) AS speechiness,
  audio_feature_between(audio_features, 'liveness', 0, 1) AS liveness,
  audio_feature_between(audio_features, 'tempo', 1, 400) AS tempo,
  audio_feature_between(audio_features, 'loudness', -100, 20) AS loudness,
  CASE WHEN audio_feature(audio_features, 'key') IN (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
    THEN audio_feature(audio_features, 'key')::smallint END AS key,
  CASE WHEN audio_feature(audio_features, 'mode') IN (0, 1)
    THEN audio_feature(audio_features, 'mode')::smallint END AS mode
FROM tracks
LEFT JOIN LATERAL (
  SELECT string_agg(own.name, ', ' ORDER BY position) AS names
  FROM (
    SELECT artists.name, position FROM track_artists JOIN artists USING (artist_id)
    WHERE track_artists.track_id = tracks.track_id OFFSET 0
  ) AS own
  WHERE strpos(COALESCE(artist_name, ''), own.name) = 0
) AS further ON true;

-- Down Migration
DROP VIEW track_facts;
DROP FUNCTION audio_feature_between, audio_feature;
DROP TABLE track_artists, artists, tracks;
