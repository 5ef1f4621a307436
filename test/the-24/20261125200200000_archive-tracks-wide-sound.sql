-- Up Migration
-- Tempo beside features that run from 0 to 1: 50 BPM and slower is 0, 200 BPM and faster is 1.
CREATE FUNCTION scaled_tempo(tempo double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN LEAST(GREATEST((tempo - 50) / 150, 0), 1);

-- Nearest neighbours by six features, exact, as archive_tracks_sound has them by three.
CREATE INDEX archive_tracks_wide_sound ON archive_tracks USING gist (
  user_id,
  cube(ARRAY[energy, valence, danceability, acousticness, instrumentalness, scaled_tempo(tempo)])
)
WHERE energy IS NOT NULL AND valence IS NOT NULL AND danceability IS NOT NULL
  AND acousticness IS NOT NULL AND instrumentalness IS NOT NULL AND tempo IS NOT NULL;

-- Down Migration
DROP INDEX archive_tracks_wide_sound;
DROP FUNCTION scaled_tempo;
