-- Up Migration
-- Left to itself the server reads all artists for each track: it believes that strpos leaves hardly any.
-- OFFSET 0 keeps it from asking before it has looked up the track's own.
CREATE OR REPLACE VIEW track_facts AS
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

-- A move turns nested loops off for its own large joins; a trigger's look-ups need them.
ALTER FUNCTION refresh_archive_tracks(text[]) SET enable_nestloop = on;
ALTER FUNCTION fill_archive_track() SET enable_nestloop = on;

-- Down Migration
ALTER FUNCTION fill_archive_track() RESET enable_nestloop;
ALTER FUNCTION refresh_archive_tracks(text[]) RESET enable_nestloop;
