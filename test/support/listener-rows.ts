import type { Queries } from '../../src/db.ts';

/** Every table whose rows belong to one listener each, by the database's own account. */
export async function listPersonalTables(db: Queries): Promise<string[]> {
  const found = await db.many<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.columns JOIN information_schema.tables USING (table_name, table_schema)
     WHERE table_schema = 'public' AND column_name = 'user_id' AND table_type = 'BASE TABLE' ORDER BY 1`,
  );
  return found.map(({ name }) => name);
}

/** How many rows a listener has in each table, where there are any. */
export async function countListenerRows(db: Queries, userId: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of await listPersonalTables(db)) {
    const { rows } = await db.one<{ rows: number }>(
      `SELECT count(*)::int AS rows FROM ${table} WHERE user_id = $1`,
      [userId],
    );
    if (rows > 0) counts[table] = rows;
  }
  return counts;
}

/** A listener's rows of a table as text, without whose they are and without some columns, in a settled order. */
export async function listListenerRows(
  db: Queries,
  userId: number,
  table: string,
  without: readonly string[] = [],
): Promise<string[]> {
  const rows = await db.many<{ line: string }>(
    `SELECT (to_jsonb(t) - 'user_id' - $2::text[])::text AS line FROM ${table} AS t WHERE user_id = $1 ORDER BY 1`,
    [userId, without],
  );
  return rows.map(({ line }) => line);
}

export async function listRows(db: Queries, table: string): Promise<string[]> {
  return (await db.many<{ line: string }>(`SELECT t::text AS line FROM ${table} AS t ORDER BY 1`)).map(
    ({ line }) => line,
  );
}
