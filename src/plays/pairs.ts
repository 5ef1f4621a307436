import type { Transaction } from '../db.ts';

/** Rows of several sources are one listen: the same track, one to one, nearest first. The best source shows. */
export const MOST_SECONDS_APART = 90;

/** For the length of the transaction. */
export async function createPairTables(tx: Transaction): Promise<void> {
  for (const table of ['edges', 'pairs', 'yielding'])
    await tx.execute(`DROP TABLE IF EXISTS pg_temp.${table}`);
  // A row of either side may be in many; `rank` orders them, nearest first, without equals.
  await tx.execute(`CREATE TEMP TABLE edges (one text, other text, rank bigint) ON COMMIT DROP`);
  await tx.execute(`CREATE TEMP TABLE pairs (one text, other text) ON COMMIT DROP`);
  await tx.execute(`
    CREATE TEMP TABLE yielding (
      played_at timestamptz, track_id text, nth integer, by_played_at timestamptz, by_track_id text, by_nth integer
    ) ON COMMIT DROP`);
}

/** Edges that are the nearest of both their ends become pairs, until none is left. */
export async function matchNearest(tx: Transaction): Promise<void> {
  for (;;) {
    const matched = await tx.execute(`
      INSERT INTO pairs
      SELECT one, other FROM (
        SELECT *, min(rank) OVER (PARTITION BY one) AS of_one, min(rank) OVER (PARTITION BY other) AS of_other FROM edges
      ) AS e
      WHERE rank = of_one AND rank = of_other`);
    if (matched === 0) return;
    await tx.execute(`
      DELETE FROM edges WHERE one IN (SELECT one FROM pairs) OR other IN (SELECT other FROM pairs)`);
  }
}

/** Plays in `yielding` give way to the plays beside them; whatever is paired with them goes along. */
export async function yieldPlays(tx: Transaction, userId: number): Promise<void> {
  await tx.execute(
    `UPDATE paired_plays AS p SET (played_at, track_id, nth) = (by_played_at, by_track_id, by_nth)
     FROM yielding AS y
     WHERE p.user_id = $1 AND (p.played_at, p.track_id, p.nth) = (y.played_at, y.track_id, y.nth)`,
    [userId],
  );
  await tx.execute(
    `INSERT INTO paired_plays (user_id, row_key, history_import_id, source, ended_at, own_track_id, ms_played,
       reached_end, skipped, file_row, played_at, track_id, nth)
     SELECT user_id, row_key, history_import_id, source, played_at, track_id, ms_played,
       reached_end, skipped, file_row, by_played_at, by_track_id, by_nth
     FROM plays JOIN yielding USING (played_at, track_id, nth) WHERE user_id = $1`,
    [userId],
  );
  await tx.execute(
    `DELETE FROM plays AS p USING yielding AS y
     WHERE p.user_id = $1 AND (p.played_at, p.track_id, p.nth) = (y.played_at, y.track_id, y.nth)`,
    [userId],
  );
}

/** A captured play has no length or ending of its own: the best row beside it does. @param plays a query for keys */
export const learnFromPairs = (tx: Transaction, userId: number, plays: string): Promise<number> =>
  tx.execute(
    `UPDATE plays AS p SET (ms_played, reached_end, skipped) = (b.ms_played, b.reached_end, b.skipped)
     FROM (${plays}) AS k LEFT JOIN LATERAL (
       SELECT ms_played, reached_end, skipped FROM paired_plays AS pair
       WHERE pair.user_id = $1 AND (pair.played_at, pair.track_id, pair.nth) = (k.played_at, k.track_id, k.nth)
       ORDER BY ms_played IS NULL, source_rank(source), history_import_id, row_key LIMIT 1
     ) AS b ON true
     WHERE p.user_id = $1 AND (p.played_at, p.track_id, p.nth) = (k.played_at, k.track_id, k.nth)
       AND p.source = 'capture'`,
    [userId],
  );

/** SQL: the row may have ended up to `precisionMs` later than it says. */
export const secondsApart = (played: string, ended: string, precisionMs: string): string =>
  `GREATEST(0, extract(epoch FROM ${ended} - ${played}), extract(epoch FROM ${played} - ${ended}) - ${precisionMs} / 1000.0)`;
