import type { Config } from './config.ts';
import { createDb } from './db.ts';
import { ConfigError } from './errors.ts';

/** Left to others: a migration, a backup, somebody with psql. */
const SPARE = 5;
/** What a web process needs besides where it captures and asks for plays as well (WORKER_IN_WEB). */
export const WORKER_CONNECTIONS = 4;
/** Fewer than this and a page's queries wait for one another. */
const LEAST = 2;

/** How many connections a server lets an ordinary role open. @throws DatabaseUnavailable */
export async function countAllowedConnections(url: string): Promise<number> {
  const db = createDb({ url, poolMin: 0, poolMax: 1, applicationName: 'start' });
  try {
    const { allowed } = await db.one<{ allowed: number }>(
      `SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS allowed`,
    );
    return allowed;
  } finally {
    await db.close();
  }
}

/**
 * The size of each web worker's pool: what was asked for, or the worker's share of what the database allows.
 * @throws ConfigError where even the least for each worker does not fit
 */
export function sharePool(
  { poolMax, webConcurrency, workerInWeb }: Pick<Config, 'poolMax' | 'webConcurrency' | 'workerInWeb'>,
  allowed: number,
): number {
  const each = Math.floor((allowed - SPARE) / webConcurrency) - (workerInWeb ? WORKER_CONNECTIONS : 0);
  const share = Math.min(poolMax, each);
  if (share >= Math.min(LEAST, poolMax)) return share;
  throw new ConfigError([
    `WEB_CONCURRENCY: the database allows ${allowed} connections, too few for ${webConcurrency} workers with ${LEAST} each and ${SPARE} to spare`,
  ]);
}
