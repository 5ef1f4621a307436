-- Up Migration
-- Where a track stands in the plane of energy and valence: Russell's circumplex, energy for arousal. (J. A. Russell,
-- "A circumplex model of affect", Journal of Personality and Social Psychology 39 (1980), 1161-1178.)
-- NULL where either is not known. The middle itself counts as low.
CREATE FUNCTION mood_quadrant(energy double precision, valence double precision) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN energy > 0.5 AND valence > 0.5 THEN 'happy'
  WHEN energy > 0.5 AND valence <= 0.5 THEN 'angry'
  WHEN energy <= 0.5 AND valence > 0.5 THEN 'calm'
  WHEN energy <= 0.5 AND valence <= 0.5 THEN 'sad'
END;

-- How clearly it stands there: the distance from the plane's middle, 0 to 0.707. In the circumplex the middle is
-- neutral, and a feeling is the stronger the farther out it lies.
CREATE FUNCTION mood_strength(energy double precision, valence double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN sqrt((energy - 0.5) * (energy - 0.5) + (valence - 0.5) * (valence - 0.5));

-- A quadrant's tracks in the order they are listed, any page of them. Of features only, so that a new snapshot
-- (which counts listings) does not write to it.
CREATE INDEX archive_tracks_mood ON archive_tracks
  (user_id, mood_quadrant(energy, valence), mood_strength(energy, valence) DESC, track_id)
  INCLUDE (energy, valence)
  WHERE energy IS NOT NULL AND valence IS NOT NULL;

-- What the mood page says of a whole archive, kept beside the summary and forgotten with it.
ALTER TABLE archive_summaries ADD mood jsonb;
COMMENT ON COLUMN archive_summaries.mood IS 'NULL: not computed yet; it is computed on reading then';

-- Down Migration
ALTER TABLE archive_summaries DROP mood;
DROP INDEX archive_tracks_mood;
DROP FUNCTION mood_strength, mood_quadrant;
