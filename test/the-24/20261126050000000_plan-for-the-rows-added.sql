-- Up Migration
-- A plan that PL/pgSQL keeps for as long as the session lasts is made at the first statement, maybe of an empty archive;
-- the server then read the whole table once for each of ten thousand tracks added. What looks from the added rows into a
-- table is therefore planned anew each time.
CREATE OR REPLACE FUNCTION record_archive_tracks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE $query$ INSERT INTO archive_tracks (user_id, track_id)
  SELECT DISTINCT user_id, track_id FROM added
  WHERE NOT EXISTS (
    SELECT FROM archive_tracks AS a WHERE (a.user_id, a.track_id) = (added.user_id, added.track_id))
  ON CONFLICT DO NOTHING$query$;
  DELETE FROM archive_summaries WHERE user_id IN (SELECT DISTINCT user_id FROM added);
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION settle_hidden_credits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM hidden_artists) THEN RETURN NULL; END IF;
  EXECUTE $query$ SELECT settle_hidden(array_agg(user_id), array_agg(track_id))
  FROM changed JOIN hidden_artists USING (artist_id) JOIN archive_tracks USING (user_id, track_id) HAVING count(*) > 0$query$;
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION settle_shelved_tracks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM hidden_tracks) AND NOT EXISTS (SELECT FROM hidden_artists) THEN RETURN NULL; END IF;
  EXECUTE $query$ UPDATE archive_tracks AS a SET hidden = true
  FROM (
    SELECT user_id, track_id FROM changed JOIN hidden_tracks USING (user_id, track_id)
    UNION
    SELECT user_id, track_id FROM changed JOIN track_artists USING (track_id) JOIN hidden_artists USING (user_id, artist_id)
  ) AS h
  WHERE (a.user_id, a.track_id) = (h.user_id, h.track_id)$query$;
  RETURN NULL;
END $$;

-- Down Migration
CREATE OR REPLACE FUNCTION record_archive_tracks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO archive_tracks (user_id, track_id)
  SELECT DISTINCT user_id, track_id FROM added
  WHERE NOT EXISTS (
    SELECT FROM archive_tracks AS a WHERE (a.user_id, a.track_id) = (added.user_id, added.track_id))
  ON CONFLICT DO NOTHING;
  DELETE FROM archive_summaries WHERE user_id IN (SELECT DISTINCT user_id FROM added);
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION settle_hidden_credits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM hidden_artists) THEN RETURN NULL; END IF;
  PERFORM settle_hidden(array_agg(user_id), array_agg(track_id))
  FROM changed JOIN hidden_artists USING (artist_id) JOIN archive_tracks USING (user_id, track_id) HAVING count(*) > 0;
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION settle_shelved_tracks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM hidden_tracks) AND NOT EXISTS (SELECT FROM hidden_artists) THEN RETURN NULL; END IF;
  UPDATE archive_tracks AS a SET hidden = true
  FROM (
    SELECT user_id, track_id FROM changed JOIN hidden_tracks USING (user_id, track_id)
    UNION
    SELECT user_id, track_id FROM changed JOIN track_artists USING (track_id) JOIN hidden_artists USING (user_id, artist_id)
  ) AS h
  WHERE (a.user_id, a.track_id) = (h.user_id, h.track_id);
  RETURN NULL;
END $$;
