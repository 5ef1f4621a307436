import type { Transaction } from '../db.ts';
import { createPairTables, learnFromPairs, yieldPlays } from '../plays/pairs.ts';
import type { Staged } from './stage.ts';

/** Each row becomes a play, or stands beside the play it describes. */
export async function addPlays(tx: Transaction, staged: Staged): Promise<void> {
  const keys = [staged.userId, staged.importId];
  await tx.execute('CREATE TEMP TABLE crowded (row_id integer PRIMARY KEY, nth integer) ON COMMIT DROP');
  await tx.execute(CROWDED, [staged.userId]);
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

const SHOWS = `(judged.bucket IS NULL OR judged.row_id IN (SELECT row_id FROM outcomes WHERE takes_over))`;

/** Rows that share their end and track with others. */
const CROWDED = `
  INSERT INTO crowded
  SELECT row_id, COALESCE(taken.nth, 0) + row_number() OVER (PARTITION BY judged.ended_at, judged.track_id ORDER BY row_key)
  FROM judged JOIN (
    SELECT ended_at, track_id FROM judged WHERE ${SHOWS} GROUP BY ended_at, track_id HAVING count(*) > 1
    UNION
    SELECT played_at, track_id FROM plays WHERE user_id = $1
  ) AS shared USING (ended_at, track_id)
  LEFT JOIN (
    SELECT played_at, track_id, max(nth) AS nth FROM plays WHERE user_id = $1 GROUP BY played_at, track_id
  ) AS taken ON (taken.played_at, taken.track_id) = (judged.ended_at, judged.track_id)
  WHERE ${SHOWS}`;

const ADD = `
  INSERT INTO plays (user_id, played_at, track_id, nth, source, ms_played, reached_end, skipped, history_import_id, row_key,
    file_row)
  SELECT $1, judged.ended_at, judged.track_id, COALESCE(crowded.nth, 1), judged.source, judged.ms_played, judged.reached_end,
    judged.skipped, $2, judged.row_key,
    s.play_row
  FROM judged
  JOIN staged_plays AS s ON (s.user_id, s.history_import_id, s.row_id) = ($1, $2, judged.row_id)
  LEFT JOIN crowded ON crowded.row_id = judged.row_id
  WHERE ${SHOWS}`;

/** Rows beside another of the same files, or beside a play that gives way to one: that row is now a known play. */
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
  SELECT $1, j.row_key, $2, j.source, j.ended_at, j.track_id, j.ms_played, j.reached_end, j.skipped, s.play_row,
    o.played_at, o.track_id, o.nth
  FROM outcomes AS o JOIN judged AS j USING (row_id)
  JOIN staged_plays AS s ON (s.user_id, s.history_import_id, s.row_id) = ($1, $2, j.row_id)
  WHERE NOT o.takes_over`;

const YIELDING = `
  INSERT INTO yielding
  SELECT o.played_at, o.track_id, o.nth, p.played_at, p.track_id, p.nth
  FROM outcomes AS o JOIN judged AS j USING (row_id) JOIN plays AS p ON p.user_id = $1 AND p.row_key = j.row_key
  WHERE o.takes_over`;
