-- Up Migration
-- A listener's library: one narrow row per track holds whatever finds, filters and compares it, so that no page about
-- one listener's music has to open the payloads of a shared catalogue. All of it is derived, and kept by triggers.
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS cube;
CREATE EXTENSION IF NOT EXISTS btree_gin;
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- Text as it is searched: one way of writing each character, no accents, no capitals, none of the vowel signs and
-- lengthenings that Hebrew and Arabic may write or leave out. What is pure ASCII has one way of being written: most
-- names, and the cheaper half.
CREATE FUNCTION search_form(words text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN octet_length(words) = char_length(words) THEN lower(words)
  ELSE regexp_replace(lower(unaccent('unaccent'::regdictionary, normalize(words, NFKC))),
    '[\u0591-\u05BD\u05BF\u05C1\u05C2\u05C4\u05C5\u05C7\u0610-\u061A\u0640\u064B-\u065F\u0670\u06D6-\u06DC\u06DF-\u06E8\u06EA-\u06ED]+',
    '', 'g') END;

-- Search speaks for one listener. Each lexeme of a document begins with whose it is, so that the index holds a
-- listener's words together and reads no more of them, also for the beginning of a word, however many listeners there
-- are. (An index on (user_id, document) collects every listener's words with that beginning first.)

-- The mark of a listener before each of their words: letters, so that the parser takes both for one word, and only
-- consonants, so that the stemmer finds the same endings. It ends with a letter that stands for no digit.
CREATE FUNCTION library_mark(user_id bigint) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN translate(user_id::text, '0123456789', 'bcdfghjklm') || 'z';

-- (search_path: indexes are built, and dumps restored, by sessions that have none.)
-- A folded text (search_form) as words between single spaces: signs and pictures fall away, and in scripts that put
-- no spaces between words each character is one, so that a part of a title is found as a phrase.
CREATE FUNCTION search_words(form text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path FROM CURRENT AS $$
DECLARE
  words text := regexp_replace(form, '[\x01-\x2F\x3A-\x40\x5B-\x60\x7B-\xA9\xAB-\xB4\xB6-\xB9\xBB-\xBF\xD7\xF7'
    '\u2000-\u206F\u20A0-\u20CF\u2190-\u2BFF\u2E00-\u2E7F\u3000-\u3004\u3008-\u3030\u303D-\u303F\uFE00-\uFE6F'
    '\uFFF0-\uFFFF\U0001F000-\U0001FAFF]+', ' ', 'g');
BEGIN
  IF octet_length(words) > char_length(words) THEN
    words := replace(regexp_replace(words, ' *([\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF\u3005-\u3007\u303B'
      '\u3041-\u312F\u31F0-\u31FF\u3400-\u4DBF\u4E00-\u9FFF\uAC00-\uD7AF\uF900-\uFAFF\U00020000-\U0003FFFF]) *',
      ' \1 ', 'g'), '  ', ' ');
  END IF;
  RETURN btrim(words);
END $$;

-- The words written as one, without the signs between them: acdc, dont, jayz.
CREATE FUNCTION joined_search_words(form text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN search_words(regexp_replace(form, '[!-/:-@[-`{-~]+', '', 'g'));

-- Words with signs that stand for letters, as they are said: pink for p!nk, kesha for ke$ha, asap for a$ap.
CREATE FUNCTION spelled_words(form text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path FROM CURRENT
RETURN (SELECT COALESCE(string_agg(joined_search_words(translate(rtrim(word, '!'), '!$@3', 'isae')), ' '), '')
  FROM string_to_table(form, ' ') AS word WHERE word ~ '[!$@3][a-z]|[a-z][$@3]');

-- A name as a listener's marked words, then those of its words that can be written as one, then those that are spelled
-- with signs: these have a mark of their own, so that what is written in letters is found first.
CREATE FUNCTION marked_words(mark text, name text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path FROM CURRENT AS $$
DECLARE
  form text := search_form(name);
  words text := search_words(form);
BEGIN
  IF form ~ '[^ !-/:-@[-`{-~][!-/:-@[-`{-~]+[^ !-/:-@[-`{-~]' THEN
    words := words || ' ' || joined_search_words(form);
  END IF;
  IF form ~ '[!$@3][a-z]|[a-z][$@3]' THEN
    words := words || ' ʒ' || replace(spelled_words(form), ' ', ' ʒ');
  END IF;
  RETURN CASE WHEN words <> '' THEN ' ' || mark || replace(words, ' ', ' ' || mark) ELSE '' END;
END $$;

-- Exact words weigh A (track), B (artists), C (album); their English stems weigh D, so that exact words come first.
CREATE FUNCTION search_document(user_id bigint, track text, artists text, album text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path FROM CURRENT AS $$
DECLARE
  mark text := library_mark(user_id);
  track_words text := marked_words(mark, COALESCE(track, ''));
  artist_words text := marked_words(mark, COALESCE(artists, ''));
  album_words text := marked_words(mark, COALESCE(album, ''));
BEGIN
  RETURN setweight(to_tsvector('simple'::regconfig, track_words), 'A')
    || setweight(to_tsvector('simple'::regconfig, artist_words), 'B')
    || setweight(to_tsvector('simple'::regconfig, album_words), 'C')
    || setweight(to_tsvector('english'::regconfig, track_words || artist_words || album_words), 'D');
END $$;

-- The trigrams of a folded text, a listener's own as well: what a mistyped word still shares with the right one.
-- (gin_trgm_ops keeps no listener's apart: it compares everybody's names with the word first, and a listener's mistake
-- costs what all of them have.)
CREATE FUNCTION library_trigrams(user_id bigint, form text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN array_to_tsvector(string_to_array(
  library_mark(user_id) || array_to_string(show_trgm(form), E'\n' || library_mark(user_id)), E'\n'));

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

-- Tempo beside features that run from 0 to 1: 50 BPM and slower is 0, 200 BPM and faster is 1.
CREATE FUNCTION scaled_tempo(tempo double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN LEAST(GREATEST((tempo - 50) / 150, 0), 1);

-- Which tracks belong to a listener's archive: those in their lists and playlists, those they played, and those the old
-- file held besides.
CREATE TABLE library_tracks (
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  track_id text NOT NULL REFERENCES tracks,
  name text,
  artist_names text NOT NULL,
  album_name text,
  popularity smallint,
  release_date date,
  release_date_precision text,
  duration_ms integer,
  explicit boolean,
  has_isrc boolean,
  album_type text,
  energy double precision,
  valence double precision,
  danceability double precision,
  acousticness double precision,
  instrumentalness double precision,
  speechiness double precision,
  liveness double precision,
  tempo double precision,
  loudness double precision,
  key smallint,
  mode smallint,
  first_listed_date date,
  last_listed_date date,
  best_rank integer,
  listings integer NOT NULL DEFAULT 0,
  time_ranges text[] NOT NULL DEFAULT '{}',
  hidden boolean NOT NULL DEFAULT false,
  document tsvector NOT NULL
    GENERATED ALWAYS AS (search_document(user_id, name, artist_names, album_name)) STORED,
  search_text text NOT NULL GENERATED ALWAYS AS (search_form(
    COALESCE(name, '') || E'\n' || COALESCE(artist_names, '') || E'\n' || COALESCE(album_name, ''))) STORED,
  PRIMARY KEY (user_id, track_id)
);
COMMENT ON TABLE library_tracks IS
  'a listener''s library: every track of their archive, with what is derived from tracks and snapshots to find it by';
COMMENT ON COLUMN library_tracks.artist_names IS 'empty where none is known; NULL on insert: copy the facts from track_facts';
COMMENT ON COLUMN library_tracks.listings IS 'places held in ranked lists, of all days and time ranges';
COMMENT ON COLUMN library_tracks.hidden IS
  'the listener hid the track or any of its artists: derived from hidden_tracks and hidden_artists by triggers';
COMMENT ON COLUMN library_tracks.document IS 'the words to find it by, each after library_mark(user_id)';
COMMENT ON COLUMN library_tracks.search_text IS 'track, artists and album, folded, a line each';
CREATE INDEX library_tracks_track_id ON library_tracks (track_id);
CREATE INDEX library_tracks_document ON library_tracks USING gin (document);
CREATE INDEX library_tracks_trigrams ON library_tracks USING gin (library_trigrams(user_id, search_text));
CREATE INDEX library_tracks_released ON library_tracks (user_id, release_date);
-- Few rows, and what every list of snapshots or plays asks: is this one of them?
CREATE INDEX library_tracks_hidden ON library_tracks (user_id, track_id) WHERE hidden;
-- A quadrant's tracks in the order they are listed, any page of them, and counted in the index alone. Of features only,
-- so that a new snapshot (which counts listings) does not write to it.
CREATE INDEX library_tracks_mood ON library_tracks
  (user_id, mood_quadrant(energy, valence), mood_strength(energy, valence) DESC, track_id)
  INCLUDE (energy, valence)
  WHERE energy IS NOT NULL AND valence IS NOT NULL AND NOT hidden;
-- Nearest neighbours, exact, by three features and by six.
CREATE INDEX library_tracks_sound ON library_tracks
  USING gist (user_id, cube(ARRAY[energy, valence, danceability]))
  WHERE energy IS NOT NULL AND valence IS NOT NULL AND danceability IS NOT NULL;
CREATE INDEX library_tracks_wide_sound ON library_tracks USING gist (
  user_id,
  cube(ARRAY[energy, valence, danceability, acousticness, instrumentalness, scaled_tempo(tempo)])
)
WHERE energy IS NOT NULL AND valence IS NOT NULL AND danceability IS NOT NULL
  AND acousticness IS NOT NULL AND instrumentalness IS NOT NULL AND tempo IS NOT NULL;

-- What a listener does not want to see (sleep sounds, children's songs). Nothing is deleted: the choice is a row, and
-- everything that is shown leaves out what the choices come to.
CREATE TABLE hidden_tracks (
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  track_id text NOT NULL REFERENCES tracks,
  hidden_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, track_id)
);
CREATE TABLE hidden_artists (
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  artist_id text NOT NULL REFERENCES artists,
  hidden_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, artist_id)
);

-- What a listener loaded themselves: theirs alone, and counted before the catalogue's in their library. (The track need
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

-- What a row of a library has to say: track_facts, with whatever its listener's own file says in its place.
CREATE VIEW own_library_facts AS
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
FROM library_tracks AS a
JOIN track_facts AS f USING (track_id)
LEFT JOIN own_track_facts AS o USING (user_id, track_id);

-- A plan that PL/pgSQL keeps for as long as the session lasts is made at the first statement, maybe of an empty archive;
-- the server then read the whole table once for each of ten thousand tracks added. What looks from the added rows into a
-- table is therefore planned anew each time.
-- (A playlist is mostly made of tracks that are in the library already: those are not worked out to find that out.)
CREATE FUNCTION record_library_tracks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE $query$ INSERT INTO library_tracks (user_id, track_id)
  SELECT DISTINCT user_id, track_id FROM added
  WHERE NOT EXISTS (
    SELECT FROM library_tracks AS a WHERE (a.user_id, a.track_id) = (added.user_id, added.track_id))
  ON CONFLICT DO NOTHING$query$;
  DELETE FROM archive_summaries WHERE user_id IN (SELECT DISTINCT user_id FROM added);
  RETURN NULL;
END $$;
CREATE TRIGGER record_library_tracks AFTER INSERT ON playlist_tracks
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION record_library_tracks();
CREATE TRIGGER record_library_tracks_on_update AFTER UPDATE ON playlist_tracks
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION record_library_tracks();

-- Counts the listings of some tracks of some listeners anew. (A listener who is being deleted needs no count.)
CREATE FUNCTION recount_listings(user_ids bigint[], track_ids text[]) RETURNS void LANGUAGE sql AS $$
  UPDATE library_tracks AS a SET
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

CREATE FUNCTION record_listings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO library_tracks AS a
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
  INSERT INTO library_tracks (user_id, track_id) SELECT DISTINCT user_id, track_id FROM added ON CONFLICT DO NOTHING;
  PERFORM recount_listings(array_agg(user_id), array_agg(track_id))
  FROM (SELECT user_id, track_id FROM removed UNION ALL SELECT user_id, track_id FROM added) AS touched;
  DELETE FROM archive_summaries WHERE user_id IN (SELECT user_id FROM removed UNION SELECT user_id FROM added);
  RETURN NULL;
END $$;
CREATE TRIGGER record_listings AFTER INSERT ON snapshots
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION record_listings();
CREATE TRIGGER recount_listings_on_update AFTER UPDATE ON snapshots
  REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION recount_updated_listings();
CREATE TRIGGER recount_listings_on_delete AFTER DELETE ON snapshots
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION recount_deleted_listings();

CREATE FUNCTION fill_archive_track() RETURNS trigger LANGUAGE plpgsql SET enable_nestloop = on AS $$
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
-- Whoever fills a whole library at once brings the facts along and does not pay for each row.
CREATE TRIGGER fill_archive_track BEFORE INSERT ON library_tracks
  FOR EACH ROW WHEN (NEW.artist_names IS NULL) EXECUTE FUNCTION fill_archive_track();

-- Copies the facts of tracks that have changed into every library they are in.
-- (A move turns nested loops off for its own large joins; a trigger's look-ups need them.)
CREATE FUNCTION refresh_library_tracks(changed_ids text[]) RETURNS void
LANGUAGE sql SET enable_nestloop = on AS $$
  UPDATE library_tracks AS a SET
    name = f.name, artist_names = f.artist_names, album_name = f.album_name, popularity = f.popularity,
    release_date = f.release_date, release_date_precision = f.release_date_precision, duration_ms = f.duration_ms,
    explicit = f.explicit, has_isrc = f.has_isrc, album_type = f.album_type, energy = f.energy, valence = f.valence,
    danceability = f.danceability, acousticness = f.acousticness, instrumentalness = f.instrumentalness,
    speechiness = f.speechiness, liveness = f.liveness, tempo = f.tempo, loudness = f.loudness, key = f.key,
    mode = f.mode
  FROM own_library_facts AS f
  WHERE f.track_id = ANY (changed_ids) AND a.user_id = f.user_id AND a.track_id = f.track_id
    AND (a.name, a.artist_names, a.album_name, a.popularity, a.release_date, a.release_date_precision, a.duration_ms,
         a.explicit, a.has_isrc, a.album_type, a.energy, a.valence, a.danceability, a.acousticness,
         a.instrumentalness, a.speechiness, a.liveness, a.tempo, a.loudness, a.key, a.mode)
      IS DISTINCT FROM
        (f.name, f.artist_names, f.album_name, f.popularity, f.release_date, f.release_date_precision, f.duration_ms,
         f.explicit, f.has_isrc, f.album_type, f.energy, f.valence, f.danceability, f.acousticness,
         f.instrumentalness, f.speechiness, f.liveness, f.tempo, f.loudness, f.key, f.mode);
$$;

CREATE FUNCTION refresh_changed_library_tracks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refresh_library_tracks(ARRAY(SELECT DISTINCT track_id FROM changed));
  RETURN NULL;
END $$;
CREATE FUNCTION refresh_library_tracks_of_artists() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refresh_library_tracks(ARRAY(SELECT DISTINCT track_id FROM track_artists JOIN changed USING (artist_id)));
  RETURN NULL;
END $$;
CREATE TRIGGER refresh_library_tracks AFTER UPDATE ON tracks
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refresh_changed_library_tracks();
CREATE TRIGGER refresh_library_tracks AFTER INSERT ON track_artists
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refresh_changed_library_tracks();
CREATE TRIGGER refresh_library_tracks_on_delete AFTER DELETE ON track_artists
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refresh_changed_library_tracks();
CREATE TRIGGER refresh_library_tracks AFTER UPDATE ON artists
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refresh_library_tracks_of_artists();

-- Brings the sound of some tracks on some libraries to what own files and catalogue say now. (A listener who is being
-- deleted needs none.)
CREATE FUNCTION settle_own_features(user_ids bigint[], track_ids text[]) RETURNS void
LANGUAGE sql SET enable_nestloop = on AS $$
  UPDATE library_tracks AS a SET
    energy = f.energy, valence = f.valence, danceability = f.danceability, acousticness = f.acousticness,
    instrumentalness = f.instrumentalness, speechiness = f.speechiness, liveness = f.liveness, tempo = f.tempo,
    loudness = f.loudness, key = f.key, mode = f.mode
  FROM (SELECT DISTINCT * FROM unnest(user_ids, track_ids) AS pair (user_id, track_id)) AS p
  JOIN users USING (user_id)
  JOIN own_library_facts AS f USING (user_id, track_id)
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
-- A track may come to the library after its features.
CREATE FUNCTION settle_library_own_features() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER settle_own_features AFTER INSERT ON library_tracks
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION settle_library_own_features();

-- Sets library_tracks.hidden of some tracks of some listeners to what their choices come to, and the tally of plays
-- with it. (A listener who is being deleted needs none.)
CREATE FUNCTION settle_hidden(user_ids bigint[], track_ids text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  changed_users bigint[];
  changed_tracks text[];
  changed_to boolean[];
BEGIN
  WITH changed AS (
    UPDATE library_tracks AS a SET hidden = NOT a.hidden
    FROM (
      SELECT user_id, track_id,
        EXISTS (SELECT FROM hidden_tracks AS h WHERE (h.user_id, h.track_id) = (p.user_id, p.track_id))
        OR EXISTS (
          SELECT FROM track_artists AS c JOIN hidden_artists AS h USING (artist_id)
          WHERE c.track_id = p.track_id AND h.user_id = p.user_id) AS hidden
      FROM (SELECT DISTINCT * FROM unnest(user_ids, track_ids) AS pair (user_id, track_id)) AS p
      JOIN users USING (user_id)
    ) AS wanted
    WHERE (a.user_id, a.track_id) = (wanted.user_id, wanted.track_id) AND a.hidden <> wanted.hidden
    RETURNING a.user_id, a.track_id, a.hidden
  )
  SELECT array_agg(user_id), array_agg(track_id), array_agg(hidden)
  INTO changed_users, changed_tracks, changed_to FROM changed;
  IF changed_users IS NULL THEN RETURN; END IF;

  DELETE FROM archive_summaries WHERE user_id = ANY (changed_users);
  INSERT INTO play_quarters AS known (user_id, quarter, plays)
  SELECT user_id, quarter_of(played_at), sum(CASE WHEN c.hidden THEN -1 ELSE 1 END)
  FROM unnest(changed_users, changed_tracks, changed_to) AS c (user_id, track_id, hidden)
  JOIN plays USING (user_id, track_id)
  GROUP BY 1, 2 ORDER BY 1, 2
  ON CONFLICT (user_id, quarter) DO UPDATE SET plays = known.plays + excluded.plays;
  DELETE FROM play_quarters AS q
  USING unnest(changed_users, changed_tracks, changed_to) AS c (user_id, track_id, hidden)
  JOIN plays AS p USING (user_id, track_id)
  WHERE c.hidden AND q.plays <= 0 AND (q.user_id, q.quarter) = (p.user_id, quarter_of(p.played_at));
END $$;

CREATE FUNCTION settle_hidden_tracks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM settle_hidden(array_agg(user_id), array_agg(track_id)) FROM changed HAVING count(*) > 0;
  RETURN NULL;
END $$;
CREATE FUNCTION settle_hidden_artists() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM settle_hidden(array_agg(user_id), array_agg(track_id))
  FROM changed JOIN track_artists USING (artist_id) JOIN library_tracks USING (user_id, track_id) HAVING count(*) > 0;
  RETURN NULL;
END $$;
-- Credits are everybody's: only who hid the artist is concerned.
CREATE FUNCTION settle_hidden_credits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM hidden_artists) THEN RETURN NULL; END IF;
  EXECUTE $query$ SELECT settle_hidden(array_agg(user_id), array_agg(track_id))
  FROM changed JOIN hidden_artists USING (artist_id) JOIN library_tracks USING (user_id, track_id) HAVING count(*) > 0$query$;
  RETURN NULL;
END $$;
-- A track that comes to the library has been counted nowhere yet.
CREATE FUNCTION settle_library_tracks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM hidden_tracks) AND NOT EXISTS (SELECT FROM hidden_artists) THEN RETURN NULL; END IF;
  EXECUTE $query$ UPDATE library_tracks AS a SET hidden = true
  FROM (
    SELECT user_id, track_id FROM changed JOIN hidden_tracks USING (user_id, track_id)
    UNION
    SELECT user_id, track_id FROM changed JOIN track_artists USING (track_id) JOIN hidden_artists USING (user_id, artist_id)
  ) AS h
  WHERE (a.user_id, a.track_id) = (h.user_id, h.track_id)$query$;
  RETURN NULL;
END $$;

CREATE TRIGGER settle_hidden AFTER INSERT ON hidden_tracks
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION settle_hidden_tracks();
CREATE TRIGGER settle_hidden_on_delete AFTER DELETE ON hidden_tracks
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION settle_hidden_tracks();
CREATE TRIGGER settle_hidden AFTER INSERT ON hidden_artists
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION settle_hidden_artists();
CREATE TRIGGER settle_hidden_on_delete AFTER DELETE ON hidden_artists
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION settle_hidden_artists();
CREATE TRIGGER settle_hidden AFTER INSERT ON track_artists
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION settle_hidden_credits();
CREATE TRIGGER settle_hidden_on_delete AFTER DELETE ON track_artists
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION settle_hidden_credits();
CREATE TRIGGER settle_hidden AFTER INSERT ON library_tracks
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION settle_library_tracks();

-- No summary outlives what it sums up, whoever writes: the app, a move, or a person with psql.
CREATE FUNCTION forget_archive_summary() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM archive_summaries WHERE user_id IN (SELECT DISTINCT user_id FROM changed);
  RETURN NULL;
END $$;
CREATE FUNCTION forget_track_summaries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM archive_summaries
  WHERE user_id IN (SELECT user_id FROM library_tracks JOIN changed USING (track_id));
  RETURN NULL;
END $$;
CREATE FUNCTION forget_artist_summaries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM archive_summaries
  WHERE user_id IN (
    SELECT user_id FROM library_tracks JOIN track_artists USING (track_id) JOIN changed USING (artist_id));
  RETURN NULL;
END $$;

CREATE TRIGGER forget_archive_summary AFTER INSERT ON library_tracks
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION forget_archive_summary();
CREATE TRIGGER forget_archive_summary AFTER INSERT ON playlists
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION forget_archive_summary();
CREATE TRIGGER forget_archive_summary_on_delete AFTER DELETE ON snapshots
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION forget_archive_summary();
CREATE TRIGGER forget_archive_summary_on_delete AFTER DELETE ON playlist_tracks
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION forget_archive_summary();
CREATE TRIGGER forget_archive_summary_on_delete AFTER DELETE ON playlists
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION forget_archive_summary();
CREATE TRIGGER forget_archive_summary_on_delete AFTER DELETE ON library_tracks
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION forget_archive_summary();
CREATE TRIGGER forget_track_summaries AFTER UPDATE ON tracks
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION forget_track_summaries();
CREATE TRIGGER forget_track_summaries AFTER INSERT ON track_artists
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION forget_track_summaries();
CREATE TRIGGER forget_track_summaries_on_delete AFTER DELETE ON track_artists
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION forget_track_summaries();
CREATE TRIGGER forget_artist_summaries AFTER UPDATE ON artists
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION forget_artist_summaries();

-- Down Migration
DROP VIEW own_library_facts, own_track_facts;
DROP TABLE own_audio_features, hidden_artists, hidden_tracks, library_tracks;
DROP FUNCTION record_library_tracks, record_listings, recount_deleted_listings, recount_updated_listings,
  recount_listings, fill_archive_track, refresh_changed_library_tracks, refresh_library_tracks_of_artists,
  refresh_library_tracks, settle_changed_own_features, settle_library_own_features, settle_own_features,
  settle_hidden_tracks, settle_hidden_artists, settle_hidden_credits, settle_library_tracks, settle_hidden,
  forget_archive_summary, forget_track_summaries, forget_artist_summaries CASCADE;
DROP FUNCTION library_trigrams, search_document, marked_words, spelled_words, joined_search_words, search_words, search_form, library_mark,
  mood_quadrant, mood_strength, scaled_tempo;
