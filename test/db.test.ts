import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DatabaseUnavailable } from '../src/database/errors.ts';
import { createDb, type Db, type DbSettings, type Queries, type Transaction } from '../src/db.ts';
import { AppError } from '../src/errors.ts';
import { hotQuery } from '../src/database/hot-queries.ts';
import { useDatabase } from './support/database.ts';
import { startTcpProxy } from './support/tcp-proxy.ts';

const test = useDatabase();
const opened: Db[] = [];

beforeAll(async () => {
  await test.db.execute('CREATE TABLE counters (id int PRIMARY KEY, n bigint NOT NULL)');
});
afterEach(async () => {
  for (const db of opened.splice(0)) await db.close();
  await test.db.execute('TRUNCATE counters');
});

/** A pool of its own, closed after the test. */
function open(changes: Partial<DbSettings> = {}): Db {
  const db = createDb({ url: test.url, poolMin: 0, poolMax: 4, applicationName: 'under-test', ...changes });
  opened.push(db);
  return db;
}

const errorOf = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'no error',
    (error: unknown) => error,
  );
const pidOf = async (db: Pick<Db, 'one'>): Promise<number> =>
  (await db.one<{ pid: number }>('SELECT pg_backend_pid() AS pid')).pid;
const kill = async (pid: number): Promise<void> => {
  await test.db.one('SELECT pg_terminate_backend($1, 5000)', [pid]);
};
const countersOf = (db: Pick<Db, 'many'>): Promise<{ id: number; n: number }[]> =>
  db.many('SELECT id, n FROM counters ORDER BY id');
const leftOpen = async (): Promise<number> =>
  (
    await test.db.one<{ count: number }>(
      `SELECT count(*)::int FROM pg_stat_activity
       WHERE application_name = 'under-test' AND state LIKE 'idle in transaction%'`,
    )
  ).count;
const timed = async <Result>(work: Promise<Result>): Promise<{ result: Result; ms: number }> => {
  const begun = performance.now();
  const result = await work;
  return { result, ms: performance.now() - begun };
};

const add = (tx: Transaction, id: number): Promise<number> =>
  tx.execute('INSERT INTO counters VALUES ($1, 1)', [id]);

describe('a question', () => {
  it('says how many rows it expects', async () => {
    const db = open();
    await expect(db.one('SELECT 1 WHERE false')).rejects.toThrow('expected one row, got 0');
    await expect(db.one('SELECT generate_series(1, 2)')).rejects.toThrow('expected one row, got 2');
    await expect(db.maybeOne('SELECT generate_series(1, 2)')).rejects.toThrow('at most one');
    expect(await db.maybeOne('SELECT 1 WHERE false')).toBeNull();
    expect(await db.execute('INSERT INTO counters SELECT generate_series(1, 3), 0')).toBe(3);
  });

  it('gets dates as text and big numbers as numbers', async () => {
    const row = await open().one(
      `SELECT '2026-03-29'::date AS day, 9007199254740991::bigint AS most, ARRAY[1, 2]::int[] AS list,
         '2026-03-29T01:00Z'::timestamptz AS instant`,
    );
    expect(row).toEqual({
      day: '2026-03-29',
      most: 9_007_199_254_740_991,
      list: [1, 2],
      instant: new Date('2026-03-29T01:00Z'),
    });
  });

  it('that is wrong costs no connection', async () => {
    const db = open();
    const pids = new Set<number>();
    for (let i = 0; i < 50; i += 1) {
      await Promise.all(
        ['SELECT nonsense', `SELECT 'x'::int`, 'SELECT 1 / 0', 'not even SQL'].map((sql) =>
          errorOf(db.execute(sql)),
        ),
      );
      pids.add(await pidOf(db));
    }
    expect(pids.size).toBeLessThanOrEqual(4);
    expect(db.pool.totalCount).toBeLessThanOrEqual(4);
    const { sessions } = await test.db.one<{ sessions: number }>(
      `SELECT count(*)::int AS sessions FROM pg_stat_activity WHERE application_name = 'under-test'`,
    );
    expect(sessions).toBeLessThanOrEqual(4);
  });

  it('that is wrong keeps its own error', async () => {
    expect(await errorOf(open().execute('SELECT nonsense'))).toMatchObject({ code: '42703' });
  });
});

