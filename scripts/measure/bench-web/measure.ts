import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';
import { cpuOfTree, megabytesOf } from './cpu.ts';
import type { Town } from './town.ts';

export interface Load {
  /** Connections at once, each a signed-in browser. */
  readonly listeners: number;
  /** Requests a second of all together; null: as many as the app can answer. */
  readonly rate: number | null;
  readonly seconds: number;
}

export interface Measured {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Answers other than 200, time-outs and broken connections. */
  readonly errors: number;
  /** Milliseconds of processor time a request. */
  readonly nodeCpu: number;
  readonly postgresCpu: number;
  readonly megabytes: number;
}

/** Puts a load on one page. */
export async function measure(town: Town, page: string, load: Load): Promise<Measured> {
  const before = readCpu(town);
  const milliseconds: number[] = [];
  const groups = load.rate === null ? 1 : GROUPS;
  const results = await Promise.all(
    Array.from({ length: groups }, async (_, group) => {
      await sleep((group * 1000) / groups);
      return put(town, page, { ...load, listeners: load.listeners / groups }, group, milliseconds);
    }),
  );
  const after = readCpu(town);
  const sum = (of: (result: autocannon.Result) => number): number =>
    results.reduce((whole, result) => whole + of(result), 0);
  const requests = Math.max(1, milliseconds.length);
  const perRequest = (meter: keyof typeof after): number => (after[meter] - before[meter]) / requests;
  milliseconds.sort((one, other) => one - other);
  const percentile = (share: number): number => milliseconds[Math.ceil(share * requests) - 1] ?? NaN;
  return {
    perSecond: sum((result) => result.requests.average),
    p50: percentile(0.5),
    p99: percentile(0.99),
    errors: sum((result) => result.errors + result.timeouts + result.non2xx),
    nodeCpu: perRequest('node'),
    postgresCpu: perRequest('postgres'),
    megabytes: megabytesOf(town.app.pid ?? 0),
  };
}

/**
 * At a fixed rate autocannon lets all its connections ask at the same moment of each second, as no listeners do: in
 * so many groups that begin one after the other, they ask all through the second.
 */
const GROUPS = 25;

/** @param milliseconds where the time of each answer is noted */
function put(
  town: Town,
  page: string,
  { listeners, rate, seconds }: Load,
  group: number,
  milliseconds: number[],
): Promise<autocannon.Result> {
  let next = group * listeners;
  return autocannon({
    url: town.url + page,
    connections: listeners,
    duration: seconds,
    ...(rate === null ? {} : { overallRate: rate / GROUPS }),
    timeout: 10,
    setupClient: (client) => {
      client.setHeaders({
        cookie: town.cookies[next % town.cookies.length] ?? '',
        'accept-encoding': 'gzip',
      });
      client.on('response', (_status, _bytes, time) => void milliseconds.push(time));
      next += 1;
    },
  });
}

const readCpu = ({ app, postgres }: Town) => ({
  node: cpuOfTree(app.pid ?? 0),
  postgres: cpuOfTree(postgres.pid),
});

/** A connection that has nothing to do tells of what it did within ten seconds (PostgreSQL's pgstat.c). */
const TOLD_AFTER_MS = 11_000;
const ASKED = 50;

/** Statements of one request (a transaction counts as one), the session's own included. */
export async function countStatements({ db, url, cookies }: Town, page: string): Promise<number> {
  const count = async (): Promise<number> => {
    await sleep(TOLD_AFTER_MS);
    return (await db.one<{ statements: number }>(STATEMENTS)).statements;
  };
  const before = await count();
  for (let asked = 0; asked < ASKED; asked += 1)
    await (await fetch(url + page, { headers: { Cookie: cookies[0] ?? '' } })).text();
  return ((await count()) - before) / ASKED;
}

const STATEMENTS = `
  SELECT (xact_commit + xact_rollback)::int AS statements FROM pg_stat_database WHERE datname = current_database()`;
