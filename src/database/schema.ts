import { readdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseUnavailable, translateDatabaseError } from './errors.ts';
import { createDb, type Db, type Queries } from '../db.ts';
import { AppError } from '../errors.ts';
import { log } from '../log.ts';

const MIGRATIONS_DIR = path.resolve(import.meta.dirname, '../../migrations');
const MIGRATIONS_TABLE = 'pgmigrations';

/** Several at once wait for one another. @param url not of a pooler, which cannot hold the lock */
export const migrateUp = (url: string): Promise<string[]> => migrate(url, 'up', Infinity);

/** Deletes their tables' rows too. @throws DatabaseUnavailable */
export const migrateDown = (url: string, count: number): Promise<string[]> => migrate(url, 'down', count);

export async function createMigration(name: string): Promise<string> {
  const { Migration } = await import('node-pg-migrate');
  return Migration.create(name, MIGRATIONS_DIR, { filenameFormat: 'utc', language: 'sql' });
}

async function migrate(url: string, direction: 'up' | 'down', count: number): Promise<string[]> {
  // Most callers change nothing, so load it on demand.
  const { runner } = await import('node-pg-migrate');
  const db = createDb({ url, poolMin: 0, poolMax: 1, applicationName: 'migrate', statementTimeoutMs: 0 });
  try {
    await refuseEarlierDatabase(db);
    const client = await db.pool.connect();
    try {
      const migrations = await runner({
        dbClient: client,
        dir: MIGRATIONS_DIR,
        direction,
        count,
        migrationsTable: MIGRATIONS_TABLE,
        singleTransaction: true,
        advisoryLockMode: 'wait',
        logger: { info: nothing, debug: nothing, warn: log.warn.bind(log), error: nothing },
      });
      return migrations.map((migration) => migration.name);
    } finally {
      // Closed, since migrations may change session settings.
      client.release(true);
    }
  } catch (error) {
    throw translateDatabaseError(error);
  } finally {
    await db.close();
  }
}

const nothing = (): void => undefined;

export class EarlierDatabase extends AppError {
  override readonly name = 'EarlierDatabase';

  constructor() {
    super(
      409,
      'This database was made by an earlier version of Music Time Machine and cannot be used. Export everything with that version (Settings, Export everything), then restore the ZIP into a new database with this version (npm run restore -- FILE). Nothing was changed.',
    );
  }
}

async function refuseEarlierDatabase(db: Queries): Promise<void> {
  const [first = ''] = listKnownMigrations();
  const applied = await listAppliedMigrations(db);
  if (applied.some((name) => name < first)) throw new EarlierDatabase();
}

/** A database that does not answer passes. @throws EarlierDatabase */
export async function refuseEarlierDatabaseAt(url: string): Promise<void> {
  const db = createDb({ url, poolMin: 0, poolMax: 1, applicationName: 'schema', pooled: true });
  try {
    await refuseEarlierDatabase(db);
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) throw error;
  } finally {
    await db.close();
  }
}

export async function listPendingMigrations(db: Db): Promise<string[]> {
  const applied = new Set(await listAppliedMigrations(db));
  return listKnownMigrations().filter((name) => !applied.has(name));
}

const listKnownMigrations = (): string[] =>
  readdirSync(MIGRATIONS_DIR)
    .filter((file) => file.endsWith('.sql'))
    .map((file) => path.parse(file).name)
    .toSorted();

async function listAppliedMigrations(db: Queries): Promise<string[]> {
  const table = await db.one<{ present: boolean }>(
    `SELECT to_regclass('${MIGRATIONS_TABLE}') IS NOT NULL AS present`,
  );
  if (!table.present) return [];
  const rows = await db.many<{ name: string }>(`SELECT name FROM ${MIGRATIONS_TABLE}`);
  return rows.map((row) => row.name);
}
