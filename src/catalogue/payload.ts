import type { Queries } from '../db.ts';
import { notFound } from '../errors.ts';
import { hotQuery } from '../hot-queries.ts';

/** What the archive keeps of a track as it was received: the provider's track object, and the audio features. */
export const PAYLOADS = { track: 'raw_json', 'audio-features': 'audio_features' } as const;
export type PayloadName = keyof typeof PAYLOADS;

/** More than this is not shown on a page: characters, 40 times a usual track object. */
export const SHOWN_CHARACTERS = 100_000;

/** Stored bytes up to which a payload is laid out for a page at all; Spotify's take about 2 kB. */
const LAID_OUT_BYTES = 256 * 1024;

export interface Payload {
  readonly name: PayloadName;
  /** Bytes it takes in the database (compressed where it is large). */
  readonly stored_bytes: number;
  /** Laid out for reading, no digit lost; cut at SHOWN_CHARACTERS; null: too large to be laid out here. */
  readonly text: string | null;
  readonly complete: boolean;
}

/** The payloads of a track on the listener's shelf, without those it has not; null: it does not stand there. */
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

/**
 * A whole payload, laid out, as JSON text: PostgreSQL writes it, because a number may be larger or finer than
 * JavaScript holds.
 * @throws AppError 404 where the listener has no such track, or the track no such payload
 */
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
    ['userId', 'trackId'],
    `
    SELECT jsonb_pretty(${PAYLOADS[name]}) AS text
    FROM archive_tracks JOIN tracks USING (track_id) WHERE user_id = $1 AND track_id = $2`,
  );
const WHOLE = { track: wholeSql('track'), 'audio-features': wholeSql('audio-features') };

const laidOut = (name: PayloadName, position: number): string => `
  SELECT ${position} AS position, '${name}' AS name, pg_column_size(${PAYLOADS[name]}) AS stored_bytes,
    CASE WHEN pg_column_size(${PAYLOADS[name]}) <= $4 THEN left(jsonb_pretty(${PAYLOADS[name]}), $3 + 1) END AS text
  FROM kept`;

const SHOWN = hotQuery(
  'payload: laid out for reading',
  ['userId', 'trackId', 'shownCharacters', 'laidOutBytes'],
  `
  WITH kept AS (
    SELECT raw_json, audio_features
    FROM archive_tracks JOIN tracks USING (track_id) WHERE user_id = $1 AND track_id = $2
  )
  SELECT name, stored_bytes, left(text, $3) AS text, COALESCE(length(text) <= $3, false) AS complete
  FROM (${laidOut('track', 1)} UNION ALL ${laidOut('audio-features', 2)}) AS both_payloads
  ORDER BY position`,
);
