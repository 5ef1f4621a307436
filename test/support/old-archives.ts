import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { afterAll } from 'vitest';

export { SNAPSHOTS_LAYOUT as SNAPSHOTS_SCHEMA } from '../../src/exports/old-file.ts';
export { PLAYLISTS_LAYOUT as PLAYLISTS_SCHEMA } from '../../scripts/invented/old-files.ts';

/** A directory of the test file's own, gone when it ends. */
export function useDirectory(): string {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mtm-old-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Writes an old archive; `fill` may do to it whatever an old app, a person or a bad disk has done. */
export function writeArchive(
  directory: string,
  name: string,
  schema: string,
  fill: (db: Database) => void = () => undefined,
): string {
  const file = path.join(directory, `${name}.db`);
  const db = new Sqlite(file);
  db.pragma('foreign_keys = OFF');
  db.exec(schema);
  db.transaction(() => fill(db))();
  db.close();
  return file;
}

/** Inserts rows given as objects; a column that is not named is NULL, a whole number is an INTEGER. */
export function insert(db: Database, table: string, ...rows: Readonly<Record<string, unknown>>[]): void {
  for (const row of rows) {
    const columns = Object.keys(row);
    db.prepare(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    ).run(...Object.values(row).map((value) => (Number.isInteger(value) ? BigInt(value as number) : value)));
  }
}
