-- Up Migration
-- Where audio features come from. Best first: the listener's own file, an old archive, ReccoBeats. A better source takes
-- a lesser one's place, never the other way round. (Rows of before are left as they are: to write to every track of a
-- large catalogue would hold it up for minutes to say what NULL says as well.)
ALTER TABLE tracks
  ADD audio_features_source text CHECK (audio_features_source IN ('archive', 'reccobeats')),
  ADD audio_features_at timestamptz;
COMMENT ON COLUMN tracks.audio_features_source IS
  'of audio_features where there are any: archive, which NULL means too, or reccobeats';
COMMENT ON COLUMN tracks.audio_features_at IS 'when they came here; NULL: not known';

-- What a listener loaded themselves: theirs alone, and counted before the catalogue's on their shelf. (The track need
-- not be known yet.)
CREATE TABLE own_audio_features (
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  track_id text NOT NULL,
  audio_features jsonb NOT NULL CHECK (jsonb_typeof(audio_features) = 'object'),
  loaded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, track_id)
);

CREATE VIEW own_track_facts AS
SELECT
  user_id,
  track_id,
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
FROM own_audio_features;

-- What a row of a shelf has to say: track_facts, with whatever its listener's own file says in its place.
CREATE VIEW shelf_facts AS
SELECT
  a.user_id, a.track_id, f.name, f.artist_names, f.album_name, f.popularity, f.release_date, f.release_date_precision,
  f.duration_ms, f.explicit, f.has_isrc, f.album_type,
  COALESCE(o.energy, f.energy) AS energy,
  COALESCE(o.valence, f.valence) AS valence,
  COALESCE(o.danceability, f.danceability) AS danceability,
  COALESCE(o.acousticness, f.acousticness) AS acousticness,
  COALESCE(o.instrumentalness, f.instrumentalness) AS instrumentalness,
  COALESCE(o.speechiness, f.speechiness) AS speechiness,
  COALESCE(o.liveness, f.liveness) AS liveness,
  COALESCE(o.tempo, f.tempo) AS tempo,
  COALESCE(o.loudness, f.loudness) AS loudness,
  COALESCE(o.key, f.key) AS key,
  COALESCE(o.mode, f.mode) AS mode
FROM archive_tracks AS a
JOIN track_facts AS f USING (track_id)
LEFT JOIN own_track_facts AS o USING (user_id, track_id);

-- As it was, but that it looks at shelf_facts.
CREATE OR REPLACE FUNCTION refresh_archive_tracks(changed_ids text[]) RETURNS void
LANGUAGE sql SET enable_nestloop = on AS $$
  UPDATE archive_tracks AS a SET
    name = f.name, artist_names = f.artist_names, album_name = f.album_name, popularity = f.popularity,
    release_date = f.release_date, release_date_precision = f.release_date_precision, duration_ms = f.duration_ms,
    explicit = f.explicit, has_isrc = f.has_isrc, album_type = f.album_type, energy = f.energy, valence = f.valence,
    danceability = f.danceability, acousticness = f.acousticness, instrumentalness = f.instrumentalness,
    speechiness = f.speechiness, liveness = f.liveness, tempo = f.tempo, loudness = f.loudness, key = f.key,
    mode = f.mode
  FROM shelf_facts AS f
  WHERE f.track_id = ANY (changed_ids) AND a.user_id = f.user_id AND a.track_id = f.track_id
    AND (a.name, a.artist_names, a.album_name, a.popularity, a.release_date, a.release_date_precision, a.duration_ms,
         a.explicit, a.has_isrc, a.album_type, a.energy, a.valence, a.danceability, a.acousticness,
         a.instrumentalness, a.speechiness, a.liveness, a.tempo, a.loudness, a.key, a.mode)
      IS DISTINCT FROM
        (f.name, f.artist_names, f.album_name, f.popularity, f.release_date, f.release_date_precision, f.duration_ms,
         f.explicit, f.has_isrc, f.album_type, f.energy, f.valence, f.danceability, f.acousticness,
         f.instrumentalness, f.speechiness, f.liveness, f.tempo, f.loudness, f.key, f.mode);
$$;

-- Brings the sound of some tracks on some shelves to what own files and catalogue say now. (A listener who is being
-- deleted needs none.)
CREATE FUNCTION settle_own_features(user_ids bigint[], track_ids text[]) RETURNS void
LANGUAGE sql SET enable_nestloop = on AS $$
  UPDATE archive_tracks AS a SET
    energy = f.energy, valence = f.valence, danceability = f.danceability, acousticness = f.acousticness,
    instrumentalness = f.instrumentalness, speechiness = f.speechiness, liveness = f.liveness, tempo = f.tempo,
    loudness = f.loudness, key = f.key, mode = f.mode
  FROM (SELECT DISTINCT * FROM unnest(user_ids, track_ids) AS pair (user_id, track_id)) AS p
  JOIN users USING (user_id)
  JOIN shelf_facts AS f USING (user_id, track_id)
  WHERE a.user_id = f.user_id AND a.track_id = f.track_id
    AND (a.energy, a.valence, a.danceability, a.acousticness, a.instrumentalness, a.speechiness, a.liveness, a.tempo,
         a.loudness, a.key, a.mode)
      IS DISTINCT FROM
        (f.energy, f.valence, f.danceability, f.acousticness, f.instrumentalness, f.speechiness, f.liveness, f.tempo,
         f.loudness, f.key, f.mode);
  DELETE FROM archive_summaries WHERE user_id = ANY (user_ids);
$$;

CREATE FUNCTION settle_changed_own_features() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM settle_own_features(array_agg(user_id), array_agg(track_id)) FROM changed HAVING count(*) > 0;
  RETURN NULL;
END $$;
-- A track may come to the shelf after its features.
CREATE FUNCTION settle_shelved_own_features() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM own_audio_features) THEN RETURN NULL; END IF;
  -- Planned anew each time: a kept plan may be one for an empty table.
  EXECUTE $query$ SELECT settle_own_features(array_agg(user_id), array_agg(track_id))
    FROM changed JOIN own_audio_features USING (user_id, track_id) HAVING count(*) > 0$query$;
  RETURN NULL;
END $$;
CREATE TRIGGER settle_own_features AFTER INSERT ON own_audio_features
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION settle_changed_own_features();
CREATE TRIGGER settle_own_features_on_update AFTER UPDATE ON own_audio_features
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION settle_changed_own_features();
CREATE TRIGGER settle_own_features_on_delete AFTER DELETE ON own_audio_features
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION settle_changed_own_features();
CREATE TRIGGER settle_own_features AFTER INSERT ON archive_tracks
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION settle_shelved_own_features();

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

SELECT pgboss.create_queue(name, '{"policy": "standard", "retryLimit": 3, "retryDelay": 0, "retryBackoff": false,
  "expireInSeconds": 120, "retentionMinutes": 1440}')
FROM unnest(ARRAY['features', 'payloads']) AS name;

-- Down Migration
SELECT pgboss.delete_queue(name) FROM unnest(ARRAY['features', 'payloads']) AS name;
DROP TABLE enrichment_misses, enrichments;
DELETE FROM own_audio_features;
DROP TRIGGER settle_own_features ON archive_tracks;
CREATE OR REPLACE FUNCTION refresh_archive_tracks(changed_ids text[]) RETURNS void
LANGUAGE sql SET enable_nestloop = on AS $$
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
DROP VIEW shelf_facts, own_track_facts;
DROP TABLE own_audio_features;
DROP FUNCTION settle_changed_own_features, settle_shelved_own_features, settle_own_features;
ALTER TABLE tracks DROP audio_features_source, DROP audio_features_at;
