-- Up Migration
-- What a listener does not want to see (sleep sounds, children's songs). Nothing is deleted: the choice is a row, and
-- everything that is shown leaves out what the choices come to. Which tracks those are is derived: archive_tracks.hidden.
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

ALTER TABLE archive_tracks ADD hidden boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN archive_tracks.hidden IS
  'the listener hid the track or any of its artists: derived from hidden_tracks and hidden_artists by triggers';
-- Few rows, and what every list of snapshots or plays asks: is this one of them?
CREATE INDEX archive_tracks_hidden ON archive_tracks (user_id, track_id) WHERE hidden;
-- A quadrant is counted in its index alone.
DROP INDEX archive_tracks_mood;
CREATE INDEX archive_tracks_mood ON archive_tracks
  (user_id, mood_quadrant(energy, valence), mood_strength(energy, valence) DESC, track_id)
  INCLUDE (energy, valence)
  WHERE energy IS NOT NULL AND valence IS NOT NULL AND NOT hidden;
COMMENT ON TABLE play_quarters IS 'plays of each quarter of an hour, of tracks that are not hidden';

-- Sets archive_tracks.hidden of some tracks of some listeners to what their choices come to, and the tally of plays
-- with it. (A listener who is being deleted needs none.)
CREATE FUNCTION settle_hidden(user_ids bigint[], track_ids text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  changed_users bigint[];
  changed_tracks text[];
  changed_to boolean[];
BEGIN
  WITH changed AS (
    UPDATE archive_tracks AS a SET hidden = NOT a.hidden
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
  FROM changed JOIN track_artists USING (artist_id) JOIN archive_tracks USING (user_id, track_id) HAVING count(*) > 0;
  RETURN NULL;
END $$;
-- Credits are everybody's: only who hid the artist is concerned.
CREATE FUNCTION settle_hidden_credits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM hidden_artists) THEN RETURN NULL; END IF;
  PERFORM settle_hidden(array_agg(user_id), array_agg(track_id))
  FROM changed JOIN hidden_artists USING (artist_id) JOIN archive_tracks USING (user_id, track_id) HAVING count(*) > 0;
  RETURN NULL;
END $$;
-- A track that comes to the shelf has been counted nowhere yet.
CREATE FUNCTION settle_shelved_tracks() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER settle_hidden AFTER INSERT ON archive_tracks
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION settle_shelved_tracks();

-- As they were, but that quarters count no plays of hidden tracks.
CREATE OR REPLACE FUNCTION record_plays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO archive_tracks (user_id, track_id)
  SELECT DISTINCT user_id, track_id FROM added ORDER BY user_id, track_id
  ON CONFLICT DO NOTHING;
  INSERT INTO played_tracks AS known (user_id, track_id, plays, first_played_at, last_played_at)
  SELECT user_id, track_id, count(*), min(played_at), max(played_at)
  FROM added GROUP BY user_id, track_id ORDER BY user_id, track_id
  ON CONFLICT (user_id, track_id) DO UPDATE SET
    plays = known.plays + excluded.plays,
    first_played_at = LEAST(known.first_played_at, excluded.first_played_at),
    last_played_at = GREATEST(known.last_played_at, excluded.last_played_at);
  INSERT INTO play_quarters AS known (user_id, quarter, plays)
  SELECT user_id, quarter_of(played_at), count(*)
  FROM added JOIN archive_tracks AS own USING (user_id, track_id) WHERE NOT own.hidden
  GROUP BY 1, 2 ORDER BY 1, 2
  ON CONFLICT (user_id, quarter) DO UPDATE SET plays = known.plays + excluded.plays;
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION recount_deleted_plays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE played_tracks AS p SET
    plays = p.plays - gone.plays,
    first_played_at = COALESCE((SELECT min(played_at) FROM plays AS l
      WHERE (l.user_id, l.track_id) = (p.user_id, p.track_id)), p.first_played_at),
    last_played_at = COALESCE((SELECT max(played_at) FROM plays AS l
      WHERE (l.user_id, l.track_id) = (p.user_id, p.track_id)), p.last_played_at)
  FROM (SELECT user_id, track_id, count(*) AS plays FROM removed GROUP BY user_id, track_id) AS gone
  WHERE (p.user_id, p.track_id) = (gone.user_id, gone.track_id);
  DELETE FROM played_tracks
  WHERE plays <= 0 AND (user_id, track_id) IN (SELECT user_id, track_id FROM removed);
  UPDATE play_quarters AS q SET plays = q.plays - gone.plays
  FROM (
    SELECT user_id, quarter_of(played_at) AS quarter, count(*) AS plays
    FROM removed JOIN archive_tracks AS own USING (user_id, track_id) WHERE NOT own.hidden GROUP BY 1, 2
  ) AS gone
  WHERE (q.user_id, q.quarter) = (gone.user_id, gone.quarter);
  DELETE FROM play_quarters
  WHERE plays <= 0 AND (user_id, quarter) IN (SELECT user_id, quarter_of(played_at) FROM removed);
  RETURN NULL;
END $$;

-- Figures kept ready now say how many tracks are hidden.
DELETE FROM archive_summaries;

-- Down Migration
DELETE FROM hidden_tracks;
DELETE FROM hidden_artists;
DROP TRIGGER settle_hidden ON archive_tracks;
DROP TRIGGER settle_hidden ON track_artists;
DROP TRIGGER settle_hidden_on_delete ON track_artists;
DROP TABLE hidden_tracks, hidden_artists;
DROP FUNCTION settle_hidden_tracks, settle_hidden_artists, settle_hidden_credits, settle_shelved_tracks, settle_hidden;
CREATE OR REPLACE FUNCTION record_plays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO archive_tracks (user_id, track_id)
  SELECT DISTINCT user_id, track_id FROM added ORDER BY user_id, track_id
  ON CONFLICT DO NOTHING;
  INSERT INTO played_tracks AS known (user_id, track_id, plays, first_played_at, last_played_at)
  SELECT user_id, track_id, count(*), min(played_at), max(played_at)
  FROM added GROUP BY user_id, track_id ORDER BY user_id, track_id
  ON CONFLICT (user_id, track_id) DO UPDATE SET
    plays = known.plays + excluded.plays,
    first_played_at = LEAST(known.first_played_at, excluded.first_played_at),
    last_played_at = GREATEST(known.last_played_at, excluded.last_played_at);
  INSERT INTO play_quarters AS known (user_id, quarter, plays)
  SELECT user_id, quarter_of(played_at), count(*) FROM added GROUP BY 1, 2 ORDER BY 1, 2
  ON CONFLICT (user_id, quarter) DO UPDATE SET plays = known.plays + excluded.plays;
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION recount_deleted_plays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE played_tracks AS p SET
    plays = p.plays - gone.plays,
    first_played_at = COALESCE((SELECT min(played_at) FROM plays AS l
      WHERE (l.user_id, l.track_id) = (p.user_id, p.track_id)), p.first_played_at),
    last_played_at = COALESCE((SELECT max(played_at) FROM plays AS l
      WHERE (l.user_id, l.track_id) = (p.user_id, p.track_id)), p.last_played_at)
  FROM (SELECT user_id, track_id, count(*) AS plays FROM removed GROUP BY user_id, track_id) AS gone
  WHERE (p.user_id, p.track_id) = (gone.user_id, gone.track_id);
  DELETE FROM played_tracks
  WHERE plays <= 0 AND (user_id, track_id) IN (SELECT user_id, track_id FROM removed);
  UPDATE play_quarters AS q SET plays = q.plays - gone.plays
  FROM (SELECT user_id, quarter_of(played_at) AS quarter, count(*) AS plays FROM removed GROUP BY 1, 2) AS gone
  WHERE (q.user_id, q.quarter) = (gone.user_id, gone.quarter);
  DELETE FROM play_quarters
  WHERE plays <= 0 AND (user_id, quarter) IN (SELECT user_id, quarter_of(played_at) FROM removed);
  RETURN NULL;
END $$;
COMMENT ON TABLE play_quarters IS NULL;
DROP INDEX archive_tracks_mood, archive_tracks_hidden;
ALTER TABLE archive_tracks DROP hidden;
CREATE INDEX archive_tracks_mood ON archive_tracks
  (user_id, mood_quadrant(energy, valence), mood_strength(energy, valence) DESC, track_id)
  INCLUDE (energy, valence)
  WHERE energy IS NOT NULL AND valence IS NOT NULL;
DELETE FROM archive_summaries;
