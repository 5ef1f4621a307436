-- Up Migration
-- A listener's shelf: one narrow row per track holds whatever finds, filters and compares it, so that no page about
-- one listener's music has to open the payloads of a shared catalogue. All of it is derived, and kept by triggers.
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS cube;
CREATE EXTENSION IF NOT EXISTS btree_gin;
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- Text as it is searched: one way of writing each character, no accents, no capitals.
CREATE FUNCTION search_form(words text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN lower(unaccent('unaccent'::regdictionary, normalize(words, NFKC)));

-- Exact words weigh A (track), B (artists), C (album); their English stems weigh D, so that exact words come first.
CREATE FUNCTION search_document(track text, artists text, album text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN setweight(to_tsvector('simple'::regconfig, search_form(COALESCE(track, ''))), 'A')
  || setweight(to_tsvector('simple'::regconfig, search_form(COALESCE(artists, ''))), 'B')
  || setweight(to_tsvector('simple'::regconfig, search_form(COALESCE(album, ''))), 'C')
  || setweight(to_tsvector('english'::regconfig, search_form(
       COALESCE(track, '') || ' ' || COALESCE(artists, '') || ' ' || COALESCE(album, ''))), 'D');

-- A feature that runs from low to high by definition: any other number says nothing. (Rounded far beyond what is
-- shown, because a numeric may be too small for a float.)
CREATE FUNCTION audio_feature_between(audio_features jsonb, feature text, low numeric, high numeric)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN audio_feature(audio_features, feature) BETWEEN low AND high
  THEN round(audio_feature(audio_features, feature), 20)::double precision END;

-- What a shelf copies of a track. Names are cut where no search or sort looks any more.
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
  SELECT string_agg(artists.name, ', ' ORDER BY position) AS names
  FROM track_artists JOIN artists USING (artist_id)
  WHERE track_artists.track_id = tracks.track_id AND strpos(COALESCE(artist_name, ''), artists.name) = 0
) AS further ON true;

ALTER TABLE archive_tracks
  ADD name text,
  ADD artist_names text,
  ADD album_name text,
  ADD popularity smallint,
  ADD release_date date,
  ADD release_date_precision text,
  ADD duration_ms integer,
  ADD explicit boolean,
  ADD has_isrc boolean,
  ADD album_type text,
  ADD energy double precision,
  ADD valence double precision,
  ADD danceability double precision,
  ADD acousticness double precision,
  ADD instrumentalness double precision,
  ADD speechiness double precision,
  ADD liveness double precision,
  ADD tempo double precision,
  ADD loudness double precision,
  ADD key smallint,
  ADD mode smallint,
  ADD first_listed_date date,
  ADD last_listed_date date,
  ADD best_rank integer,
  ADD listings integer NOT NULL DEFAULT 0,
  ADD time_ranges text[] NOT NULL DEFAULT '{}',
  ADD document tsvector NOT NULL GENERATED ALWAYS AS (search_document(name, artist_names, album_name)) STORED,
  ADD search_text text NOT NULL GENERATED ALWAYS AS (search_form(
    COALESCE(name, '') || ' ' || COALESCE(artist_names, '') || ' ' || COALESCE(album_name, ''))) STORED;
COMMENT ON TABLE archive_tracks IS
  'a listener''s shelf: every track of their archive, with what is derived from tracks and snapshots to find it by';
COMMENT ON COLUMN archive_tracks.artist_names IS 'empty where none is known; NULL on insert: copy the facts from track_facts';
COMMENT ON COLUMN archive_tracks.listings IS 'places held in ranked lists, of all days and time ranges';

-- Copies the facts of tracks that have changed onto every shelf they stand on.
CREATE FUNCTION refresh_archive_tracks(changed_ids text[]) RETURNS void LANGUAGE sql AS $$
  UPDATE archive_tracks AS a SET
    name = f.name, artist_names = f.artist_names, album_name = f.album_name, popularity = f.popularity,
    release_date = f.release_date, release_date_precision = f.release_date_precision, duration_ms = f.duration_ms,
    explicit = f.explicit, has_isrc = f.has_isrc, album_type = f.album_type, energy = f.energy, valence = f.valence,
    danceability = f.danceability, acousticness = f.acousticness, instrumentalness = f.instrumentalness,
    speechiness = f.speechiness, liveness = f.liveness, tempo = f.tempo, loudness = f.loudness, key = f.key,
    mode = f.mode
  FROM track_facts AS f
  WHERE f.track_id = ANY (changed_ids) AND a.track_id = f.track_id
    AND (a.name, a.artist_names, a.album_name, a.popularity, a.release_date, a.release_date_precision, a.duration_ms,
         a.explicit, a.has_isrc, a.album_type, a.energy, a.valence, a.danceability, a.acousticness,
         a.instrumentalness, a.speechiness, a.liveness, a.tempo, a.loudness, a.key, a.mode)
      IS DISTINCT FROM
        (f.name, f.artist_names, f.album_name, f.popularity, f.release_date, f.release_date_precision, f.duration_ms,
         f.explicit, f.has_isrc, f.album_type, f.energy, f.valence, f.danceability, f.acousticness,
         f.instrumentalness, f.speechiness, f.liveness, f.tempo, f.loudness, f.key, f.mode);
$$;

-- Counts the listings of some tracks of some listeners anew. (A listener who is being deleted needs no count.)
CREATE FUNCTION recount_listings(user_ids bigint[], track_ids text[]) RETURNS void LANGUAGE sql AS $$
  UPDATE archive_tracks AS a SET
    first_listed_date = c.first_listed_date, last_listed_date = c.last_listed_date, best_rank = c.best_rank,
    listings = c.listings, time_ranges = c.time_ranges
  FROM (
    SELECT p.user_id, p.track_id, min(snapshot_date) AS first_listed_date, max(snapshot_date) AS last_listed_date,
      min(rank) AS best_rank, count(snapshot_date)::int AS listings,
      COALESCE(array_agg(DISTINCT time_range) FILTER (WHERE time_range IS NOT NULL), '{}') AS time_ranges
    FROM (SELECT DISTINCT * FROM unnest(user_ids, track_ids) AS pair (user_id, track_id)) AS p
    JOIN users USING (user_id)
    LEFT JOIN snapshots AS s ON (s.user_id, s.track_id) = (p.user_id, p.track_id)
      AND s.time_range IN ('short_term', 'medium_term', 'long_term')
    GROUP BY p.user_id, p.track_id
  ) AS c
  WHERE (a.user_id, a.track_id) = (c.user_id, c.track_id);
$$;

CREATE FUNCTION fill_archive_track() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT f.name, f.artist_names, f.album_name, f.popularity, f.release_date, f.release_date_precision, f.duration_ms,
    f.explicit, f.has_isrc, f.album_type, f.energy, f.valence, f.danceability, f.acousticness, f.instrumentalness,
    f.speechiness, f.liveness, f.tempo, f.loudness, f.key, f.mode
  INTO NEW.name, NEW.artist_names, NEW.album_name, NEW.popularity, NEW.release_date, NEW.release_date_precision,
    NEW.duration_ms, NEW.explicit, NEW.has_isrc, NEW.album_type, NEW.energy, NEW.valence, NEW.danceability,
    NEW.acousticness, NEW.instrumentalness, NEW.speechiness, NEW.liveness, NEW.tempo, NEW.loudness, NEW.key, NEW.mode
  FROM track_facts AS f
  WHERE f.track_id = NEW.track_id;
  RETURN NEW;
END $$;
-- Whoever fills a whole shelf at once brings the facts along and does not pay for each row.
CREATE TRIGGER fill_archive_track BEFORE INSERT ON archive_tracks
  FOR EACH ROW WHEN (NEW.artist_names IS NULL) EXECUTE FUNCTION fill_archive_track();

CREATE FUNCTION refresh_changed_archive_tracks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refresh_archive_tracks(ARRAY(SELECT DISTINCT track_id FROM changed));
  RETURN NULL;
END $$;
CREATE FUNCTION refresh_archive_tracks_of_artists() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refresh_archive_tracks(ARRAY(SELECT DISTINCT track_id FROM track_artists JOIN changed USING (artist_id)));
  RETURN NULL;
END $$;
CREATE TRIGGER refresh_archive_tracks AFTER UPDATE ON tracks
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refresh_changed_archive_tracks();
CREATE TRIGGER refresh_archive_tracks AFTER INSERT ON track_artists
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refresh_changed_archive_tracks();
CREATE TRIGGER refresh_archive_tracks_on_delete AFTER DELETE ON track_artists
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refresh_changed_archive_tracks();
CREATE TRIGGER refresh_archive_tracks AFTER UPDATE ON artists
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refresh_archive_tracks_of_artists();

CREATE FUNCTION record_listings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO archive_tracks AS a
    (user_id, track_id, first_listed_date, last_listed_date, best_rank, listings, time_ranges)
  SELECT user_id, track_id, min(snapshot_date), max(snapshot_date), min(rank), count(*), array_agg(DISTINCT time_range)
  FROM added GROUP BY user_id, track_id ORDER BY user_id, track_id
  ON CONFLICT (user_id, track_id) DO UPDATE SET
    first_listed_date = LEAST(a.first_listed_date, excluded.first_listed_date),
    last_listed_date = GREATEST(a.last_listed_date, excluded.last_listed_date),
    best_rank = LEAST(a.best_rank, excluded.best_rank),
    listings = a.listings + excluded.listings,
    time_ranges = CASE WHEN a.time_ranges @> excluded.time_ranges THEN a.time_ranges
      ELSE ARRAY(SELECT DISTINCT unnest(a.time_ranges || excluded.time_ranges) ORDER BY 1) END;
  DELETE FROM archive_summaries WHERE user_id IN (SELECT DISTINCT user_id FROM added);
  RETURN NULL;
END $$;
CREATE FUNCTION recount_deleted_listings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM recount_listings(array_agg(user_id), array_agg(track_id)) FROM removed;
  RETURN NULL;
END $$;
CREATE FUNCTION recount_updated_listings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO archive_tracks (user_id, track_id) SELECT DISTINCT user_id, track_id FROM added ON CONFLICT DO NOTHING;
  PERFORM recount_listings(array_agg(user_id), array_agg(track_id))
  FROM (SELECT user_id, track_id FROM removed UNION ALL SELECT user_id, track_id FROM added) AS touched;
  DELETE FROM archive_summaries WHERE user_id IN (SELECT user_id FROM removed UNION SELECT user_id FROM added);
  RETURN NULL;
END $$;
DROP TRIGGER record_archive_tracks ON snapshots;
DROP TRIGGER record_archive_tracks_on_update ON snapshots;
CREATE TRIGGER record_listings AFTER INSERT ON snapshots
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION record_listings();
CREATE TRIGGER recount_listings_on_update AFTER UPDATE ON snapshots
  REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION recount_updated_listings();
CREATE TRIGGER recount_listings_on_delete AFTER DELETE ON snapshots
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION recount_deleted_listings();

SELECT refresh_archive_tracks(ARRAY(SELECT DISTINCT track_id FROM archive_tracks));
SELECT recount_listings(array_agg(user_id), array_agg(track_id)) FROM archive_tracks;
ALTER TABLE archive_tracks ALTER artist_names SET NOT NULL;

CREATE INDEX archive_tracks_document ON archive_tracks USING gin (user_id, document);
CREATE INDEX archive_tracks_search_text ON archive_tracks USING gin (user_id, search_text gin_trgm_ops);
CREATE INDEX archive_tracks_sound ON archive_tracks
  USING gist (user_id, cube(ARRAY[energy, valence, danceability]))
  WHERE energy IS NOT NULL AND valence IS NOT NULL AND danceability IS NOT NULL;

-- Down Migration
DROP TRIGGER record_listings ON snapshots;
DROP TRIGGER recount_listings_on_update ON snapshots;
DROP TRIGGER recount_listings_on_delete ON snapshots;
CREATE TRIGGER record_archive_tracks AFTER INSERT ON snapshots
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION record_archive_tracks();
CREATE TRIGGER record_archive_tracks_on_update AFTER UPDATE ON snapshots
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION record_archive_tracks();
DROP TRIGGER refresh_archive_tracks ON tracks;
DROP TRIGGER refresh_archive_tracks ON track_artists;
DROP TRIGGER refresh_archive_tracks_on_delete ON track_artists;
DROP TRIGGER refresh_archive_tracks ON artists;
DROP TRIGGER fill_archive_track ON archive_tracks;
ALTER TABLE archive_tracks
  DROP search_text, DROP document, DROP name, DROP artist_names, DROP album_name, DROP popularity, DROP release_date,
  DROP release_date_precision, DROP duration_ms, DROP explicit, DROP has_isrc, DROP album_type, DROP energy,
  DROP valence, DROP danceability, DROP acousticness, DROP instrumentalness, DROP speechiness, DROP liveness,
  DROP tempo, DROP loudness, DROP key, DROP mode, DROP first_listed_date, DROP last_listed_date, DROP best_rank,
  DROP listings, DROP time_ranges;
COMMENT ON TABLE archive_tracks IS NULL;
DROP FUNCTION record_listings, recount_deleted_listings, recount_updated_listings, refresh_changed_archive_tracks,
  refresh_archive_tracks_of_artists, fill_archive_track, recount_listings, refresh_archive_tracks;
DROP VIEW track_facts;
DROP FUNCTION audio_feature_between, search_document, search_form;
