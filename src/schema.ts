import { readdirSync } from 'node:fs';
import path from 'node:path';
import { translateDatabaseError } from './database-errors.ts';
import type { Db } from './db.ts';
import { log } from './log.ts';

export const MIGRATIONS_DIR = path.resolve(import.meta.dirname, '../migrations');
const MIGRATIONS_TABLE = 'pgmigrations';

/**
 * Brings the schema up to date; several at once wait for one another and all succeed.
 * @param url a direct connection: a pooler in transaction mode cannot hold the lock
 * @returns the names of the migrations applied now
 */
export const migrateUp = (url: string): Promise<string[]> => migrate(url, 'up', Infinity);

/** Takes the newest migrations back, with all their tables hold. @throws DatabaseUnavailable */
export const migrateDown = (url: string, count: number): Promise<string[]> => migrate(url, 'down', count);

/** Writes an empty migration, both ways to be filled in. @returns its path */
export async function createMigration(name: string): Promise<string> {
  const { Migration } = await import('node-pg-migrate');
  return Migration.create(name, MIGRATIONS_DIR, { filenameFormat: 'utc', language: 'sql' });
}

async function migrate(url: string, direction: 'up' | 'down', count: number): Promise<string[]> {
  // Loaded where it is needed: most who ask about the schema change nothing.
  const { runner } = await import('node-pg-migrate');
  const migrations = await runner({
    databaseUrl: url,
    dir: MIGRATIONS_DIR,
    direction,
    count,
    migrationsTable: MIGRATIONS_TABLE,
    singleTransaction: true,
    advisoryLockMode: 'wait',
    logger: { info: nothing, debug: nothing, warn: log.warn.bind(log), error: nothing },
  }).catch((error: unknown) => {
    throw translateDatabaseError(error);
  });
  return migrations.map((migration) => migration.name);
}

const nothing = (): void => undefined;

/** The migrations this code knows that the database has not seen yet. A newer database is no hindrance. */
export async function listPendingMigrations(db: Db): Promise<string[]> {
  const known = readdirSync(MIGRATIONS_DIR)
    .filter((file) => file.endsWith('.sql'))
    .map((file) => path.parse(file).name)
    .toSorted();
  const table = await db.one<{ present: boolean }>(
    `SELECT to_regclass('${MIGRATIONS_TABLE}') IS NOT NULL AS present`,
  );
  if (!table.present) return known;
  const rows = await db.many<{ name: string }>(`SELECT name FROM ${MIGRATIONS_TABLE}`);
  const applied = new Set(rows.map((row) => row.name));
  return known.filter((name) => !applied.has(name));
}
