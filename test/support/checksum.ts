import type { Db } from '../../src/db.ts';

/** What every table that is kept holds, in one line each: equal before and after means that no row changed. */
export async function checksumTables(
  db: Db,
  except: readonly string[] = [],
): Promise<Record<string, string>> {
  const tables = await db.many<{ name: string }>(
    `SELECT relname AS name FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relpersistence = 'p'
       AND relname <> ALL ($1)
     ORDER BY relname`,
    [except],
  );
  const sums = await db.many<{ name: string; sum: string }>(
    tables.map(({ name }) => `SELECT '${name}' AS name, ${sumOf(name)} AS sum`).join(' UNION ALL '),
  );
  return Object.fromEntries(sums.map(({ name, sum }) => [name, sum]));
}

const sumOf = (table: string): string =>
  `(SELECT count(*) || ' rows ' || md5(COALESCE(string_agg(line, E'\\n' ORDER BY line), ''))
    FROM (SELECT "${table}"::text AS line FROM "${table}") AS lines)`;
