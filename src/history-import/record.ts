import type { Transaction } from '../db.ts';
import { AppError } from '../errors.ts';
import type { Account } from './account.ts';
import { KEPT, REPEATED } from './buckets.ts';
import type { Staged } from './stage.ts';

interface Outcome {
  readonly account: Account;
  readonly leavesOutPrivate: boolean;
}

/** Keeps rows that are no plays, and the counts; deletes the staged rows. */
export async function recordRows(
  tx: Transaction,
  { userId, importId }: Staged,
  outcome: Outcome,
): Promise<void> {
  const { account, leavesOutPrivate } = outcome;
  if (account.rows === 0)
    throw new AppError(
      409,
      'The database crashed and lost the rows of these files. Please choose the files again.',
    );
  await tx.execute(KEEP_SET_ASIDE, [userId, importId, [...KEPT, REPEATED]]);
  await tx.execute(KEEP_REPEATS, [userId, importId, REPEATED]);
  await tx.execute('DELETE FROM staged_plays WHERE (user_id, history_import_id) = ($1, $2)', [
    userId,
    importId,
  ]);
  await tx.execute(
    `UPDATE history_imports SET state = 'done', finished_at = now(), account = $3, counts = $4, leaves_out_private = $5
     WHERE user_id = $1 AND history_import_id = $2`,
    [userId, importId, JSON.stringify(account), JSON.stringify(account.counts), leavesOutPrivate],
  );
}

const KEEP_SET_ASIDE = `
  INSERT INTO history_import_rows (user_id, history_import_id, row_id, bucket, reason, file_number, file_row, original)
  SELECT $1, $2, row_id, j.bucket, reason, file_number, file_row, COALESCE(original, play_row::text)
  FROM judged AS j JOIN staged_plays AS s USING (row_id)
  WHERE (s.user_id, s.history_import_id) = ($1, $2) AND j.bucket <> ALL ($3)`;

const KEEP_REPEATS = `
  INSERT INTO history_import_repeats (user_id, history_import_id, file_number, file_rows, row_keys)
  SELECT $1, $2, file_number, range_agg(int4range(file_row, file_row, '[]')),
    array_agg(DISTINCT j.row_key ORDER BY j.row_key)
  FROM judged AS j JOIN staged_plays AS s USING (row_id)
  WHERE (s.user_id, s.history_import_id) = ($1, $2) AND j.bucket = $3
  GROUP BY file_number`;
