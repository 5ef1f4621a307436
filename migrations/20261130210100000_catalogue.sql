-- Up Migration
CREATE EXTENSION IF NOT EXISTS unaccent;

-- Text as it is searched: one way of writing each character, no accents, no capitals, none of the vowel signs and
-- lengthenings that Hebrew and Arabic may write or leave out. What is pure ASCII has one way of being written: most
-- names, and the cheaper half.
CREATE FUNCTION search_form(words text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN octet_length(words) = char_length(words) THEN lower(words)
  ELSE regexp_replace(lower(unaccent('unaccent'::regdictionary, normalize(words, NFKC))),
    '[\u0591-\u05BD\u05BF\u05C1\u05C2\u05C4\u05C5\u05C7\u0610-\u061A\u0640\u064B-\u065F\u0670\u06D6-\u06DC\u06DF-\u06E8\u06EA-\u06ED]+',
    '', 'g') END;

-- An album by its name: what stands for an id where the provider's is not known.
CREATE FUNCTION album_key(album text, artist text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN album <> '' THEN 'mtm:' || md5(search_form(album) || E'\n' || search_form(COALESCE(artist, ''))) END;

-- The catalogue: what can be played, shared by all listeners. One rule says what stands in it: Spotify's answer, and until
-- there is one what the first file said (catalogue/tracks.ts applies it, file_tracks keeps what gave way). Audio features come from an old archive or from
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
  newest_name text,
  from_spotify boolean NOT NULL DEFAULT false,
  cover_seed text GENERATED ALWAYS AS (COALESCE(raw_json #>> '{album,id}', album_name, track_id)) STORED,
  thumbnail_url text GENERATED ALWAYS AS (raw_json #>> '{album,images,-1,url}') STORED,
  told_album_id text GENERATED ALWAYS AS (
    CASE WHEN jsonb_typeof(raw_json #> '{album,id}') = 'string' AND length(raw_json #>> '{album,id}') <= 256
      THEN raw_json #>> '{album,id}' END) STORED,
  album_key text GENERATED ALWAYS AS (
    album_key(left(album_name, 500), left(COALESCE(raw_json #>> '{album,artists,0,name}', artist_name), 500))) STORED,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((release_date IS NULL) = (release_date_precision IS NULL))
);
COMMENT ON COLUMN tracks.track_id IS 'Spotify id, or the URI of a local file';
COMMENT ON COLUMN tracks.raw_json IS 'the provider''s whole track object, as it was first received';
COMMENT ON COLUMN tracks.newest_name IS 'what Spotify has called it since, where that is another name; NULL: the name it has';
COMMENT ON COLUMN tracks.cover_seed IS 'what a cover is drawn from where there is no picture: lists show it, and open no payload';
COMMENT ON COLUMN tracks.told_album_id IS 'as the payload says';
COMMENT ON COLUMN tracks.album_key IS 'tracks of one album have it in common, with or without its id';
COMMENT ON COLUMN tracks.from_spotify IS 'Spotify itself has answered; false: what stands here came from a file';
COMMENT ON COLUMN tracks.audio_features_source IS
  'of audio_features where there are any: archive, which NULL means too, or reccobeats';
COMMENT ON COLUMN tracks.audio_features_at IS 'when they came here; NULL: not known';
CREATE INDEX tracks_of_album ON tracks (album_key, from_spotify DESC, told_album_id);
CREATE INDEX tracks_raw_json ON tracks USING gin (raw_json jsonb_path_ops);

CREATE TABLE artists (
  artist_id text PRIMARY KEY,
  name text,
  raw_json jsonb CHECK (jsonb_typeof(raw_json) = 'object'),
  from_spotify boolean NOT NULL DEFAULT false,
  thumbnail_url text GENERATED ALWAYS AS (raw_json #>> '{images,-1,url}') STORED,
  created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN artists.raw_json IS
  'the provider''s artist object: as it was first received, and completed by later ones (completed_payload)';

-- A payload with what a later one adds: a field that says something stays as it is, so that nothing known gives way to
-- less. (An app in development mode gets no genres; a withdrawn artist has no name and no images.)
CREATE FUNCTION completed_payload(known jsonb, later jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN COALESCE(later || known || COALESCE((
  SELECT jsonb_object_agg(key, value) FROM jsonb_each(later)
  WHERE value NOT IN ('null', '""', '[]', '{}')
    AND COALESCE(known -> key, 'null') IN ('null', '""', '[]', '{}')), '{}'), known, later);

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

-- Down Migration
DROP FUNCTION audio_feature_between, audio_feature;
DROP TABLE track_artists, artists, tracks;
DROP FUNCTION completed_payload, album_key, search_form;
