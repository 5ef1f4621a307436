import type { Transaction } from '../db.ts';
import type { Staged } from './stage.ts';

/** Fills `judged`; a NULL bucket may become a play. */
export async function judgeRows(
  tx: Transaction,
  { userId, importId }: Staged,
  leavesOutPrivate: boolean,
): Promise<void> {
  await tx.execute(CREATE);
  await tx.execute(JUDGE, [userId, importId, leavesOutPrivate]);
  await tx.execute('ANALYZE judged');
}

const CREATE = `
  CREATE TEMP TABLE judged (
    row_id integer, source text, row_key uuid, ended_at timestamptz, precision_ms integer, is_end_known boolean,
    ms_played integer, length_ms integer, reached_end boolean, skipped boolean, is_private boolean, track_id text, bucket text
  ) ON COMMIT DROP`;

/** A repeated row of a private session counts as repeated: the archive has it. */
const JUDGE = `
  INSERT INTO judged
  SELECT row_id, source, s.row_key, ended_at, precision_ms, is_end_known, ms_played, length_ms, reached_end, skipped,
    is_private, track_id, CASE
      WHEN bucket IS NOT NULL THEN bucket
      WHEN known.row_key IS NOT NULL OR row_id > first.first_row_id THEN 'same row again'
      WHEN is_private AND $3 THEN 'private session'
    END
  FROM (SELECT * FROM staged_plays WHERE (user_id, history_import_id) = ($1, $2)) AS s
  LEFT JOIN (
    SELECT row_key, min(row_id) AS first_row_id FROM staged_plays
    WHERE (user_id, history_import_id) = ($1, $2) AND row_key IS NOT NULL GROUP BY row_key HAVING count(*) > 1
  ) AS first ON first.row_key = s.row_key
  LEFT JOIN (
    SELECT row_key FROM plays WHERE user_id = $1 AND row_key IS NOT NULL
    UNION ALL SELECT row_key FROM paired_plays WHERE user_id = $1
  ) AS known ON known.row_key = s.row_key`;

export const hasPlays = async (tx: Transaction): Promise<boolean> =>
  (await tx.maybeOne(`SELECT FROM judged WHERE bucket IS NULL LIMIT 1`)) !== null;