describe('a pool for pages', () => {
  const planner = (db: Db): Promise<unknown> =>
    db.one(`SELECT current_setting('jit') AS jit,
      current_setting('max_parallel_workers_per_gather')::int AS helpers`);

  it('neither compiles its short queries nor shares them among processes', async () => {
    expect(await planner(open())).toEqual({ jit: 'off', helpers: 0 });
  });

  it('shares long work as the server likes, and compiles it no more than a page', async () => {
    const server = await test.db.one<{ helpers: number }>(
      `SELECT boot_val::int AS helpers FROM pg_settings WHERE name = 'max_parallel_workers_per_gather'`,
    );
    expect(await planner(open({ statementTimeoutMs: 0 }))).toEqual({ jit: 'off', ...server });
  });
});

describe('a hot query', () => {
  const HOT = hotQuery('test: counters', 'SELECT * FROM counters WHERE id = $1');
  const keptPlans = (db: Db): Promise<{ statement: string }[]> =>
    db.many('SELECT statement, custom_plans::int FROM pg_prepared_statements');
  const planMode = (db: Queries): Promise<unknown> => db.one('SHOW plan_cache_mode');

  it('is planned once a connection, and others are not kept', async () => {
    const db = open({ poolMax: 1 });
    for (const id of [1, 2]) await db.many(HOT, [id]);
    await db.many('SELECT 1');
    await db.withTransaction((tx) => tx.many(HOT, [3]));
    expect(await keptPlans(db)).toEqual([{ statement: HOT, custom_plans: 0 }]);
  });

  it('alone is planned for any values: what is asked after it is planned for its own', async () => {
    const db = open({ poolMax: 1 });
    await db.many(HOT, [1]);
    expect(await planMode(db)).toEqual({ plan_cache_mode: 'auto' });
    await db.many(HOT, [1]);
    expect(await db.withTransaction(planMode)).toEqual({ plan_cache_mode: 'auto' });
  });

  it('is not kept behind a pooler, where the next statement may meet another connection', async () => {
    const db = open({ poolMax: 1, pooled: true });
    await db.many(HOT, [1]);
    expect(await keptPlans(db)).toEqual([]);
  });

  it('survives a migration that changes what it gives', async () => {
    const db = open({ poolMax: 2 });
    await add(db as unknown as Transaction, 1);
    for (let n = 0; n < 6; n += 1) await Promise.all([db.many(HOT, [1]), db.many(HOT, [1])]);
    await test.db.execute('ALTER TABLE counters ADD note text');
    const both = await Promise.all([db.many(HOT, [1]), db.many(HOT, [1])]);
    for (const rows of both) expect(rows).toEqual([{ id: 1, n: 1, note: null }]);
    await test.db.execute('ALTER TABLE counters DROP note');
    expect(await db.withTransaction((tx) => tx.many(HOT, [1]))).toEqual([{ id: 1, n: 1 }]);
  });
});

describe('the address', () => {
  it('does not beat the settings of the pool', async () => {
    const tuned = `${test.url}${test.url.includes('?') ? '&' : '?'}statement_timeout=0&max=1&application_name=x&query_timeout=1`;
    const db = open({ url: tuned, statementTimeoutMs: 1_234 });
    const rows = await Promise.all(
      [1, 2].map(() =>
        db.one(
          `SELECT current_setting('statement_timeout') AS timeout, current_setting('application_name') AS name,
             pg_sleep(0.05)::text AS slept`,
        ),
      ),
    );
    expect(rows).toEqual([1, 2].map(() => ({ timeout: '1234ms', name: 'under-test', slept: '' })));
    expect(db.pool.totalCount).toBe(2);
  });

  it.each([
    ['postgres://u@/db?host=%2Ftmp%2Fsocket', { host: '/tmp/socket' }],
    ['postgres://u@h/db?sslmode=verify-full&max=1', { host: 'h', ssl: {} }],
    ['postgres://h/db?user=u&password=p%26q&statement_timeout=0', { user: 'u', password: 'p&q' }],
    ['postgres://u@h/db?sslmode=disable', { host: 'h', ssl: false }],
  ])('keeps where and how to connect (%s)', (url, expected) => {
    const { pool } = open({ url });
    const Client = (pool as unknown as { Client: new (options: object) => object }).Client;
    const { connectionParameters } = new Client(pool.options) as { connectionParameters: object };
    expect(connectionParameters).toMatchObject(expected);
    expect(connectionParameters).toMatchObject({ statement_timeout: 5_000 });
  });
});

