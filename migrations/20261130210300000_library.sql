-- Up Migration
-- A listener's library: one narrow row per track holds whatever finds, filters and compares it, so that no page about
-- one listener's music has to open the payloads of a shared catalogue. What it says is derived: see derived-rows.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS cube;
CREATE EXTENSION IF NOT EXISTS btree_gin;
CREATE EXTENSION IF NOT EXISTS btree_gist;

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

-- An artist's words once more, with a mark of their own: who is looked for by name is found without a look at every
-- track that only happens to hold the word.
CREATE FUNCTION artist_document(user_id bigint, artists text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN to_tsvector('simple'::regconfig, marked_words(library_mark(user_id) || 'ɐ', artists));

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
    || setweight(to_tsvector('english'::regconfig, track_words || artist_words || album_words), 'D')
    || artist_document(user_id, COALESCE(artists, ''));
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
  album_id text,
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
  has_features boolean NOT NULL GENERATED ALWAYS AS (num_nonnulls(energy, valence, danceability, acousticness,
    instrumentalness, speechiness, liveness, tempo, loudness, key, mode) > 0) STORED,
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
COMMENT ON COLUMN library_tracks.artist_names IS 'empty where none is known; NULL on insert: the row is filled from library_facts';
COMMENT ON COLUMN library_tracks.album_id IS
  'Spotify''s, from the payload or from that of another track of the same album, else album_key() of its name and artist';
COMMENT ON COLUMN library_tracks.listings IS 'places held in ranked lists, of all days and time ranges';
COMMENT ON COLUMN library_tracks.hidden IS
  'the listener hid the track or any of its artists: derived from hidden_tracks and hidden_artists';
COMMENT ON COLUMN library_tracks.document IS 'the words to find it by, each after library_mark(user_id)';
COMMENT ON COLUMN library_tracks.search_text IS 'track, artists and album, folded, a line each';
CREATE INDEX library_tracks_track_id ON library_tracks (track_id);
CREATE INDEX library_tracks_document ON library_tracks USING gin (document);
CREATE INDEX library_tracks_trigrams ON library_tracks USING gin (library_trigrams(user_id, search_text));
CREATE INDEX library_tracks_album ON library_tracks (user_id, album_id);
-- By title: what is searched for by its whole name, and tracks of ours beside those with an id (catalogue/adopt-tracks.ts).
CREATE INDEX library_tracks_titled ON library_tracks (user_id, split_part(search_text, E'\n', 1));
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

-- What the library is sorted and filtered by, in rows as narrow as can be: Explore looks at every track of a listener, and
-- to pass by the documents of library_tracks costs twice as much. What plays change often stands here, where four
-- indexes follow it instead of twelve.
CREATE TABLE library_measures (
  user_id bigint NOT NULL,
  listened_ms bigint NOT NULL,
  plays integer NOT NULL,
  listings integer NOT NULL,
  hidden boolean NOT NULL,
  track_id text NOT NULL,
  search_text text NOT NULL,
  first_played_at timestamptz,
  last_played_at timestamptz,
  best_rank integer,
  popularity smallint,
  first_listed_date date,
  last_listed_date date,
  release_date date,
  duration_ms integer,
  energy double precision,
  valence double precision,
  danceability double precision,
  acousticness double precision,
  instrumentalness double precision,
  tempo double precision,
  explicit boolean,
  has_isrc boolean,
  release_date_precision text,
  album_type text,
  time_ranges text[] NOT NULL,
  PRIMARY KEY (user_id, track_id)
);
COMMENT ON TABLE library_measures IS 'a row for each of library_tracks: what it is sorted and filtered by, derived from it and from played_tracks';
COMMENT ON COLUMN library_measures.listened_ms IS 'of its plays that count; where nobody says how long, about the length of the track';
-- A whole library, where others have much of the table: by a longer key the planner believes its rows to be strewn about.
CREATE INDEX library_measures_of_listener ON library_measures (user_id);
-- The order of what is found alike: a search for a common word looks at the best of the library only.
CREATE INDEX library_measures_best_first ON library_measures
  (user_id, popularity DESC NULLS LAST, last_listed_date DESC NULLS LAST, best_rank, plays DESC, track_id)
  WHERE NOT hidden;
-- The beginning of Explore's usual order: the rest is sorted among those that are alike.
CREATE INDEX library_measures_most_listed ON library_measures
  (user_id, listings DESC NULLS LAST, best_rank) WHERE NOT hidden;

-- Who is in Spotify's own lists of a listener's artists, to be found by name: not all have a track in the library.
CREATE TABLE listed_artists (
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  artist_id text NOT NULL REFERENCES artists,
  document tsvector NOT NULL,
  PRIMARY KEY (user_id, artist_id)
);
COMMENT ON TABLE listed_artists IS
  'every artist of a listener''s artist_snapshots once, with the words to find them by: derived from these';
CREATE INDEX listed_artists_document ON listed_artists USING gin (document);
CREATE INDEX listed_artists_of_artist ON listed_artists (artist_id);

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

-- Down Migration
DROP TABLE own_audio_features, hidden_artists, hidden_tracks, listed_artists, library_measures, library_tracks;
DROP FUNCTION library_trigrams, search_document, artist_document, marked_words, spelled_words, joined_search_words, search_words,
  library_mark,
  mood_quadrant, mood_strength, scaled_tempo;
