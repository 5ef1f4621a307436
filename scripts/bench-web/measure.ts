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
  /** Statements (a transaction counts as one) a request, the session's own included. */
  readonly statements: number;
  readonly megabytes: number;
}

/** Puts a load on one page. */
export async function measure(town: Town, page: string, load: Load): Promise<Measured> {
  const before = await readMeters(town);
  let next = 0;
  const result = await autocannon({
    url: town.url + page,
    connections: load.listeners,
    duration: load.seconds,
    ...(load.rate === null ? {} : { overallRate: load.rate }),
    timeout: 10,
    setupClient: (client) => {
      client.setHeaders({
        cookie: town.cookies[next % town.cookies.length] ?? '',
        'accept-encoding': 'gzip',
      });
      next += 1;
    },
  });
  const after = await readMeters(town);
  const requests = Math.max(1, result.requests.total);
  const perRequest = (meter: keyof typeof after): number => (after[meter] - before[meter]) / requests;
  return {
    perSecond: result.requests.average,
    p50: result.latency.p50,
    p99: result.latency.p99,
    errors: result.errors + result.timeouts + result.non2xx,
    nodeCpu: perRequest('node'),
    postgresCpu: perRequest('postgres'),
    statements: perRequest('statements'),
    megabytes: megabytesOf(town.app.pid ?? 0),
  };
}

async function readMeters({ db, app, postgres }: Town) {
  const { statements } = await db.one<{ statements: number }>(
    `SELECT (xact_commit + xact_rollback)::int AS statements, pg_stat_clear_snapshot()
     FROM pg_stat_database WHERE datname = current_database()`,
  );
  return { statements, node: cpuOfTree(app.pid ?? 0), postgres: cpuOfTree(postgres.pid) };
}
