import type { Queries } from '../db.ts';

/**
 * The rule of the shared catalogue: Spotify's answer counts and, until there is one, the first file. What a file says
 * otherwise is kept for its listener (file_tracks, file_artists).
 */

/** Values that both files and Spotify give; a date and its precision go together. */
export const TRACK_VALUES = [
  'name',
  'artist_name',
  'album_name',
  'duration_ms',
  'spotify_url',
  'raw_json',
  'release_date',
  'release_date_precision',
  'popularity',
] as const;

const ARTIST_VALUES = ['name', 'raw_json'] as const;

interface Shared {
  readonly table: 'tracks' | 'artists';
  readonly files: 'file_tracks' | 'file_artists';
  readonly key: 'track_id' | 'artist_id';
  readonly values: readonly string[];
  readonly answers: string;
  readonly touches: readonly string[];
}

export const SENT_TRACKS = `
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS row (
    track_id text, name text, artist_name text, album_name text, duration_ms integer, spotify_url text,
    raw_json jsonb, release_date date, release_date_precision text, popularity smallint
  )`;

export const SENT_ARTISTS = `
  SELECT DISTINCT ON (artist ->> 'artistId') artist ->> 'artistId' AS artist_id, artist ->> 'name' AS name, NULL::jsonb AS raw_json
  FROM jsonb_to_recordset($1::jsonb) AS row (track_id text, artists jsonb)
  CROSS JOIN LATERAL jsonb_array_elements(artists) AS artist
  ORDER BY artist ->> 'artistId', artist ->> 'name'`;

export const SENT_WHOLE_ARTISTS = `
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS row (artist_id text, name text, raw_json jsonb)`;

export const SENT_CREDITS = `
  SELECT DISTINCT ON (track_id, artist ->> 'artistId') track_id, artist ->> 'artistId' AS artist_id, position
  FROM jsonb_to_recordset($1::jsonb) AS row (track_id text, artists jsonb)
  CROSS JOIN LATERAL jsonb_array_elements(artists) WITH ORDINALITY AS credit (artist, position)
  ORDER BY track_id, artist ->> 'artistId', position`;

const TRACKS: Shared = {
  table: 'tracks',
  files: 'file_tracks',
  key: 'track_id',
  values: TRACK_VALUES,
  answers: SENT_TRACKS,
  touches: ['updated_at = now()'],
};
const ARTISTS: Shared = {
  table: 'artists',
  files: 'file_artists',
  key: 'artist_id',
  values: ARTIST_VALUES,
  answers: SENT_ARTISTS,
  touches: [],
};

/** Their own file stays: it may have what Spotify no longer provides. @param answers JSON, a row per track */
export async function letFilesGiveWay(tx: Queries, userId: number, answers: string): Promise<void> {
  await tx.execute(KEEP_CREDITS, [answers]);
  await tx.execute(REMOVE_CREDITS, [answers]);
  for (const sql of GIVE_WAY) await tx.execute(sql, [answers, userId]);
}

/** SQL: rows that another's or a deleted listener's file names, ordered so that two captures do not deadlock. */
const contested = ({ table, files, key, answers }: Shared): string => `
  SELECT t.* FROM ${table} AS t JOIN (${answers}) AS sent USING (${key})
  WHERE EXISTS (SELECT FROM ${files} AS f WHERE f.${key} = t.${key} AND f.user_id <> $2 AND f.gave_way_at IS NULL)
    OR NOT t.from_spotify AND NOT EXISTS (SELECT FROM ${files} AS f WHERE f.${key} = t.${key} AND f.user_id = $2)
  ORDER BY t.${key} FOR UPDATE OF t`;

/** The values of the listener who brought the row, except those that another file added. */
const filed = ({ files, key }: Shared, name: string): string => `
  ${name} = COALESCE(own.${name}, CASE WHEN own.brought AND NOT EXISTS (
    SELECT FROM ${files} AS other
    WHERE other.${key} = own.${key} AND other.user_id <> own.user_id AND other.${name} IS NOT NULL) THEN t.${name} END)`;

/** Of Spotify's own earlier values, only what a file added is replaced. A precision follows its date. */
const answered = ({ table, files, key }: Shared, name: string): string => {
  // A track's artists come without payloads, so a file's is not kept for them.
  if (table === 'artists' && name === 'raw_json')
    return `${name} = CASE WHEN t.from_spotify THEN t.${name} ELSE sent.${name} END`;
  const first = name === 'release_date_precision' ? 'release_date' : name;
  return `${name} = CASE
    WHEN sent.${first} IS NULL THEN t.${name}
    WHEN NOT t.from_spotify OR t.${first} IS NULL OR EXISTS (
      SELECT FROM ${files} AS f
      WHERE f.${key} = t.${key} AND f.user_id <> $2 AND f.gave_way_at IS NULL AND f.${first} IS NOT NULL)
    THEN sent.${name} ELSE t.${name} END`;
};

