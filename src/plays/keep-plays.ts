import { lockArchive } from '../users/lock-archive.ts';
import { refreshPlayedSummary } from '../figures/summary.ts';
import { adoptTracks } from '../catalogue/adopt-tracks.ts';
import { storableJson } from '../catalogue/storable-json.ts';
import { addTracks } from '../catalogue/tracks.ts';
import type { Queries, Transaction } from '../db.ts';
import type { RecentlyPlayed } from '../spotify/api.ts';
import type { RecentPlay } from '../spotify/schemas.ts';
import { pairCaptured, PAIRED_WITHIN, type NewPlay } from './pair-captured.ts';

export interface KeptPlays {
  readonly added: number;
  /** Items that are not plays of a track. */
  readonly skipped: number;
  readonly possibleGap: boolean;
}

/** Keeps each play once, and records a possible gap before the page. */
export async function keepPlays(tx: Transaction, userId: number, page: RecentlyPlayed): Promise<KeptPlays> {
  await lockArchive(tx, userId);
  const gap = await findGap(tx, userId, page);
  const added = page.plays.length === 0 ? 0 : await insertPlays(tx, userId, page.plays);
  if (gap !== null) await recordGap(tx, userId, gap);
  return { added, skipped: page.skippedAt.length, possibleGap: gap !== null };
}

interface Gap {
  readonly after: Date;
  readonly before: Date;
}

/**
 * A full page whose oldest play is new may lack plays before it: too many were played, or late ones pushed them out.
 * Before the first known play there is no gap, and one from the future (a wrong clock) says nothing of the past.
 */
async function findGap(
  tx: Queries,
  userId: number,
  { plays, skippedAt, full }: RecentlyPlayed,
): Promise<Gap | null> {
  if (!full) return null;
  const readable = earliest(plays.map(({ playedAt }) => Date.parse(playedAt)));
  const before = new Date(readable ?? earliest(skippedAt) ?? Date.now());
  const known = await tx.one<{ reached: boolean; after: Date | null }>(REACHED, [
    userId,
    before,
    readable === null,
  ]);
  return known.reached || known.after === null ? null : { after: known.after, before };
}

const earliest = (instants: readonly (number | null)[]): number | null => {
  const told = instants.filter((instant) => instant !== null);
  return told.length === 0 ? null : Math.min(...told);
};

/** On a page without a readable play ($3) any play since suffices. Files may lack the milliseconds. */
const REACHED = `
  SELECT
    EXISTS (
      SELECT FROM plays
      WHERE user_id = $1 AND (played_at = $2 OR $3 AND played_at > $2 AND played_at <= now()
        OR source <> 'capture' AND played_at BETWEEN $2 - ${PAIRED_WITHIN} AND $2 + ${PAIRED_WITHIN})
    ) AS reached,
    (SELECT max(played_at) FROM plays WHERE user_id = $1 AND played_at < $2 AND played_at <= now()) AS after`;

async function insertPlays(tx: Transaction, userId: number, plays: readonly RecentPlay[]): Promise<number> {
  await addTracks(
    tx,
    userId,
    plays.map(({ track }) => track),
  );
  const rows = plays.map(({ playedAt, track, context, payload }) => ({
    played_at: playedAt,
    track_id: track.trackId,
    context,
    raw_json: payload,
  }));
  const added = await tx.many<NewPlay>(INSERT_PLAYS, [userId, storableJson(rows)]);
  await pairCaptured(tx, userId, added);
  await adoptTracks(
    tx,
    userId,
    added.map((play) => play.track_id),
  );
  if (added.length > 0) await refreshPlayedSummary(tx, userId);
  return added.length;
}

/** As JSON, so that an odd id is written as in the catalogue. A file may have the same moment. */
const INSERT_PLAYS = `
  INSERT INTO plays (user_id, played_at, track_id, nth, context, raw_json)
  SELECT DISTINCT ON (played_at, track_id) $1::bigint, played_at, track_id, COALESCE(known.nth, 0) + 1,
    NULLIF(context, 'null'), raw_json
  FROM jsonb_to_recordset($2::jsonb)
    AS play (played_at timestamptz, track_id text, context jsonb, raw_json jsonb)
  CROSS JOIN LATERAL (
    SELECT max(nth) AS nth, bool_or(source = 'capture') AS is_captured FROM plays AS known
    WHERE known.user_id = $1 AND (known.played_at, known.track_id) = (play.played_at, play.track_id)
  ) AS known
  WHERE known.is_captured IS NOT TRUE
  ORDER BY played_at, track_id
  ON CONFLICT DO NOTHING
  RETURNING played_at::text, track_id, nth`;

async function recordGap(tx: Queries, userId: number, { after, before }: Gap): Promise<void> {
  await tx.execute(
    `INSERT INTO play_gaps (user_id, after_played_at, before_played_at, noticed_at)
     VALUES ($1, $2, $3, now())
     ON CONFLICT DO NOTHING`,
    [userId, after, before],
  );
}
