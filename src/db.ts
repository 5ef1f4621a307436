import {
  types,
  type CustomTypesConfig,
  type Pool,
  type PoolClient,
  type QueryResult,
  type QueryResultRow,
} from 'pg';
import PgPool from 'pg-pool';
import {
  codeOf,
  ConnectionUnusable,
  DatabaseUnavailable,
  isConnectionLost,
  isPlanStale,
  translateDatabaseError,
} from './database/errors.ts';
import { atMost, patiently } from './database/patience.ts';
import { planNameOf } from './database/hot-queries.ts';
import { log } from './log.ts';

export interface Queries {
  many<Row>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** @throws Error unless exactly one row comes back. */
  one<Row>(sql: string, values?: readonly unknown[]): Promise<Row>;
  /** @throws Error if more than one row comes back. */
  maybeOne<Row>(sql: string, values?: readonly unknown[]): Promise<Row | null>;
  execute(sql: string, values?: readonly unknown[]): Promise<number>;
}

export interface Transaction extends Queries {
  readonly client: PoolClient;
}

export interface Db extends Queries {
  /** A deadlock runs `work` again, up to three times: `work` must change nothing else, nor wait for the network. */
  withTransaction<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result>;
  /** For libraries with statements of their own (the session store). */
  readonly pool: Pool;
  close(): Promise<void>;
}

export interface DbSettings {
  readonly url: string;
  readonly poolMin: number;
  readonly poolMax: number;
  readonly applicationName: string;
  /** 0: no limit, for long work, which the server may share among processes. */
  readonly statementTimeoutMs?: number;
  /** For a connection, be it a free one or a new one. */
  readonly connectTimeoutMs?: number;
  /** Behind pgbouncer in transaction mode: no start-up parameters, so each transaction sets its limits. */
  readonly pooled?: boolean;
}

export function createDb(settings: DbSettings): Db {
  const pool = createPool(settings);
  const keepsPlans = !settings.pooled;
  return {
    ...queriesOn(async (sql, values) => {
      try {
        return await checkOut(pool, (client) => askOn(client, sql, values, keepsPlans));
      } catch (error) {
        if (!isPlanStale(error)) throw error;
        return checkOut(pool, (client) => askOn(client, sql, values, false));
      }
    }),
    withTransaction: (work) => runTransaction(pool, work, settingsOfTransaction(settings)),
    pool,
    close: () => pool.end(),
  };
}

/** PostgreSQL keeps a hot query's plan on each connection; behind a pooler the next one may be another's. */
async function askOn(
  client: PoolClient,
  sql: string,
  values: readonly unknown[],
  keepsPlans: boolean,
): Promise<QueryResult<QueryResultRow>> {
  const name = keepsPlans ? planNameOf(sql) : undefined;
  if (keepsPlans) await setPlanMode(client, name === undefined ? 'auto' : 'force_generic_plan');
  return send(client, sql, values, name);
}

/** Of connections on which it is not PostgreSQL's own, which is `auto`. */
const planModes = new WeakMap<PoolClient, PlanMode>();
type PlanMode = 'auto' | 'force_generic_plan';

/**
 * By itself PostgreSQL plans a kept statement five times for its values before it keeps a plan for any: a page's largest
 * take longer to plan than to follow, and most pages are not asked for so often on one connection.
 */
async function setPlanMode(client: PoolClient, mode: PlanMode): Promise<void> {
  if ((planModes.get(client) ?? 'auto') === mode) return;
  await send(client, `SET plan_cache_mode = ${mode}`);
  planModes.set(client, mode);
}

const send = (
  client: PoolClient,
  text: string,
  values: readonly unknown[] = [],
  name?: string,
): Promise<QueryResult<QueryResultRow>> =>
  patiently((leftMs) =>
    client.query({
      text,
      ...(values.length > 0 && { values: values as unknown[] }),
      ...(name !== undefined && { name }),
      ...(leftMs !== null && { query_timeout: Math.ceil(leftMs) }),
    }),
  );

const STATEMENT_TIMEOUT_MS = 5_000;
const CONNECT_TIMEOUT_MS = 2_000;

/** The server's own limits in milliseconds, by PostgreSQL's names. */
function limitsOf({
  statementTimeoutMs = STATEMENT_TIMEOUT_MS,
}: DbSettings): Readonly<Record<string, number>> {
  if (statementTimeoutMs === 0) return {};
  return {
    statement_timeout: statementTimeoutMs,
    lock_timeout: 2_000,
    idle_in_transaction_session_timeout: 10_000,
  };
}

/**
 * What triggers and functions derive is hundreds of statements: to compile them took ten seconds more, be they for three
 * thousand plays (0.4 s) or for eighty thousand (4 s).
 */
const NOT_COMPILED = '-c jit=off';
/** A page's query takes milliseconds: less than to share it among processes. */
const PLANNED_FOR_PAGES = `${NOT_COMPILED} -c max_parallel_workers_per_gather=0`;