const giveWay = (shared: Shared): string => `
  WITH t AS (${contested(shared)}), kept AS (
    UPDATE ${shared.files} AS own
    SET ${shared.values.map((name) => filed(shared, name)).join(',')}, gave_way_at = now()
    FROM t WHERE own.${shared.key} = t.${shared.key} AND own.gave_way_at IS NULL
  )
  UPDATE ${shared.table} AS stored
  SET ${[...shared.values.map((name) => answered(shared, name)), 'from_spotify = true', ...shared.touches].join(', ')}
  FROM t JOIN (${shared.answers}) AS sent USING (${shared.key})
  WHERE stored.${shared.key} = t.${shared.key}`;

const GIVE_WAY = [TRACKS, ARTISTS].map(giveWay);
const ARTISTS_GIVE_WAY = giveWay({ ...ARTISTS, answers: SENT_WHOLE_ARTISTS });

export const letArtistsGiveWay = (tx: Queries, userId: number, answers: string): Promise<number> =>
  tx.execute(ARTISTS_GIVE_WAY, [answers, userId]);

/** Spotify names no artist of a local file: the file's stay. */
const STRAY_CREDITS = `
  FROM track_artists AS credit JOIN tracks AS t USING (track_id)
  JOIN (SELECT track_id, array_agg(artist_id) AS artist_ids FROM (${SENT_CREDITS}) AS named GROUP BY track_id) AS sent
    USING (track_id)
  WHERE NOT t.from_spotify AND credit.artist_id <> ALL (sent.artist_ids)`;

const KEEP_CREDITS = `
  UPDATE file_tracks AS own
  SET artist_ids = ARRAY(SELECT artist_id FROM track_artists AS c WHERE c.track_id = own.track_id ORDER BY position)
  WHERE own.brought AND own.artist_ids IS NULL AND own.track_id IN (SELECT track_id ${STRAY_CREDITS})`;

const REMOVE_CREDITS = `
  DELETE FROM track_artists AS c USING (SELECT credit.track_id, credit.artist_id ${STRAY_CREDITS}) AS stray
  WHERE (c.track_id, c.artist_id) = (stray.track_id, stray.artist_id)`;

/** SQL: rows that the file of listener `user` was the first to name. @param keys a query */
export const recordBrought = (files: Shared['files'], user: string, keys: string): string => `
  INSERT INTO ${files} (user_id, ${files === 'file_tracks' ? 'track_id' : 'artist_id'}, brought)
  SELECT ${user}, found.key, true FROM (${keys}) AS found (key)
  ON CONFLICT DO NOTHING`;

/** No ON CONFLICT: a move may have dropped the key. @param added a query for the key and `values` */
export async function recordAdded(
  tx: Queries,
  userId: number,
  { files, values, added }: { files: Shared['files']; values: readonly string[]; added: string },
): Promise<void> {
  const key = files === 'file_tracks' ? 'track_id' : 'artist_id';
  const keep = values.map((name) => `${name} = COALESCE(f.${name}, added.${name})`);
  const known = await tx.execute(
    `UPDATE ${files} AS f SET ${keep.join(', ')}, gave_way_at = NULL FROM (${added}) AS added
     WHERE f.user_id = $1 AND f.${key} = added.${key}`,
    [userId],
  );
  const others =
    known === 0
      ? ''
      : `WHERE NOT EXISTS (
       SELECT FROM ${files} AS f WHERE f.user_id = $1 AND f.${key} = added.${key})`;
  await tx.execute(
    `INSERT INTO ${files} (user_id, ${key}, brought, ${values.join(', ')})
     SELECT $1::bigint, ${key}, false, ${values.join(', ')} FROM (${added}) AS added ${others}`,
    [userId],
  );
}

/** SQL: tracks as listener $1's own file gave them, else as in the catalogue. */
export const TRACKS_AS_FILED = `(
  SELECT t.track_id, ${TRACK_VALUES.map((name) => `COALESCE(f.${name}, t.${name}) AS ${name}`).join(', ')},
    t.audio_features, t.created_at, t.xmin, f.artist_ids AS filed_artist_ids
  FROM tracks AS t LEFT JOIN file_tracks AS f ON f.user_id = $1 AND f.track_id = t.track_id)`;

export const ARTISTS_AS_FILED = `(
  SELECT t.artist_id, COALESCE(f.name, t.name) AS name, t.created_at, t.xmin
  FROM artists AS t LEFT JOIN file_artists AS f ON f.user_id = $1 AND f.artist_id = t.artist_id)`;

/** SQL: assigns what the file of unclaimed archive $2 said to listener $1. */
export const CLAIM_FILED: readonly string[] = [TRACKS, ARTISTS].map(({ table, files, key, values }) => {
  const names = table === 'tracks' ? [...values, 'artist_ids'] : values;
  return `
    INSERT INTO ${files} AS own (user_id, ${key}, brought, gave_way_at, ${names.join(', ')})
    SELECT $1, ${key}, brought, gave_way_at, ${names.join(', ')} FROM ${files} WHERE user_id = $2
    ON CONFLICT (user_id, ${key}) DO UPDATE SET brought = own.brought OR excluded.brought,
      ${names.map((name) => `${name} = COALESCE(own.${name}, excluded.${name})`).join(', ')}`;
});
