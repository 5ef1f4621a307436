import { recordAdded, recordBrought } from '../../../src/catalogue/files-and-spotify.ts';
import type { Transaction } from '../../../src/db.ts';
import { REASON } from '../faults.ts';
import type { Layout } from '../read/layouts.ts';
import { playlistName } from './playlist-name.ts';

/**
 * What the old file implies: dates and popularity from payloads of known tracks, and artists of tracks.
 * @returns how many rows were added or completed
 */
export async function mergeDerived(tx: Transaction, userId: number, layout: Layout): Promise<number> {
  const artists =
    layout === 'snapshots'
      ? await addPayloadArtists(tx, userId, 'staged_tracks JOIN tracks USING (track_id)')
      : await addPlainArtists(tx, userId);
  const completed = (await completeFromPayload(tx)) + (await completeArtistNames(tx, userId));
  return artists + completed + (layout === 'playlists' ? await keepOwnFeatures(tx, userId) : 0);
}

/** Features that the catalogue has from somebody else count for this listener only. */
function keepOwnFeatures(tx: Transaction, userId: number): Promise<number> {
  return tx.execute(
    `INSERT INTO own_audio_features (user_id, track_id, audio_features)
     SELECT $1, track_id, s.audio_features FROM staged_tracks AS s JOIN tracks AS t USING (track_id)
     WHERE s.audio_features <> t.audio_features
       AND (t.audio_features_source = 'reccobeats' OR NOT EXISTS (
         SELECT FROM file_tracks AS f WHERE f.user_id = $1 AND f.track_id = t.track_id AND f.brought))
     ON CONFLICT DO NOTHING`,
    [userId],
  );
}

async function completeFromPayload(tx: Transaction): Promise<number> {
  return tx.execute(
    `UPDATE tracks AS t
     SET release_date = COALESCE(t.release_date, d.release_date),
         release_date_precision = COALESCE(t.release_date_precision, d.release_precision),
         popularity = COALESCE(t.popularity, d.popularity),
         spotify_url = COALESCE(t.spotify_url, d.spotify_url),
         updated_at = now()
     FROM (SELECT known.track_id, r.release_date, r.release_precision,
                  pg_temp.payload_popularity(known.raw_json) AS popularity,
                  pg_temp.payload_url(known.raw_json) AS spotify_url
           FROM staged_tracks JOIN tracks AS known USING (track_id)
           CROSS JOIN LATERAL pg_temp.payload_release(known.raw_json) AS r
           WHERE known.raw_json IS NOT NULL
             AND (known.release_date IS NULL OR known.popularity IS NULL OR known.spotify_url IS NULL)
           OFFSET 0) AS d
     WHERE d.track_id = t.track_id
       AND ((t.release_date IS NULL AND d.release_date IS NOT NULL)
         OR (t.popularity IS NULL AND d.popularity IS NOT NULL)
         OR (t.spotify_url IS NULL AND d.spotify_url IS NOT NULL))`,
  );
}

async function completeArtistNames(tx: Transaction, userId: number): Promise<number> {
  const added = `
    SELECT t.track_id, s.artist_name FROM staged_tracks AS s JOIN tracks AS t USING (track_id)
    WHERE t.artist_name IS NULL AND s.artist_name IS NOT NULL`;
  await recordAdded(tx, userId, { files: 'file_tracks', values: ['artist_name'], added });
  return tx.execute(
    `UPDATE tracks AS t SET artist_name = s.artist_name, updated_at = now()
     FROM staged_tracks AS s
     WHERE s.track_id = t.track_id AND t.artist_name IS NULL AND s.artist_name IS NOT NULL`,
  );
}

/**
 * Adds the artists that payloads of the relation `tracks` name, in order, to tracks without artists: no file adds to
 * known artists. Artists without an id (local files) stay in the payload only.
 */
