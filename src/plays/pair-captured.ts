import type { Transaction } from '../db.ts';
import {
  createPairTables,
  learnFromPairs,
  matchNearest,
  MOST_SECONDS_APART,
  secondsApart,
  yieldPlays,
} from './pairs.ts';

/** SQL */
export const PAIRED_WITHIN = `interval '${MOST_SECONDS_APART} seconds'`;

export interface NewPlay {
  /** PostgreSQL's text, to the microsecond. */
  readonly played_at: string;
  readonly track_id: string;
  readonly nth: number;
}

/** Captured plays replace those that files have of the same listens, and learn from them. */
export async function pairCaptured(
  tx: Transaction,
  userId: number,
  plays: readonly NewPlay[],
): Promise<void> {
  const values = [
    userId,
    plays.map((play) => play.played_at),
    plays.map((play) => play.track_id),
    plays.map((play) => play.nth),
  ];
  if ((await tx.maybeOne(`SELECT FROM (${NEAR}) AS near LIMIT 1`, values)) === null) return;
  await createPairTables(tx);
  await tx.execute(
    'CREATE TEMP TABLE near_plays (LIKE edges, captured_at timestamptz, captured_id text, captured_nth integer, played_at timestamptz, track_id text, nth integer) ON COMMIT DROP',
  );
  await tx.execute(`INSERT INTO near_plays SELECT * FROM (${NEAR}) AS near`, values);
  await tx.execute('INSERT INTO edges SELECT one, other, rank FROM near_plays');
  await matchNearest(tx);
  await tx.execute(`
    INSERT INTO yielding
    SELECT played_at, track_id, nth, captured_at, captured_id, captured_nth FROM near_plays JOIN pairs USING (one, other)`);
  await yieldPlays(tx, userId);
  await learnFromPairs(
    tx,
    userId,
    'SELECT by_played_at AS played_at, by_track_id AS track_id, by_nth AS nth FROM yielding',
  );
}

/** Account data have the minute only. */
const APART = secondsApart(
  'c.played_at',
  'p.played_at',
  `CASE p.source WHEN 'spotify account' THEN 60000 ELSE 1000 END`,
);

/** By id first, then by names; the nearest first. */
const NEAR = `
  SELECT concat_ws(' ', c.played_at, c.nth, c.track_id) AS one, concat_ws(' ', p.played_at, p.nth, p.track_id) AS other,
    row_number() OVER (ORDER BY c.track_id <> p.track_id, ${APART}, p.row_key, c.played_at, c.track_id) AS rank,
    c.played_at AS captured_at, c.track_id AS captured_id, c.nth AS captured_nth, p.played_at, p.track_id, p.nth
  FROM unnest($2::timestamptz[], $3::text[], $4::int[]) AS c (played_at, track_id, nth)
  JOIN library_tracks AS called ON called.user_id = $1 AND called.track_id = c.track_id
  JOIN plays AS p ON p.user_id = $1 AND p.source <> 'capture'
    AND p.played_at BETWEEN c.played_at - interval '150 seconds' AND c.played_at + ${PAIRED_WITHIN}
  JOIN library_tracks AS told ON told.user_id = $1 AND told.track_id = p.track_id
  WHERE ${APART} <= ${MOST_SECONDS_APART} AND (p.track_id = c.track_id OR (
    split_part(told.search_text, E'\\n', 1) = split_part(called.search_text, E'\\n', 1)
    AND (split_part(told.search_text, E'\\n', 2) = split_part(called.search_text, E'\\n', 2)
      OR split_part(told.search_text, E'\\n', 2) IN (
        SELECT search_form(artists.name) FROM track_artists JOIN artists USING (artist_id)
        WHERE track_artists.track_id = c.track_id))))`;
