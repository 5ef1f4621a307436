import { recordBrought } from '../catalogue/files-and-spotify.ts';
import type { Transaction } from '../db.ts';
import type { Staged } from './stage.ts';

/** Unknown tracks come as their rows name them; captures and enrichment complete them. */
export async function addWantedTracks(tx: Transaction, { userId, importId }: Staged): Promise<void> {
  await tx.execute(CREATE);
  await tx.execute(ADD_TRACKS);
  await tx.execute(REMEMBER, [userId, importId]);
  await tx.execute(recordBrought('file_tracks', '$1', 'SELECT track_id FROM new_tracks'), [userId]);
  await tx.execute(CREDITS, [userId]);
  await tx.execute(ADD_ARTISTS);
  await tx.execute(recordBrought('file_artists', '$1', 'SELECT artist_id FROM new_artists'), [userId]);
  await tx.execute(ADD_CREDITS);
}

const CREATE = `
  CREATE TEMP TABLE new_tracks (track_id text) ON COMMIT DROP;
  CREATE TEMP TABLE new_artists (artist_id text) ON COMMIT DROP;
  CREATE TEMP TABLE new_credits (track_id text, artist_id text, name text) ON COMMIT DROP`;

const ADD_TRACKS = `
  WITH added AS (
    INSERT INTO tracks (track_id, name, artist_name, album_name, spotify_url)
    SELECT track_id, name, artist_name, album_name,
      CASE WHEN track_id NOT LIKE 'mtm:%' THEN 'https://open.spotify.com/track/' || track_id END
    FROM wanted_tracks ORDER BY track_id
    ON CONFLICT DO NOTHING RETURNING track_id
  )
  INSERT INTO new_tracks SELECT track_id FROM added`;

/** Undoing the import removes what it brought. */
const REMEMBER = `
  INSERT INTO history_import_tracks (user_id, history_import_id, track_id)
  SELECT $1, $2, track_id FROM wanted_tracks
  WHERE NOT EXISTS (
    SELECT FROM library_tracks AS l WHERE (l.user_id, l.track_id) = ($1, wanted_tracks.track_id))
  ON CONFLICT DO NOTHING`;

const CREDITS = `
  INSERT INTO new_credits
  SELECT w.track_id, COALESCE(known.artist_id, 'mtm:' || md5(w.artist)), w.artist_name
  FROM new_tracks JOIN wanted_tracks AS w USING (track_id)
  LEFT JOIN (
    SELECT search_form(name) AS artist, min(artist_id) AS artist_id
    FROM (
      SELECT DISTINCT artist_id FROM library_tracks JOIN track_artists USING (track_id) WHERE user_id = $1
    ) AS own JOIN artists USING (artist_id)
    WHERE artist_id NOT LIKE 'mtm:%' GROUP BY 1
  ) AS known ON known.artist = w.artist
  WHERE w.artist <> ''`;

const ADD_ARTISTS = `
  WITH added AS (
    INSERT INTO artists (artist_id, name)
    SELECT artist_id, min(name) FROM new_credits GROUP BY artist_id ORDER BY artist_id
    ON CONFLICT DO NOTHING RETURNING artist_id
  )
  INSERT INTO new_artists SELECT artist_id FROM added`;

const ADD_CREDITS = `
  INSERT INTO track_artists (track_id, artist_id, position) SELECT track_id, artist_id, 1 FROM new_credits`;