/** What a transaction sets by itself: behind a pooler, which hands a connection on after each. */
const settingsOfTransaction = (settings: DbSettings): Readonly<Record<string, number | string>> =>
  settings.pooled ? { jit: 'off', ...limitsOf(settings) } : {};

function createPool(settings: DbSettings): Pool {
  const statementTimeout = settings.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS;
  const pool = new PgPool({
    connectionString: withoutTuning(settings.url),
    min: settings.poolMin,
    max: settings.poolMax,
    connectionTimeoutMillis: settings.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: 30_000,
    maxLifetimeSeconds: 1_800,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    ...(settings.pooled ? {} : limitsOf(settings)),
    ...(!settings.pooled && { options: statementTimeout > 0 ? PLANNED_FOR_PAGES : NOT_COMPILED }),
    // A silent peer never answers the server's own limit, so the client keeps one too, a little longer.
    ...(statementTimeout > 0 && { query_timeout: statementTimeout + 2_000 }),
    application_name: settings.applicationName,
    types: ownTypes,
  });
  // Without both listeners a connection that dies, idle or checked out, ends the process.
  pool.on('error', logLost);
  pool.on('connect', (client) => client.on('error', logLost));
  return pool;
}

const logLost = (error: Error): void => log.warn({ err: error }, 'a database connection was lost');

/** pg silently prefers settings in the address to the pool's: only where and how to connect may stay. */
function withoutTuning(url: string): string {
  const [address, query = ''] = url.split('?', 2);
  const kept = [...new URLSearchParams(query)].filter(([name]) =>
    /^(host|port|user|password|ssl.*|uselibpqcompat)$/.test(name),
  );
  return kept.length === 0 ? String(address) : `${address}?${new URLSearchParams(kept).toString()}`;
}

/** Dates stay text (a day has no time zone); bigint keys and counts fit a JS number. */
const parsers: Readonly<Record<number, (value: string) => unknown>> = { 1082: String, 20: Number };
const ownTypes: CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    parsers[oid] ?? types.getTypeParser(oid, format),
};

function queriesOn(
  ask: (sql: string, values: readonly unknown[]) => Promise<QueryResult<QueryResultRow>>,
): Queries {
  const rows = async <Row>(sql: string, values: readonly unknown[] = []): Promise<Row[]> =>
    (await ask(sql, values)).rows as Row[];
  return {
    many: rows,
    async one<Row>(sql: string, values?: readonly unknown[]): Promise<Row> {
      const found = await rows<Row>(sql, values);
      if (found.length !== 1) throw new Error(`expected one row, got ${found.length}`);
      return found[0] as Row;
    },
    async maybeOne<Row>(sql: string, values?: readonly unknown[]): Promise<Row | null> {
      const found = await rows<Row>(sql, values);
      if (found.length > 1) throw new Error(`expected at most one row, got ${found.length}`);
      return found[0] ?? null;
    },
    execute: async (sql, values = []) => (await ask(sql, values)).rowCount ?? 0,
  };
}

/** pool.query() would destroy the connection after any SQL error; only a broken one must go. */
async function checkOut<Result>(pool: Pool, use: (client: PoolClient) => Promise<Result>): Promise<Result> {
  const client = await connect(pool).catch((error: unknown) => {
    throw new DatabaseUnavailable(error);
  });
  try {
    const result = await use(client);
    client.release();
    return result;
  } catch (error) {
    client.release(isConnectionLost(error) || isPlanStale(error));
    throw translateDatabaseError(error);
  }
}

const connect = (pool: Pool): Promise<PoolClient> =>
  patiently((leftMs) => atMost(leftMs, pool.connect(), (late) => late.release()));

const RETRIED = new Set(['40001', '40P01']);

async function runTransaction<Result>(
  pool: Pool,
  work: (tx: Transaction) => Promise<Result>,
  settings: Readonly<Record<string, number | string>>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await checkOut(pool, async (client) => {
        await setPlanMode(client, 'auto');
        return inTransaction(client, work, settings);
      });
    } catch (error) {
      if (attempt === 3 || !RETRIED.has(codeOf(error))) throw error;
    }
  }
}

async function inTransaction<Result>(
  client: PoolClient,
  work: (tx: Transaction) => Promise<Result>,
  settings: Readonly<Record<string, number | string>>,
): Promise<Result> {
  const set = Object.entries(settings).map(([name, value]) => `; SET LOCAL ${name} = ${value}`);
  await send(client, `BEGIN${set.join('')}`);
  try {
    const tx = { client, ...queriesOn((sql, values) => send(client, sql, values)) };
    const result = await work(tx);
    await send(client, 'COMMIT');
    return result;
  } catch (error) {
    // Waiting for a dead connection to roll back would double the time.
    if (!isConnectionLost(error)) await rollBack(client, error);
    throw error;
  }
}

async function rollBack(client: PoolClient, cause: unknown): Promise<void> {
  await send(client, 'ROLLBACK').catch((rollbackError: unknown) => {
    throw new ConnectionUnusable(cause, rollbackError);
  });
}
