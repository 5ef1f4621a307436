import type { Transaction } from '../db.ts';

/**
 * Which rows of different sources tell of one listen: of the same track, their ends at most 90 s apart, one to one, the
 * nearest first. The play of the best source shows; the others stand beside it in paired_plays.
 */

export const MOST_SECONDS_APART = 90;

/** What a pairing works with, for the length of a transaction. */
export async function createPairTables(tx: Transaction): Promise<void> {
  for (const table of ['edges', 'pairs', 'yielding'])
    await tx.execute(`DROP TABLE IF EXISTS pg_temp.${table}`);
  // A row of either side may stand in many; `rank` says which is nearest, and no two are equal.
  await tx.execute(`CREATE TEMP TABLE edges (one text, other text, rank bigint) ON COMMIT DROP`);
  await tx.execute(`CREATE TEMP TABLE pairs (one text, other text) ON COMMIT DROP`);
  await tx.execute(`
    CREATE TEMP TABLE yielding (
      played_at timestamptz, track_id text, nth integer, by_played_at timestamptz, by_track_id text, by_nth integer
    ) ON COMMIT DROP`);
}

/** Moves edges into pairs: those that are the nearest of both their ends, until none is left. */
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

/** Plays of files in `yielding` make way for the plays beside them, which are there; all that told of them goes along. */
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

/**
 * A captured play knows by itself neither how long it was nor how it ended: of the rows beside it the best tells.
 * @param plays a query for the keys of those whose pairs have changed
 */
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

/** SQL: seconds between the end of a play and that of a row, which may have been up to `precisionMs` later than told. */
export const secondsApart = (played: string, ended: string, precisionMs: string): string =>
  `GREATEST(0, extract(epoch FROM ${ended} - ${played}), extract(epoch FROM ${played} - ${ended}) - ${precisionMs} / 1000.0)`;
