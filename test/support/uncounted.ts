import type { Db } from '../../src/db.ts';

/** Tables of which PostgreSQL plans as if they were less than half as long as they are; shorter ones do no harm. */
export async function listUncounted(db: Db): Promise<string[]> {
  const tables = await db.many<{ name: string; counted: number }>(
    `SELECT relname AS name, reltuples::float8 AS counted FROM pg_class
     WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname`,
  );
  const uncounted: string[] = [];
  for (const { name, counted } of tables) {
    const { rows } = await db.one<{ rows: number }>(`SELECT count(*)::int AS rows FROM ${name}`);
    if (rows > 1_000 && counted < rows / 2) uncounted.push(`${name}: ${counted} of ${rows}`);
  }
  return uncounted;
}
