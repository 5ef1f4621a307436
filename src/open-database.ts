import type { Config } from './config.ts';
import { createDb, type Db } from './db.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { log } from './log.ts';
import { migrateUp } from './schema.ts';

export interface OpenDatabase {
  readonly db: Db;
  /** A direct address, for migrations and long jobs. */
  readonly directUrl: string;
  /** Closes the pool, then stops the embedded server if this process started it. */
  close(): Promise<void>;
}

/**
 * The database the settings name. The embedded one is started, and its schema brought up to date, since nobody
 * else looks after it; a named server is left as it is found (`npm run migrate -- up` is part of a deploy).
 */
export async function openDatabase(
  config: Pick<Config, 'database' | 'poolMin' | 'poolMax'>,
  options: { applicationName: string; statementTimeoutMs?: number },
): Promise<OpenDatabase> {
  const pool = { poolMin: config.poolMin, poolMax: config.poolMax, ...options };
  if (config.database.kind === 'server') {
    const { url, directUrl } = config.database;
    const db = createDb({ url, ...pool });
    return { db, directUrl, close: () => db.close() };
  }
  const server = await startEmbeddedPostgres({ dataDir: config.database.dataDir, log });
  await migrateUp(server.url);
  const db = createDb({ url: server.url, ...pool });
  return { db, directUrl: server.url, close: () => db.close().then(() => server.stop()) };
}
