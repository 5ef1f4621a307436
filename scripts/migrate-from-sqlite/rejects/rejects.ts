import type { Transaction } from '../../../src/db.ts';

export interface RejectCount {
  readonly table: string;
  readonly column: string | null;
  readonly reason: string;
  readonly count: number;
}

/** Also those that an earlier run has stored. */
export function countRejects(tx: Transaction): Promise<RejectCount[]> {
  return tx.many(
    `SELECT source_table AS table, source_column AS column, reason, count(*)::int AS count
     FROM staged_rejects GROUP BY 1, 2, 3 ORDER BY 1, 2 NULLS FIRST, 3`,
  );
}

const NEW_REJECTS = `
  FROM staged_rejects AS s
  WHERE NOT EXISTS (
    SELECT FROM import_rejects AS r WHERE r.user_id = $1 AND r.source_table = s.source_table
      AND md5(r.source_key) = md5(s.source_key) AND r.source_column IS NOT DISTINCT FROM s.source_column
      AND r.reason = s.reason AND md5(r.original::text) = md5(s.original::text))`;

export async function countNewRejects(tx: Transaction, userId: number): Promise<number> {
  const found = await tx.one<{ count: number }>(
    `SELECT count(*)::int AS count FROM (SELECT DISTINCT source_table, source_key, source_column, reason, original ${NEW_REJECTS}) AS fresh`,
    [userId],
  );
  return found.count;
}

export function storeRejects(tx: Transaction, userId: number, importId: number): Promise<number> {
  return tx.execute(
    `INSERT INTO import_rejects (user_id, import_id, source_table, source_key, source_column, reason, original)
     SELECT DISTINCT $1::bigint, $2::bigint, s.source_table, s.source_key, s.source_column, s.reason, s.original
     ${NEW_REJECTS}
     ON CONFLICT DO NOTHING`,
    [userId, importId],
  );
}
