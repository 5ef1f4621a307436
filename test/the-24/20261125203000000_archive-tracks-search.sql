-- Up Migration
-- Search speaks for one listener. Each lexeme of a shelf's document now begins with whose it is, so that the index
-- holds a listener's words together and reads no more of them, also for the beginning of a word, however many
-- listeners there are. (An index on (user_id, document) collects every listener's words with that beginning first.)

-- The mark of a listener before each of their words: letters, so that the parser takes both for one word, and only
-- consonants, so that the stemmer finds the same endings. It ends with a letter that stands for no digit.
CREATE FUNCTION shelf_mark(user_id bigint) RETURNS text
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

-- A name as a listener's marked words, then those of its words that can be written as one.
CREATE FUNCTION marked_words(mark text, name text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path FROM CURRENT AS $$
DECLARE
  form text := search_form(name);
  words text := search_words(form);
BEGIN
  IF form ~ '[^ !-/:-@[-`{-~][!-/:-@[-`{-~]+[^ !-/:-@[-`{-~]' THEN
    words := words || ' ' || joined_search_words(form);
  END IF;
  RETURN CASE WHEN words <> '' THEN ' ' || mark || replace(words, ' ', ' ' || mark) ELSE '' END;
END $$;

DROP INDEX archive_tracks_document, archive_tracks_search_text;
ALTER TABLE archive_tracks DROP document, DROP search_text;
DROP FUNCTION search_document;

-- Exact words weigh A (track), B (artists), C (album); their English stems weigh D, so that exact words come first.
CREATE FUNCTION search_document(user_id bigint, track text, artists text, album text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path FROM CURRENT AS $$
DECLARE
  mark text := shelf_mark(user_id);
  track_words text := marked_words(mark, COALESCE(track, ''));
  artist_words text := marked_words(mark, COALESCE(artists, ''));
  album_words text := marked_words(mark, COALESCE(album, ''));
BEGIN
  RETURN setweight(to_tsvector('simple'::regconfig, track_words), 'A')
    || setweight(to_tsvector('simple'::regconfig, artist_words), 'B')
    || setweight(to_tsvector('simple'::regconfig, album_words), 'C')
    || setweight(to_tsvector('english'::regconfig, track_words || artist_words || album_words), 'D');
END $$;

-- What is pure ASCII has one way of being written: most names, and the cheaper half.
CREATE OR REPLACE FUNCTION search_form(words text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN octet_length(words) = char_length(words) THEN lower(words)
  ELSE lower(unaccent('unaccent'::regdictionary, normalize(words, NFKC))) END;

ALTER TABLE archive_tracks
  ADD document tsvector NOT NULL
    GENERATED ALWAYS AS (search_document(user_id, name, artist_names, album_name)) STORED,
  ADD search_text text NOT NULL GENERATED ALWAYS AS (search_form(
    COALESCE(name, '') || E'\n' || COALESCE(artist_names, '') || E'\n' || COALESCE(album_name, ''))) STORED;
COMMENT ON COLUMN archive_tracks.document IS 'the words to find it by, each after shelf_mark(user_id)';
COMMENT ON COLUMN archive_tracks.search_text IS 'track, artists and album, folded, a line each';

-- The trigrams of a folded text, a listener's own as well: what a mistyped word still shares with the right one.
-- (gin_trgm_ops keeps no listener's apart: it
-- compares everybody's names with the word first, and a listener's mistake costs what all of them have.)
CREATE FUNCTION shelf_trigrams(user_id bigint, form text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN array_to_tsvector(string_to_array(
  shelf_mark(user_id) || array_to_string(show_trgm(form), E'\n' || shelf_mark(user_id)), E'\n'));

CREATE INDEX archive_tracks_document ON archive_tracks USING gin (document);
CREATE INDEX archive_tracks_trigrams ON archive_tracks USING gin (shelf_trigrams(user_id, search_text));
CREATE INDEX archive_tracks_released ON archive_tracks (user_id, release_date);

-- Down Migration
DROP INDEX archive_tracks_released, archive_tracks_document, archive_tracks_trigrams;
ALTER TABLE archive_tracks DROP document, DROP search_text;
DROP FUNCTION shelf_trigrams, search_document, marked_words, joined_search_words, search_words, shelf_mark;

CREATE OR REPLACE FUNCTION search_form(words text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN lower(unaccent('unaccent'::regdictionary, normalize(words, NFKC)));
CREATE FUNCTION search_document(track text, artists text, album text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN setweight(to_tsvector('simple'::regconfig, search_form(COALESCE(track, ''))), 'A')
  || setweight(to_tsvector('simple'::regconfig, search_form(COALESCE(artists, ''))), 'B')
  || setweight(to_tsvector('simple'::regconfig, search_form(COALESCE(album, ''))), 'C')
  || setweight(to_tsvector('english'::regconfig, search_form(
       COALESCE(track, '') || ' ' || COALESCE(artists, '') || ' ' || COALESCE(album, ''))), 'D');

ALTER TABLE archive_tracks
  ADD document tsvector NOT NULL GENERATED ALWAYS AS (search_document(name, artist_names, album_name)) STORED,
  ADD search_text text NOT NULL GENERATED ALWAYS AS (search_form(
    COALESCE(name, '') || ' ' || COALESCE(artist_names, '') || ' ' || COALESCE(album_name, ''))) STORED;
CREATE INDEX archive_tracks_document ON archive_tracks USING gin (user_id, document);
CREATE INDEX archive_tracks_search_text ON archive_tracks USING gin (user_id, search_text gin_trgm_ops);
