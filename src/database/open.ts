import type { Config, DatabaseConfig } from '../config.ts';
import { createDb, type Db } from '../db.ts';
import { startEmbeddedPostgres } from '../embedded-postgres.ts';
import { log } from '../log.ts';
import { migrateUp, refuseEarlierDatabaseAt } from './schema.ts';

export interface DatabaseServer {
  readonly url: string;
  readonly directUrl: string;
  stop(): Promise<void>;
}

/** @throws EarlierDatabase */
export async function startServer(database: DatabaseConfig): Promise<DatabaseServer> {
  const server = await findServer(database);
  try {
    await refuseEarlierDatabaseAt(server.directUrl);
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function findServer(database: DatabaseConfig): Promise<DatabaseServer> {
  if (database.kind === 'server') {
    return { url: database.url, directUrl: database.directUrl, stop: () => Promise.resolve() };
  }
  const server = await startEmbeddedPostgres({ dataDir: database.dataDir, log });
  return { url: server.url, directUrl: server.url, stop: () => server.stop() };
}

export interface OpenDatabase {
  readonly db: Db;
  readonly directUrl: string;
  readonly close: () => Promise<void>;
}

export interface OpenOptions {
  readonly applicationName: string;
  readonly statementTimeoutMs?: number;
  /** By way of the pooler, where there is one: for pages. Commands and jobs go past it, since they may take long. */
  readonly pooled?: boolean;
}

/** Updates the embedded database's schema, since nobody else does; a deploy updates a configured server's. */
export async function openDatabase(
  config: Pick<Config, 'database' | 'poolMin' | 'poolMax'>,
  { pooled = false, ...options }: OpenOptions,
): Promise<OpenDatabase> {
  const server = await startServer(config.database);
  if (config.database.kind === 'embedded') await migrateUp(server.directUrl);
  const { database, poolMin, poolMax } = config;
  const behindPooler = pooled && database.kind === 'server' && database.pooled;
  const url = pooled ? server.url : server.directUrl;
  const db = createDb({ url, poolMin, poolMax, pooled: behindPooler, ...options });
  const close = async (): Promise<void> => {
    await db.close();
    await server.stop();
  };
  return { db, directUrl: server.directUrl, close };
}
