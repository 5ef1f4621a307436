import type { Queries } from '../db.ts';

/** Fewer make no plan a bad one. */
const MANY_ROWS = 500;

/**
 * For the end of a transaction that may have written many rows: a plan is of the size that a table had when PostgreSQL
 * last counted its rows, and connections keep theirs. Until it counts again by itself, within minutes, pages could take
 * seconds.
 */
export async function recountRows(tx: Queries): Promise<void> {
  const { tables } = await tx.one<{ tables: string | null }>(WRITTEN, [MANY_ROWS]);
  if (tables !== null) await tx.execute(`ANALYZE (SKIP_LOCKED) ${tables}`);
}

const WRITTEN = `
  SELECT string_agg(relid::regclass::text, ', ' ORDER BY relid) AS tables FROM pg_stat_xact_user_tables
  WHERE n_tup_ins + n_tup_upd > $1 AND relid NOT IN (SELECT oid FROM pg_class WHERE relpersistence = 't')`;
