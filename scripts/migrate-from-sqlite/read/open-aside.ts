import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Database } from 'better-sqlite3';
import type { loadSqlite } from '../../../src/load-sqlite.ts';

export type Driver = Awaited<ReturnType<typeof loadSqlite>>;

export interface Aside {
  readonly db: Database;
  readonly remove: () => void;
}

/** In a temporary directory. */
export async function openAside(Sqlite: Driver, make: (file: string) => Promise<void>): Promise<Aside> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mtm-move-'));
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  try {
    const file = path.join(directory, 'copy.db');
    await make(file);
    const db = beginReading(Sqlite, file);
    // An open file can be read after deletion, so that a killed run leaves nothing behind. Not on Windows.
    if (process.platform !== 'win32') remove();
    return { db, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** One read transaction until the file is closed. */
export function beginReading(Sqlite: Driver, file: string): Database {
  const db = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: 5_000 });
  try {
    db.exec('BEGIN');
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
