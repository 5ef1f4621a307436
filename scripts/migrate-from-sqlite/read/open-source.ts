import { quoteName } from '../../../src/sql-text.ts';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { loadSqlite } from '../../../src/load-sqlite.ts';
import { type ReadableTable } from './cells.ts';
import { NothingWritten } from '../faults.ts';
import { detectLayout, LAYOUTS, type Layout, type TableShape } from './layouts.ts';

export interface SourceTable extends ReadableTable {
  /** The layout's name for it; `name` is as the file spells it. */
  readonly shape: string;
  readonly key: readonly string[];
  readonly rows: number;
  readonly missing: readonly string[];
  /** Columns that the archive has no place for. */
  readonly extra: readonly string[];
}

/** What stands in the file beside the tables that are moved. */
export interface Unmoved {
  readonly kind: string;
  readonly name: string;
  readonly rows: number | null;
}

export interface Source {
  readonly db: Database;
  readonly file: string;
  readonly bytes: number;
  readonly layout: Layout;
  readonly tables: readonly SourceTable[];
  readonly unmoved: readonly Unmoved[];
  close(): void;
}

/**
 * Opens an old archive read-only, checks that it is whole and knows its layout. One read transaction holds
 * from here to `close()`: the old app may go on writing meanwhile.
 * @throws NothingWritten saying what is wrong with the file
 */
export async function openSource(file: string): Promise<Source> {
  const db = await openReadOnly(file);
  try {
    const tableNames = listNames(db, 'table');
    const layout = layoutOf(db, file, tableNames);
    const tables = LAYOUTS[layout].flatMap((shape) => describeTable(db, shape, tableNames));
    const moved = new Set(tables.map((table) => table.name));
    const unmoved = listUnmoved(db, moved);
    return { db, file, bytes: statSync(file).size, layout, tables, unmoved, close: () => db.close() };
  } catch (error) {
    db.close();
    throw explain(file, error);
  }
}

/** Opens any SQLite file the same careful way, whatever its layout. */
export async function openReadOnly(file: string): Promise<Database> {
  checkFile(file);
  const Sqlite = await loadSqlite().catch((error: Error) => {
    throw new NothingWritten(error.message);
  });
  let db: Database | undefined;
  try {
    db = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: 5_000 });
    db.exec('BEGIN');
    const verdict = db.pragma('quick_check(1)', { simple: true });
    if (verdict !== 'ok')
      throw new NothingWritten(`${file} is damaged (${String(verdict)}): nothing was moved. ${MEND}`);
    return db;
  } catch (error) {
    db?.close();
    throw explain(file, error);
  }
}

const MEND = 'Try "sqlite3 FILE .recover", or an older copy of it.';

function checkFile(file: string): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found)
    throw new NothingWritten(
      `There is no file ${file}. Name the old archive: npm run migrate:sqlite -- FILE`,
    );
  if (found.isDirectory()) throw new NothingWritten(`${file} is a directory, not a SQLite file.`);
  if (found.size === 0) throw new NothingWritten(`${file} is empty: there is nothing in it to move.`);
  if (firstBytes(file) !== 'SQLite format 3\0') {
    throw new NothingWritten(`${file} is not a SQLite database, or it is encrypted.`);
  }
}

function firstBytes(file: string): string {
  const bytes = Buffer.alloc(16);
  try {
    const handle = openSync(file, 'r');
    readSync(handle, bytes, 0, 16, 0);
    closeSync(handle);
  } catch (error) {
    throw new NothingWritten(`${file} cannot be read: ${(error as Error).message}`);
  }
  return bytes.toString('latin1');
}

/** SQLite's result codes in words. */
function explain(file: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) {
    return new NothingWritten(`${file} is locked by another program: stop the old app and try again.`);
  }
  if (/^SQLITE_(CORRUPT|IOERR)/.test(code)) {
    return new NothingWritten(`${file} is damaged: nothing was moved. ${MEND}`);
  }
  if (code === 'SQLITE_NOTADB')
    return new NothingWritten(`${file} is not a SQLite database, or it is encrypted.`);
  if (/^SQLITE_(CANTOPEN|READONLY)/.test(code)) {
    return new NothingWritten(
      `${file} cannot be opened: it was being written (there is a -wal file) and its directory is read-only. Copy it with its -wal file to another directory and move it from there.`,
    );
  }
  return error;
}

function layoutOf(db: Database, file: string, tableNames: readonly string[]): Layout {
  if (tableNames.length === 0)
    throw new NothingWritten(`${file} holds no tables: there is nothing in it to move.`);
  const tracks = tableNames.find((name) => name.toLowerCase() === 'tracks');
  const layout = tracks === undefined ? null : detectLayout(columnsOf(db, tracks));
  if (layout !== null) return layout;
  throw new NothingWritten(
    `${file} is no old archive: it needs a table tracks with a column track_id, or with id and spotify_id (found: ${tableNames.join(', ')}). Any other file moves with --generic --schema NAME.`,
  );
}

function describeTable(db: Database, shape: TableShape, tableNames: readonly string[]): SourceTable[] {
  const name = tableNames.find((found) => found.toLowerCase() === shape.name);
  if (name === undefined) return [];
  const actual = new Map(columnsOf(db, name).map((column) => [column.toLowerCase(), column]));
  const lacking = shape.required.filter((column) => !actual.has(column));
  if (lacking.length > 0) {
    throw new NothingWritten(
      `The table ${name} has no column ${lacking.join(', ')}: its rows cannot be understood.`,
    );
  }
  const known = new Set(shape.columns);
  const extra = [...actual].filter(([lower]) => !known.has(lower)).map(([, column]) => column);
  const columns = new Map<string, string | null>(
    shape.columns.map((column) => [column, actual.get(column) ?? null]),
  );
  for (const column of extra) columns.set(column, column);
  const missing = shape.columns.filter((column) => !actual.has(column));
  return [{ shape: shape.name, key: shape.key, name, columns, missing, extra, rows: countRows(db, name) }];
}

function listNames(db: Database, type: string): string[] {
  return db
    .prepare<[string], { name: string }>(
      `SELECT name FROM sqlite_schema WHERE type = ? AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`,
    )
    .all(type)
    .map((row) => row.name);
}

/** Generated columns count: what they show is data to whoever reads the old file. */
function columnsOf(db: Database, table: string): string[] {
  return db
    .prepare<[string], { name: string }>(
      'SELECT name FROM pragma_table_xinfo(?) WHERE hidden <> 1 ORDER BY cid',
    )
    .all(table)
    .map((row) => row.name);
}

function countRows(db: Database, table: string): number {
  return (
    db
      .prepare<[], number>(`SELECT count(*) FROM ${quoteName(table)}`)
      .pluck()
      .get() ?? 0
  );
}

function listUnmoved(db: Database, moved: ReadonlySet<string>): Unmoved[] {
  const tables = listNames(db, 'table')
    .filter((name) => !moved.has(name))
    .map((name) => ({ kind: 'table', name, rows: countRows(db, name) }));
  const others = ['view', 'trigger'].flatMap((kind) =>
    listNames(db, kind).map((name) => ({ kind, name, rows: null })),
  );
  return [...tables, ...others];
}
