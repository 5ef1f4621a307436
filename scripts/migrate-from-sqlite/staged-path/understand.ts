import type { Transaction } from '../../../src/db.ts';
import { AUDIO_FEATURES } from '../../../src/catalogue/audio-features.ts';
import { REASON } from '../faults.ts';
import { asWritten } from './prepare.ts';
import { STAGED } from './staged-tables.ts';

export interface Understood {
  readonly conversions: ReadonlyMap<string, number>;
  readonly warnings: readonly string[];
}

/** What staged rows mean beyond their single cells. Call it while every row is still there. */
export async function understand(tx: Transaction): Promise<Understood> {
  const numbers = await readFeatureTexts(tx);
  const { taken, warnings } = await takePlainIds(tx);
  const conversions = new Map(
    [
      ['audio features from text to numbers', numbers] as const,
      ['a Spotify address of a track to its ID', taken] as const,
    ].filter(([, count]) => count > 0),
  );
  return { conversions, warnings };
}

const FEATURES = [...AUDIO_FEATURES, 'tempo', 'loudness', 'key', 'mode', 'time_signature', 'duration_ms'];
const NUMBER = '^-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d{1,3})?$';
const IS_NUMBER = `key = ANY ($1::text[]) AND jsonb_typeof(value) = 'string' AND value #>> '{}' ~ $2`;

/** `{"energy": "0.6"}` means 0.6. @returns how many rows */
function readFeatureTexts(tx: Transaction): Promise<number> {
  return tx.execute(
    `UPDATE staged_tracks SET audio_features = (
       SELECT jsonb_object_agg(key, CASE WHEN ${IS_NUMBER} THEN (value #>> '{}')::jsonb ELSE value END)
       FROM jsonb_each(audio_features))
     WHERE audio_features IS NOT NULL AND EXISTS (SELECT FROM jsonb_each(audio_features) WHERE ${IS_NUMBER})`,
    [FEATURES, NUMBER],
  );
}

const SAID: readonly string[] = STAGED.staged_tracks.filter(
  (column) => !['source_id', 'track_id', 'plain_id', 'created_at'].includes(column),
);

/**
 * A URI or address becomes the ID in it, unless rows of that ID contradict each other: those stay apart, with a
 * warning. Otherwise they complete each other.
 */
async function takePlainIds(tx: Transaction): Promise<{ taken: number; warnings: string[] }> {
  const { any } = await tx.one<{ any: boolean }>(
    `SELECT EXISTS (SELECT FROM staged_tracks WHERE plain_id IS NOT NULL)
         OR EXISTS (SELECT FROM staged_snapshots WHERE plain_id IS NOT NULL) AS any`,
  );
  if (!any) return { taken: 0, warnings: [] };
  await tx.execute(
    `CREATE TEMP TABLE one_track ON COMMIT DROP AS
     SELECT COALESCE(plain_id, track_id) AS id, min(created_at) AS created_at,
            string_agg(DISTINCT quote_literal(track_id), ', ') AS names,
            ${SAID.map((column) => `count(DISTINCT ${asWritten(column)}) > 1`).join(' OR ')} AS contradicts,
            ${SAID.map((column) => `(array_agg(${column}) FILTER (WHERE ${column} IS NOT NULL))[1] AS ${column}`).join(', ')}
     FROM staged_tracks
     WHERE COALESCE(plain_id, track_id) IN (SELECT plain_id FROM staged_tracks WHERE plain_id IS NOT NULL)
     GROUP BY 1`,
  );
  const taken = await joinRows(tx);
  const contradicting = await tx.many<{ names: string }>(
    'SELECT names FROM one_track WHERE contradicts ORDER BY id LIMIT 20',
  );
  return { taken, warnings: contradicting.map(({ names }) => `${names}: ${KEPT_APART}`) };
}

const KEPT_APART = 'one track by ID, but their values differ, so they stay separate';

/** @returns how many rows took the ID */
async function joinRows(tx: Transaction): Promise<number> {
  const isOne = 'o.id = COALESCE(s.plain_id, s.track_id) AND NOT o.contradicts';
  await tx.execute(
    `INSERT INTO staged_faults SELECT 'tracks', n, 'created_at', $1::text
     FROM staged_tracks AS s JOIN one_track AS o ON ${isOne} WHERE s.created_at > o.created_at`,
    [REASON.keptTime],
  );
  const { tracks } = await tx.one<{ tracks: number }>(
    `SELECT count(*)::int AS tracks FROM staged_tracks AS s JOIN one_track AS o ON ${isOne}
     WHERE s.plain_id IS NOT NULL`,
  );
  await tx.execute(
    `UPDATE staged_tracks AS s SET track_id = o.id, created_at = o.created_at,
       ${SAID.map((column) => `${column} = o.${column}`).join(', ')}
     FROM one_track AS o WHERE ${isOne}`,
  );
  const places = await tx.execute(
    `UPDATE staged_snapshots AS s SET track_id = plain_id
     WHERE plain_id IS NOT NULL AND NOT EXISTS (SELECT FROM one_track AS o WHERE o.id = s.plain_id AND o.contradicts)`,
  );
  return tracks + places;
}
