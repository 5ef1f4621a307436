import type { Transaction } from '../db.ts';
import { createPairTables, learnFromPairs, yieldPlays } from '../plays/pairs.ts';
import type { Staged } from './stage.ts';

/** Writes the judged and paired rows: each that shows as a play, each other beside the play it tells of. */
export async function addPlays(tx: Transaction, staged: Staged): Promise<void> {
  const keys = [staged.userId, staged.importId];
  await tx.execute(ADD, keys);
  await tx.execute(POINT_AT_ROWS, [staged.userId]);
  await tx.execute(STAND_BESIDE, keys);
  await createPairTables(tx);
  if ((await tx.execute(YIELDING, [staged.userId])) > 0) await yieldPlays(tx, staged.userId);
  await learnFromPairs(
    tx,
    staged.userId,
    'SELECT played_at, track_id, nth FROM outcomes WHERE nth IS NOT NULL AND NOT takes_over',
  );
}

/** In the order of the key, so that the index grows at its end. */
const ADD = `
  INSERT INTO plays (user_id, played_at, track_id, nth, source, ms_played, reached_end, skipped, history_import_id, row_key,
    file_row)
  SELECT $1, j.ended_at, j.track_id,
    COALESCE(taken.nth, 0) + row_number() OVER (PARTITION BY j.ended_at, j.track_id ORDER BY j.row_key),
    j.source, j.ms_played, j.reached_end, j.skipped, $2, j.row_key, s.original::jsonb
  FROM judged AS j
  JOIN staged_plays AS s ON (s.user_id, s.history_import_id, s.row_id) = ($1, $2, j.row_id)
  LEFT JOIN (
    SELECT played_at, track_id, max(nth) AS nth FROM plays WHERE user_id = $1 GROUP BY played_at, track_id
  ) AS taken ON (taken.played_at, taken.track_id) = (j.ended_at, j.track_id)
  WHERE j.bucket IS NULL OR j.row_id IN (SELECT row_id FROM outcomes WHERE takes_over)`;

/** A row beside another of the same files, or beside a play that gives way to such a row: that row's play is known now. */
const POINT_AT_ROWS = `
  UPDATE outcomes AS o SET (played_at, track_id, nth) = (p.played_at, p.track_id, p.nth)
  FROM outcomes AS same
  LEFT JOIN outcomes AS taker
    ON taker.takes_over AND (taker.played_at, taker.track_id, taker.nth) = (same.played_at, same.track_id, same.nth)
  JOIN judged AS j ON j.row_id = COALESCE(same.with_row_id, taker.row_id)
  JOIN plays AS p ON p.user_id = $1 AND p.row_key = j.row_key
  WHERE o.row_id = same.row_id AND NOT same.takes_over`;

const STAND_BESIDE = `
  INSERT INTO paired_plays (user_id, row_key, history_import_id, source, ended_at, own_track_id, ms_played, reached_end,
    skipped, file_row, played_at, track_id, nth)
  SELECT $1, j.row_key, $2, j.source, j.ended_at, j.track_id, j.ms_played, j.reached_end, j.skipped, s.original::jsonb,
    o.played_at, o.track_id, o.nth
  FROM outcomes AS o JOIN judged AS j USING (row_id)
  JOIN staged_plays AS s ON (s.user_id, s.history_import_id, s.row_id) = ($1, $2, j.row_id)
  WHERE NOT o.takes_over`;

const YIELDING = `
  INSERT INTO yielding
  SELECT o.played_at, o.track_id, o.nth, p.played_at, p.track_id, p.nth
  FROM outcomes AS o JOIN judged AS j USING (row_id) JOIN plays AS p ON p.user_id = $1 AND p.row_key = j.row_key
  WHERE o.takes_over`;
