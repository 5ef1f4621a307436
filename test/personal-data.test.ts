import { beforeAll, describe, expect, it } from 'vitest';
import { fillLargeDatabase } from '../scripts/measure/large-database/fill.ts';
import { openLarge } from '../scripts/measure/large-database/open.ts';
import { findSights, listAddresses } from '../scripts/measure/visits/addresses.ts';
import { eachOnce, listUnasked, recordVisits, type AskedQuery } from '../scripts/measure/visits/record.ts';
import { listHotQueries, pageOf } from '../src/database/hot-queries.ts';
import { useDatabase } from './support/database.ts';

const test = useDatabase();

/** Tables whose rows belong to one listener each. (Sessions name theirs inside, and are found by their own id.) */
let personal: string[] = [];
/** What the visits of `npm run explain` ask. */
let asked: AskedQuery[] = [];

beforeAll(async () => {
  personal = (
    await test.db.many<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.columns
       JOIN information_schema.tables USING (table_schema, table_name)
       WHERE table_schema = 'public' AND column_name = 'user_id' AND table_name <> 'users'
         AND table_type = 'BASE TABLE' ORDER BY 1`,
    )
  ).map(({ name }) => name);
  const db = openLarge(test.url);
  const size = {
    seed: 3,
    listeners: 2,
    tracks: 1_000,
    snapshots: 9_000,
    observed: { tracks: 800, days: 40 },
  };
  const userId = await fillLargeDatabase(db, size);
  const addresses = listAddresses(await findSights(db, userId));
  asked = eachOnce(await recordVisits(db, userId, addresses));
  await db.close();
});

describe('a table of personal rows', () => {
  it('has the listener first in its key and in everything that must be unique', async () => {
    const keys = await test.db.many<{ table: string; index: string; columns: string[] }>(
      `SELECT c.relname AS table, i.relname AS index,
         ARRAY(SELECT attname::text FROM unnest(indkey::int2[]) WITH ORDINALITY AS k (n, place)
               JOIN pg_attribute AS a ON a.attrelid = indrelid AND a.attnum = k.n ORDER BY place) AS columns
       FROM pg_index JOIN pg_class AS c ON c.oid = indrelid JOIN pg_class AS i ON i.oid = indexrelid
       WHERE c.relname = ANY ($1) AND indisunique`,
      [personal],
    );
    expect(personal.length).toBeGreaterThan(10);
    expect([...new Set(keys.map(({ table }) => table))].toSorted()).toEqual(personal);
    expect(keys.filter(({ columns }) => columns[0] !== 'user_id')).toEqual([]);
  });

  it('points at other personal rows by the listener too, so that nobody’s row can hang on another’s', async () => {
    const links = await test.db.many<{ name: string; definition: string }>(
      `SELECT conrelid::regclass || ' ' || conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint
       WHERE contype = 'f' AND conrelid::regclass::text = ANY ($1) AND confrelid::regclass::text = ANY ($1)`,
      [personal],
    );
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter(({ definition }) => !definition.startsWith('FOREIGN KEY (user_id, '))).toEqual([]);
  });
});

/** Of nobody in particular, and why. */
const NOT_PERSONAL: Readonly<Record<string, string>> = {
  'dashboard: archives waiting for their owner': 'how many archives nobody has claimed',
  'unclaimed archives: which': 'whoever may claim one sees which there are',
  'api: the token and its limit': 'the token is what says whose the request is',
};

interface PlanNode {
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

/** Every scan of a personal table with all that narrows it down: conditions of its own and of the joins above it. */
function listScans(node: PlanNode, above: readonly string[] = []): { table: string; conditions: string }[] {
  const own = Object.entries(node).flatMap(([name, value]) =>
    /Cond|Filter/.test(name) && typeof value === 'string' ? [value] : [],
  );
  const conditions = [...above, ...own];
  const table = node['Relation Name'];
  const here =
    table !== undefined && personal.includes(table) ? [{ table, conditions: conditions.join(' ') }] : [];
  return [...here, ...(node.Plans ?? []).flatMap((child) => listScans(child, conditions))];
}

describe('a query of a page', () => {
  it('is asked by a visit of npm run explain', () => {
    const all = listHotQueries().filter((query) => pageOf(query) !== 'test');
    expect(listUnasked(asked, all)).toEqual([]);
    expect(listUnasked([], all)).toHaveLength(all.length);
  });

  it('names the listener wherever it reads a personal table', async () => {
    for (const { name, sql, values } of asked.filter((query) => NOT_PERSONAL[query.name] === undefined)) {
      const [plan] = await test.db.many<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
        `EXPLAIN (FORMAT JSON) ${sql}`,
        values,
      );
      const scans = plan ? listScans(plan['QUERY PLAN'][0].Plan) : [];
      expect
        .soft(
          scans.filter(({ conditions }) => !conditions.includes('user_id')),
          name,
        )
        .toEqual([]);
    }
  });
});
