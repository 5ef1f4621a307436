import { beforeAll, describe, expect, it } from 'vitest';
import { explainQuery } from '../../scripts/measure/explain/plan.ts';
import { listFaults, printPlans } from '../../scripts/measure/explain/print.ts';
import type { AskedQuery } from '../../scripts/measure/visits/record.ts';
import { hotQuery } from '../../src/database/hot-queries.ts';
import { useDatabase } from '../support/database.ts';
import { insertListener, insertSnapshot, insertTrack } from '../support/factories.ts';

const test = useDatabase();

beforeAll(async () => {
  const alice = await insertListener(test.db, 'alice');
  const track = await insertTrack(test.db, { features: { energy: 0.5, valence: 0.5, danceability: 0.5 } });
  await insertSnapshot(test.db, alice, { date: '2024-01-01' }, [track]);
  await test.db.execute(
    `INSERT INTO tracks (track_id, name) SELECT 'many-' || n, repeat('name', 60) FROM generate_series(1, 20000) AS n`,
  );
  await test.db.execute('ANALYZE');
});

const explain = (query: Partial<AskedQuery>) =>
  explainQuery(test.db, { name: 'page: query', sql: 'SELECT 1', values: [], ...query });

describe('explaining a query', () => {
  it('names the index it used, and what it read against what it gave', async () => {
    const plan = await explain({ sql: `SELECT name FROM tracks WHERE track_id = $1`, values: ['many-1'] });
    expect(plan).toMatchObject({ page: 'page', rowsRead: 1, rowsReturned: 1, scannedTables: [] });
    expect(plan.access).toEqual([{ how: 'index', name: 'tracks_pkey' }]);
    expect(plan.buffers).toBeLessThan(10);
  });

  it('counts a bitmap’s index too', async () => {
    const plan = await explain({ sql: `SELECT track_id FROM tracks WHERE raw_json @> '{"id": "x"}'` });
    expect(plan.access).toContainEqual({ how: 'bitmap', name: 'tracks_raw_json' });
    expect(listFaults([plan])).toEqual([]);
  });

  it('finds fault with a large table read from end to end, through an index or not, unless there is a reason', async () => {
    const scan = await explain({ sql: `SELECT count(*) FROM tracks WHERE name LIKE '%x%'` });
    expect(listFaults([scan])).toEqual(['“page: query” reads tracks from end to end']);
    const excused = await explain({ sql: `SELECT count(*) FROM tracks`, mayScan: 'nobody waits' });
    expect(listFaults([excused])).toEqual([]);
    expect(printPlans([scan, excused])).toContain('(may scan: nobody waits)');
    const few = await explain({ sql: `SELECT name FROM tracks LIMIT 5` });
    expect(listFaults([few])).toEqual([]);
  });

  it('finds fault with a join that compares each row with each', async () => {
    const rows = (count: number) => `generate_series(1, ${count})`;
    const pairs = await explain({
      sql: `SELECT 1 FROM ${rows(1000)} AS a JOIN ${rows(1000)} AS b ON a + b = 7`,
    });
    expect(listFaults([pairs])).toEqual([
      '“page: query” joins by comparing each row with each, 999,994 times in vain',
    ]);
    const few = await explain({ sql: `SELECT 1 FROM ${rows(1000)} AS a JOIN ${rows(9)} AS b ON a + b = 7` });
    expect(listFaults([few])).toEqual([]);
  });
});

describe('a hot query', () => {
  it('has its name for itself', () => {
    expect(hotQuery('test: one', 'SELECT 1')).toBe('SELECT 1');
    expect(() => hotQuery('test: one', 'SELECT 2')).toThrow('two hot queries are called “test: one”');
  });
});
