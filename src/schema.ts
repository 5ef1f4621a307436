import { readdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseUnavailable, translateDatabaseError } from './database-errors.ts';
import { createDb, type Db, type Queries } from './db.ts';
import { AppError } from './errors.ts';
import { log } from './log.ts';

const MIGRATIONS_DIR = path.resolve(import.meta.dirname, '../migrations');
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
      // Closed, not given back: whatever a migration set for its session ends with it.
      client.release(true);
    }
  } catch (error) {
    throw translateDatabaseError(error);
  } finally {
    await db.close();
  }
}

const nothing = (): void => undefined;

/** A database whose first migrations are none of ours: they were rewritten before the first release. */
export class EarlierDatabase extends AppError {
  override readonly name = 'EarlierDatabase';

  constructor() {
    super(
      409,
      'This database was made by an earlier version of Music Time Machine, which this one cannot continue: export everything with that version (Settings, Export everything), then restore the ZIP into a new database with this one (npm run restore -- FILE). Nothing was touched.',
    );
  }
}

/** @throws EarlierDatabase */
async function refuseEarlierDatabase(db: Queries): Promise<void> {
  const [first = ''] = listKnownMigrations();
  const applied = await listAppliedMigrations(db);
  if (applied.some((name) => name < first)) throw new EarlierDatabase();
}

/**
 * Looks at a database before anything is done with it; one that does not answer is not judged.
 * @throws EarlierDatabase
 */
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

/** The migrations this code knows that the database has not seen yet. A newer database is no hindrance. */
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