describe('a connection the server ends', () => {
  it('while idle is replaced', async () => {
    const db = open();
    const pid = await pidOf(db);
    await kill(pid);
    await sleep(50);
    expect(await pidOf(db)).not.toBe(pid);
  });

  it('while checked out between two statements ends neither process nor pool', async () => {
    const db = open({ poolMax: 1 });
    const client = await db.pool.connect();
    const pid = (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid ?? 0;
    await kill(pid);
    await sleep(50);
    await expect(client.query('SELECT 1')).rejects.toThrow(/connection/i);
    client.release();
    expect(await pidOf(db)).not.toBe(pid);
  });

  it('during a statement is told as the database being away', async () => {
    const db = open({ poolMax: 1 });
    const pid = await pidOf(db);
    const waiting = errorOf(db.execute('SELECT pg_sleep(4)'));
    await sleep(50);
    await kill(pid);
    expect(await waiting).toBeInstanceOf(DatabaseUnavailable);
    expect(await pidOf(db)).not.toBe(pid);
  });

  it('in mid-transaction leaves nothing of it and the pool whole', async () => {
    const db = open({ poolMax: 1 });
    const error = await errorOf(
      db.withTransaction(async (tx) => {
        await tx.execute('INSERT INTO counters VALUES (1, 1)');
        await kill(await pidOf(tx));
        await sleep(50);
        await tx.execute('INSERT INTO counters VALUES (2, 1)');
      }),
    );
    expect(error).toBeInstanceOf(DatabaseUnavailable);
    expect(await countersOf(db)).toEqual([]);
    expect(db.pool.totalCount).toBe(1);
  });
});

describe('a database that cannot be used', () => {
  it('for lack of a free connection is told within the pool’s patience', async () => {
    const db = open({ poolMax: 1 });
    const client = await db.pool.connect();
    const { result, ms } = await timed(errorOf(db.execute('SELECT 1')));
    client.release();
    expect(result).toMatchObject({ name: 'DatabaseUnavailable', status: 503, retryAfterSeconds: 5 });
    expect(ms).toBeGreaterThan(1_900);
    expect(ms).toBeLessThan(3_000);
    expect(await pidOf(db)).toBeGreaterThan(0);
  });

  it('because a statement takes too long gives the connection back', async () => {
    const db = open({ poolMax: 1, statementTimeoutMs: 100 });
    const pid = await pidOf(db);
    expect(await errorOf(db.execute('SELECT pg_sleep(2)'))).toBeInstanceOf(DatabaseUnavailable);
    expect(await pidOf(db)).toBe(pid);
  });

  it('for being read-only is left for a fresh connection', async () => {
    const db = open({ poolMax: 1 });
    const pid = await pidOf(db);
    await db.execute('SET default_transaction_read_only = on');
    expect(await errorOf(db.execute('INSERT INTO counters VALUES (1, 1)'))).toBeInstanceOf(
      DatabaseUnavailable,
    );
    expect(await pidOf(db)).not.toBe(pid);
  });

  it('for being out of reach is told at once', async () => {
    const proxy = await startTcpProxy(test.url);
    await proxy.close();
    const { result, ms } = await timed(errorOf(open({ url: proxy.url }).execute('SELECT 1')));
    expect(result).toBeInstanceOf(DatabaseUnavailable);
    expect(ms).toBeLessThan(2_000);
  });

  it('for a network that swallows everything is told in time, and recovers with it', async () => {
    const proxy = await startTcpProxy(test.url);
    const db = open({ url: proxy.url, statementTimeoutMs: 300, poolMax: 2 });
    await Promise.all([pidOf(db), pidOf(db)]);
    proxy.stall();
    // One on a connection that is open, one in mid-transaction, one that must connect first.
    const { result, ms } = await timed(
      Promise.all([
        errorOf(db.execute('SELECT 1')),
        errorOf(db.withTransaction((tx) => tx.execute('SELECT 1'))),
        errorOf(db.execute('SELECT 1')),
      ]),
    );
    expect(result.map((error) => error instanceof DatabaseUnavailable)).toEqual([true, true, true]);
    // 300 ms and two seconds, and as much again for whoever got its connection only then.
    expect(ms).toBeLessThan(7_000);
    await proxy.forward();
    const recovered = await timed(pidOf(db));
    expect(recovered.ms).toBeLessThan(3_000);
    await db.close();
    opened.splice(opened.indexOf(db), 1);
    await proxy.close();
  }, 10_000);

  it('in mid-transaction is told without waiting for a rollback nobody hears', async () => {
    const proxy = await startTcpProxy(test.url);
    const db = open({ url: proxy.url, statementTimeoutMs: 100, poolMax: 1 });
    const { result, ms } = await timed(
      errorOf(
        db.withTransaction(async (tx) => {
          await tx.execute('INSERT INTO counters VALUES (1, 1)');
          proxy.stall();
          await tx.execute('INSERT INTO counters VALUES (2, 1)');
        }),
      ),
    );
    expect(result).toBeInstanceOf(DatabaseUnavailable);
    expect(ms).toBeLessThan(5_000);
    await proxy.forward();
    expect(await countersOf(db)).toEqual([]);
    await proxy.close();
  });
});

describe('a transaction', () => {
  it('keeps what it did and returns what the work returns', async () => {
    const db = open();
    const result = await db.withTransaction(async (tx) => {
      await add(tx, 1);
      return add(tx, 2);
    });
    expect(result).toBe(1);
    expect(await countersOf(db)).toEqual([
      { id: 1, n: 1 },
      { id: 2, n: 1 },
    ]);
  });

  it.each([0, 1, 2, 3])('that throws after %i steps leaves nothing behind', async (steps) => {
    const db = open();
    const thrown = new AppError(418, 'out of steam');
    const error = await errorOf(
      db.withTransaction(async (tx) => {
        for (let id = 1; id <= steps; id += 1) await add(tx, id);
        throw thrown;
      }),
    );
    expect(error).toBe(thrown);
    expect(await countersOf(db)).toEqual([]);
    expect(await leftOpen()).toBe(0);
    expect(db.pool.idleCount).toBe(db.pool.totalCount);
  });

  it('with a statement that fails leaves nothing behind, and its connection clean for the next', async () => {
    const db = open({ poolMax: 1 });
    const error = await errorOf(
      db.withTransaction(async (tx) => {
        await add(tx, 1);
        await add(tx, 1);
      }),
    );
    expect(error).toMatchObject({ code: '23505' });
    expect(await countersOf(db)).toEqual([]);
    expect(await leftOpen()).toBe(0);
  });

  it('that fails on commit leaves nothing behind', async () => {
    const db = open({ poolMax: 1 });
    await db.execute('CREATE TABLE IF NOT EXISTS late (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)');
    const error = await errorOf(db.withTransaction((tx) => tx.execute('INSERT INTO late VALUES (1), (1)')));
    expect(error).toMatchObject({ code: '23505' });
    expect(await leftOpen()).toBe(0);
    expect(await db.many('SELECT * FROM late')).toEqual([]);
  });

  it.each(['40P01', '40001'])('that loses against others (%s) runs at most three times', async (code) => {
    const db = open();
    let runs = 0;
    const lose = (times: number) =>
      db.withTransaction(async (tx) => {
        runs += 1;
        await add(tx, 1);
        if (runs <= times) await tx.execute(`DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '${code}'; END $$`);
      });
    await lose(2);
    expect(runs).toBe(3);
    expect(await countersOf(db)).toEqual([{ id: 1, n: 1 }]);
    await db.execute('TRUNCATE counters');
    runs = 0;
    expect(await errorOf(lose(Infinity))).toMatchObject({ code });
    expect(runs).toBe(3);
    expect(await countersOf(db)).toEqual([]);
  });

  it('survives a real deadlock with its effect exactly once', async () => {
    const db = open();
    await db.execute('INSERT INTO counters VALUES (1, 0), (2, 0)');
    const bump = (first: number, second: number) =>
      db.withTransaction(async (tx) => {
        for (const id of [first, second]) {
          await tx.execute('UPDATE counters SET n = n + 1 WHERE id = $1', [id]);
          await sleep(20);
        }
      });
    await Promise.all([bump(1, 2), bump(2, 1)]);
    expect(await countersOf(db)).toEqual([
      { id: 1, n: 2 },
      { id: 2, n: 2 },
    ]);
  });

  it('adds up under serializable conflicts', async () => {
    const db = open();
    await db.execute('INSERT INTO counters VALUES (1, 0)');
    const bump = () =>
      db.withTransaction(async (tx) => {
        await tx.execute('SET TRANSACTION ISOLATION LEVEL SERIALIZABLE');
        const { n } = await tx.one<{ n: number }>('SELECT n FROM counters WHERE id = 1');
        await sleep(20);
        await tx.execute('UPDATE counters SET n = $1 WHERE id = 1', [n + 1]);
      });
    await Promise.all([bump(), bump(), bump()]);
    expect(await countersOf(db)).toEqual([{ id: 1, n: 3 }]);
  });
});
