import { TRACK_VALUES } from '../catalogue/files-and-spotify.ts';
import type { Transaction } from '../db.ts';
import { quoteName } from '../database/sql-text.ts';

/** An export counts as a listener's file: it adds to the catalogue but changes nothing that is known. */
type Insert = (tx: Transaction, columns: readonly string[], rows: string) => Promise<number>;

/** Notes which of the file's tracks have no artists yet, and where the file contradicts the catalogue. */
export async function prepareCatalogue(tx: Transaction): Promise<void> {
  for (const key of ['track_id', 'artist_id'])
    await tx.execute(`CREATE TEMP TABLE new_${key}s (${key} text) ON COMMIT DROP`);
  await tx.execute('CREATE TEMP TABLE uncredited (track_id text PRIMARY KEY) ON COMMIT DROP');
  await tx.execute(
    'CREATE TEMP TABLE artists_otherwise (artist_id text, name text, raw_json jsonb) ON COMMIT DROP',
  );
  await tx.execute('CREATE TEMP TABLE said_otherwise (LIKE tracks) ON COMMIT DROP');
  await tx.execute(
    'ALTER TABLE said_otherwise ALTER from_spotify DROP NOT NULL, ALTER created_at DROP NOT NULL, ALTER updated_at DROP NOT NULL',
  );
}

const listed = (columns: readonly string[]): string => columns.map(quoteName).join(', ');
const SENT_TRACKS = `jsonb_populate_recordset(NULL::tracks, $1::jsonb) AS sent`;

const insertTracks: Insert = async (tx, columns, rows) => {
  const differing = TRACK_VALUES.map((name) => `CASE WHEN sent.${name} <> t.${name} THEN sent.${name} END`);
  await tx.execute(
    `INSERT INTO said_otherwise (track_id, ${TRACK_VALUES.join(', ')}, audio_features)
     SELECT track_id, ${differing.join(', ')}, CASE WHEN sent.audio_features <> t.audio_features
       AND sent.audio_features_source IS DISTINCT FROM 'reccobeats' THEN sent.audio_features END
     FROM ${SENT_TRACKS} JOIN tracks AS t USING (track_id)`,
    [rows],
  );
  const added = await tx.execute(
    `WITH added AS (
       INSERT INTO tracks (${listed(columns)}) SELECT ${listed(columns)} FROM ${SENT_TRACKS} ORDER BY track_id
       ON CONFLICT DO NOTHING RETURNING track_id)
     INSERT INTO new_track_ids SELECT track_id FROM added`,
    [rows],
  );
  await tx.execute(
    `INSERT INTO uncredited SELECT track_id FROM ${SENT_TRACKS}
     WHERE NOT EXISTS (SELECT FROM track_artists AS c WHERE c.track_id = sent.track_id)`,
    [rows],
  );
  return added + (await addFeatures(tx, rows));
};

const addFeatures = (tx: Transaction, rows: string): Promise<number> =>
  tx.execute(
    `UPDATE tracks AS t SET audio_features = sent.audio_features, audio_features_source = sent.audio_features_source,
       audio_features_at = sent.audio_features_at
     FROM ${SENT_TRACKS}
     WHERE t.track_id = sent.track_id AND t.audio_features IS NULL AND sent.audio_features IS NOT NULL`,
    [rows],
  );

const insertArtists: Insert = async (tx, columns, rows) => {
  await tx.execute(
    `INSERT INTO artists_otherwise
     SELECT artist_id, NULLIF(sent.name, t.name), NULLIF(sent.raw_json, t.raw_json)
     FROM jsonb_populate_recordset(NULL::artists, $1::jsonb) AS sent JOIN artists AS t USING (artist_id)`,
    [rows],
  );
  return tx.execute(
    `WITH added AS (
       INSERT INTO artists (${listed(columns)})
       SELECT ${listed(columns)} FROM jsonb_populate_recordset(NULL::artists, $1::jsonb) ORDER BY artist_id
       ON CONFLICT DO NOTHING RETURNING artist_id)
     INSERT INTO new_artist_ids SELECT artist_id FROM added`,
    [rows],
  );
};

const insertCredits: Insert = (tx, columns, rows) =>
  tx.execute(
    `INSERT INTO track_artists (${listed(columns)})
     SELECT ${listed(columns)} FROM jsonb_populate_recordset(NULL::track_artists, $1::jsonb) JOIN uncredited USING (track_id)
     ON CONFLICT DO NOTHING`,
    [rows],
  );

export const INSERTS: Readonly<Record<string, Insert>> = {
  tracks: insertTracks,
  artists: insertArtists,
  track_artists: insertCredits,
};

export async function recordFile(tx: Transaction, userId: number): Promise<void> {
  const values = TRACK_VALUES.join(', ');
  await tx.execute(
    `INSERT INTO own_audio_features (user_id, track_id, audio_features)
     SELECT $1, track_id, audio_features FROM said_otherwise WHERE audio_features IS NOT NULL
     ON CONFLICT DO NOTHING`,
    [userId],
  );
  await tx.execute(
    `INSERT INTO file_tracks (user_id, track_id, ${values})
     SELECT $1, track_id, ${values} FROM said_otherwise WHERE num_nonnulls(${values}) > 0
     ON CONFLICT DO NOTHING`,
    [userId],
  );
  await tx.execute(
    `INSERT INTO file_artists (user_id, artist_id, name, raw_json)
     SELECT $1, artist_id, name, raw_json FROM artists_otherwise WHERE num_nonnulls(name, raw_json) > 0
     ON CONFLICT DO NOTHING`,
    [userId],
  );
  for (const [files, key] of [
    ['file_tracks', 'track_id'],
    ['file_artists', 'artist_id'],
  ]) {
    await tx.execute(`UPDATE ${files} SET gave_way_at = now() WHERE user_id = $1`, [userId]);
    await tx.execute(
      `INSERT INTO ${files} (user_id, ${key}, brought) SELECT $1, ${key}, true FROM new_${key}s
       ON CONFLICT (user_id, ${key}) DO UPDATE SET brought = true, gave_way_at = NULL`,
      [userId],
    );
  }
}
