import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';
import { cpuOfTree } from './cpu.ts';

/** Something that answers at one address. */
export interface Target {
  readonly name: string;
  readonly url: string;
  /** Each request asks as if nobody had asked the same before: the address ends with a number of its own. */
  readonly isFirstVisit?: boolean;
  /** One for each browser; none: nobody is signed in. */
  readonly cookies: readonly string[];
  /** Processes that work for it, each with all below it: whose processor time is counted. */
  readonly node: readonly number[];
  readonly postgres: readonly number[];
}

export interface Load {
  /** Connections at once, each a browser. */
  readonly listeners: number;
  /** Requests a second of all together; null: as many as can be answered. */
  readonly rate: number | null;
  readonly seconds: number;
}

export interface Measured {
  readonly answered: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Answers other than 200, time-outs and broken connections. */
  readonly errors: number;
  /** Milliseconds of processor time a request. */
  readonly node: number;
  readonly postgres: number;
}

export async function measure(target: Target, load: Load): Promise<Measured> {
  const before = readCpu(target);
  const milliseconds: number[] = [];
  const groups = load.rate === null ? 1 : GROUPS;
  const results = await Promise.all(
    Array.from({ length: groups }, async (_, group) => {
      await sleep((group * 1000) / groups);
      return put(target, { ...load, listeners: load.listeners / groups }, group, milliseconds);
    }),
  );
  const after = readCpu(target);
  milliseconds.sort((one, other) => one - other);
  const requests = Math.max(1, milliseconds.length);
  const percentile = (share: number): number => milliseconds[Math.ceil(share * requests) - 1] ?? NaN;
  return {
    answered: milliseconds.length,
    p50: percentile(0.5),
    p99: percentile(0.99),
    errors: results.reduce((sum, result) => sum + result.errors + result.timeouts + result.non2xx, 0),
    node: (after.node - before.node) / requests,
    postgres: (after.postgres - before.postgres) / requests,
  };
}

const readCpu = ({ node, postgres }: Target) => ({ node: cpuOfTrees(node), postgres: cpuOfTrees(postgres) });
const cpuOfTrees = (roots: readonly number[]): number => roots.reduce((sum, pid) => sum + cpuOfTree(pid), 0);

/**
 * At a fixed rate autocannon lets all its connections ask at the same moment of each second, as no listeners do: in
 * so many groups that begin one after the other, they ask all through the second.
 */
const GROUPS = 25;
const LONGEST_ANSWER_S = 10;
let visits = 0;
/** What browsers say over HTTPS. */
const AS_BROWSERS_SAY = 'gzip, deflate, br, zstd';

/** @param milliseconds where the time of each answer is noted */
function put(
  { url, cookies, isFirstVisit = false }: Target,
  { listeners, rate, seconds }: Load,
  group: number,
  milliseconds: number[],
): Promise<autocannon.Result> {
  let next = group * listeners;
  const { pathname, search } = new URL(url);
  const numbered = `${pathname}${search === '' ? '?' : `${search}&`}visit=`;
  return autocannon({
    url,
    connections: listeners,
    duration: seconds,
    ...(rate === null ? {} : { overallRate: rate / GROUPS }),
    timeout: LONGEST_ANSWER_S,
    ...(isFirstVisit && {
      requests: [{ setupRequest: (request) => ({ ...request, path: numbered + (visits += 1) }) }],
    }),
    setupClient: (client) => {
      const cookie = cookies[next % Math.max(1, cookies.length)];
      client.setHeaders({ ...(cookie !== undefined && { cookie }), 'accept-encoding': AS_BROWSERS_SAY });
      client.on('response', (_status, _bytes, time) => void milliseconds.push(time));
      next += 1;
    },
  });
}
