import type { Config } from '../config.ts';
import { createDb } from '../db.ts';
import { ConfigError } from '../errors.ts';

/** For a migration, a backup, somebody with psql. */
const SPARE = 5;
/** Additionally, with WORKER_IN_WEB. */
export const WORKER_CONNECTIONS = 4;
/** History imports a web process works on at once. */
export const IMPORT_CONNECTIONS = 2;
const LEAST = 2;

/** For an ordinary role. @throws DatabaseUnavailable */
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

/** As configured, or a share of the database's limit. @throws ConfigError if that is not enough */
export function sharePool(
  { poolMax, webConcurrency, workerInWeb }: Pick<Config, 'poolMax' | 'webConcurrency' | 'workerInWeb'>,
  allowed: number,
): number {
  const besides = IMPORT_CONNECTIONS + (workerInWeb ? WORKER_CONNECTIONS : 0);
  const share = Math.min(poolMax, Math.floor((allowed - SPARE) / webConcurrency) - besides);
  if (share >= Math.min(LEAST, poolMax)) return share;
  throw new ConfigError([
    `WEB_CONCURRENCY: the database allows ${allowed} connections, which is too few for ${webConcurrency} processes with ${LEAST} each and ${SPARE} to spare`,
  ]);
}
