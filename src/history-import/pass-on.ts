import type { Transaction } from '../db.ts';
import type { Staged } from './stage.ts';

/**
 * Rows that later imports have too become rows of the first of these.
 * @returns whether any stands beside a play: which of them says most of it may be another one now
 */
export async function passRowsOn(tx: Transaction, { userId, importId }: Staged): Promise<boolean> {
  const keys = [userId, importId];
  await tx.execute('CREATE TEMP TABLE heirs (row_key uuid PRIMARY KEY, heir_id bigint) ON COMMIT DROP');
  if ((await tx.execute(HEIRS, keys)) === 0) return false;
  await tx.execute(passOn('plays'), keys);
  return (await tx.execute(passOn('paired_plays'), keys)) > 0;
}

const passOn = (table: 'plays' | 'paired_plays'): string => `
  UPDATE ${table} AS told SET history_import_id = heir_id FROM heirs
  WHERE (told.user_id, told.history_import_id) = ($1, $2) AND told.row_key = heirs.row_key`;

const HEIRS = `
  INSERT INTO heirs
  SELECT row_key, min(history_import_id)
  FROM history_import_repeats, unnest(row_keys) AS row_key
  WHERE user_id = $1 AND history_import_id <> $2 GROUP BY row_key`;

/** Another import that covers a gap closes it; else it is open again. Call it after the rows are gone. */
export const passGapsOn = (tx: Transaction, { userId, importId }: Staged): Promise<number> =>
  tx.execute(GAPS, [userId, importId]);

const GAPS = `
  UPDATE play_gaps AS gap SET history_import_id = (
    SELECT min(history_import_id) FROM (
      SELECT history_import_id, min(ended_at) AS first, max(ended_at) AS last
      FROM (
        SELECT history_import_id, source, played_at AS ended_at FROM plays WHERE user_id = $1
        UNION ALL SELECT history_import_id, source, ended_at FROM paired_plays WHERE user_id = $1
      ) AS told
      WHERE source IN ('spotify extended', 'spotify account') GROUP BY history_import_id
    ) AS span
    WHERE gap.after_played_at >= span.first AND gap.before_played_at <= span.last
  )
  WHERE (user_id, history_import_id) = ($1, $2)`;
