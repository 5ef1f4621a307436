import type { Queries } from '../db.ts';
import { notFound } from '../errors.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { WITH_OWN_FEATURES } from './audio-features.ts';

/** A listener with an own file does not see features that another's file gave the catalogue. */
const CATALOGUE_FEATURES = `CASE WHEN own_file.audio_features IS NULL OR tracks.audio_features_source = 'reccobeats'
    OR NOT EXISTS (SELECT FROM file_tracks AS f WHERE f.user_id <> $1 AND f.track_id = tracks.track_id AND f.brought)
  THEN tracks.audio_features END`;

export const PAYLOADS = {
  track: 'raw_json',
  'audio-features': CATALOGUE_FEATURES,
  'own-audio-features': 'own_file.audio_features',
} as const;
export type PayloadName = keyof typeof PAYLOADS;

/** Characters, 40 times a usual track object. */
const SHOWN_CHARACTERS = 100_000;

/** Larger payloads are not formatted for a page; Spotify's take about 2 kB. */
const LAID_OUT_BYTES = 256 * 1024;

export interface Payload {
  readonly name: PayloadName;
  readonly stored_bytes: number;
  /** Formatted without losing a digit, cut at SHOWN_CHARACTERS; null: too large. */
  readonly text: string | null;
  readonly complete: boolean;
}

export async function findPayloads(
  db: Queries,
  userId: number,
  trackId: string,
): Promise<readonly Payload[] | null> {
  const rows = await db.many<Payload & { stored_bytes: number | null }>(SHOWN, [
    userId,
    trackId,
    SHOWN_CHARACTERS,
    LAID_OUT_BYTES,
  ]);
  return rows.length === 0 ? null : rows.filter(({ stored_bytes: bytes }) => bytes !== null);
}

/** PostgreSQL writes the JSON, because JavaScript rounds some numbers. @throws AppError 404 */
export async function getPayloadText(
  db: Queries,
  userId: number,
  trackId: string,
  name: PayloadName,
): Promise<string> {
  const row = await db.maybeOne<{ text: string | null }>(WHOLE[name], [userId, trackId]);
  if (row === null || row.text === null) throw notFound();
  return row.text;
}

const wholeSql = (name: PayloadName): string =>
  hotQuery(
    `payload: the whole of ${name}`,
    `
    SELECT jsonb_pretty(${PAYLOADS[name]}) AS text FROM ${LIBRARY} WHERE ${WHOSE}`,
  );

const LIBRARY = `library_tracks AS library JOIN tracks USING (track_id) ${WITH_OWN_FEATURES}`;
const WHOSE = 'library.user_id = $1 AND tracks.track_id = $2';

const NAMES = Object.keys(PAYLOADS) as PayloadName[];
const WHOLE = Object.fromEntries(NAMES.map((name) => [name, wholeSql(name)])) as Record<PayloadName, string>;

const PLACES = NAMES.map((name, place) => `(${place}, '${name}', ${PAYLOADS[name]})`);

const SHOWN = hotQuery(
  'payload: laid out for reading',
  `
  WITH laid_out AS (
    SELECT place, kept.name, pg_column_size(payload) AS stored_bytes,
      CASE WHEN pg_column_size(payload) <= $4 THEN left(jsonb_pretty(payload), $3 + 1) END AS text
    FROM ${LIBRARY} CROSS JOIN LATERAL (VALUES ${PLACES.join(', ')}) AS kept (place, name, payload)
    WHERE ${WHOSE}
  )
  SELECT name, stored_bytes, left(text, $3) AS text, COALESCE(length(text) <= $3, false) AS complete
  FROM laid_out ORDER BY place`,
);