export async function addPayloadArtists(tx: Transaction, userId: number, tracks: string): Promise<number> {
  await tx.execute(
    `CREATE TEMP TABLE payload_artists ON COMMIT DROP AS
     SELECT track_id, a.artist ->> 'id' AS artist_id, min(a.position)::int AS position,
            min(a.artist ->> 'name') AS name
     FROM (SELECT track_id, tracks.raw_json FROM ${tracks}
           WHERE NOT EXISTS (SELECT FROM track_artists AS c WHERE c.track_id = tracks.track_id)) AS own
     CROSS JOIN LATERAL jsonb_path_query(raw_json, 'strict $.artists[*]', silent => true)
       WITH ORDINALITY AS a (artist, position)
     WHERE jsonb_typeof(a.artist -> 'id') = 'string' AND octet_length(a.artist ->> 'id') BETWEEN 1 AND 200
     GROUP BY 1, 2`,
  );
  const artists = await tx.execute(
    `WITH added AS (
       INSERT INTO artists (artist_id, name)
       SELECT artist_id, min(name) FROM payload_artists AS p
       WHERE NOT EXISTS (SELECT FROM artists AS a WHERE a.artist_id = p.artist_id)
       GROUP BY artist_id ORDER BY artist_id
       ON CONFLICT DO NOTHING RETURNING artist_id)
     ${recordBrought('file_artists', '$1::bigint', 'SELECT artist_id FROM added')}`,
    [userId],
  );
  const named = await nameArtists(tx, userId);
  return artists + named + (await addLinks(tx, 'SELECT track_id, artist_id, position FROM payload_artists'));
}

async function nameArtists(tx: Transaction, userId: number): Promise<number> {
  const added = `
    SELECT a.artist_id, min(p.name) AS name FROM payload_artists AS p JOIN artists AS a USING (artist_id)
    WHERE a.name IS NULL AND p.name IS NOT NULL GROUP BY a.artist_id`;
  await recordAdded(tx, userId, { files: 'file_artists', values: ['name'], added });
  return tx.execute(
    `UPDATE artists AS a SET name = added.name FROM (${added}) AS added WHERE a.artist_id = added.artist_id`,
  );
}

/** Tracks with artists get no more; what the file says otherwise is set aside. */
async function addPlainArtists(tx: Transaction, userId: number): Promise<number> {
  const own = `SELECT FROM track_artists AS c WHERE c.track_id = s.track_id AND c.artist_id = s.artist_id`;
  await tx.execute(
    `INSERT INTO staged_faults
     SELECT 'tracks', n, 'artist_id', $2::text FROM staged_tracks AS s
     WHERE artist_id IS NOT NULL AND EXISTS (SELECT FROM track_artists AS c WHERE c.track_id = s.track_id)
       AND NOT EXISTS (${own}) AND NOT EXISTS (
         SELECT FROM file_tracks AS f
         WHERE f.user_id = $1 AND f.track_id = s.track_id AND s.artist_id = ANY (f.artist_ids))`,
    [userId, REASON.keptValue],
  );
  return addLinks(
    tx,
    `SELECT track_id, artist_id, 1 AS position FROM staged_tracks WHERE artist_id IS NOT NULL`,
  );
}

function addLinks(tx: Transaction, links: string): Promise<number> {
  return tx.execute(
    `INSERT INTO track_artists (track_id, artist_id, position)
     SELECT track_id, artist_id, position FROM (${links}) AS links
     WHERE NOT EXISTS (SELECT FROM track_artists AS known WHERE known.track_id = links.track_id)
     ON CONFLICT DO NOTHING`,
  );
}

/** One playlist per name in the old entries, dated by its earliest entry. */
export async function addPlaylists(tx: Transaction, userId: number): Promise<number> {
  const found = await tx.many<{ playlist_id: string }>(
    `SELECT DISTINCT playlist_id FROM staged_entries AS s
     WHERE NOT EXISTS (SELECT FROM playlists AS p WHERE p.user_id = $1 AND p.playlist_id = s.playlist_id)`,
    [userId],
  );
  const ids = found.map((row) => row.playlist_id);
  return tx.execute(
    `INSERT INTO playlists (user_id, playlist_id, name, origin, created_at)
     SELECT $1, playlist_id, name, 'old-archive', COALESCE(min(s.created_at), now())
     FROM unnest($2::text[], $3::text[]) AS named (playlist_id, name)
     JOIN staged_entries AS s USING (playlist_id)
     GROUP BY playlist_id, name`,
    [userId, ids, ids.map(playlistName)],
  );
}
