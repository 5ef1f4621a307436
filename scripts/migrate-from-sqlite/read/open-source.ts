import { statSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { quoteName } from '../../../src/database/sql-text.ts';
import { type ReadableTable } from './cells.ts';
import { NothingWritten } from '../faults.ts';
import { explain, openReadOnly, type OpenFile } from './open-file.ts';
import { isLacking } from './damage.ts';
import { isReadable } from './readable-columns.ts';
import { detectLayout, LAYOUTS, type Layout, type TableShape } from './layouts.ts';

export interface SourceTable extends ReadableTable {
  /** The layout's name for it; `name` is as the file spells it. */
  readonly shape: string;
  readonly key: readonly string[];
  readonly rows: number;
  readonly missing: readonly string[];
  /** Columns that the archive does not have. */
  readonly extra: readonly string[];
}

export interface Unmoved {
  readonly kind: string;
  readonly name: string;
  readonly rows: number | null;
}

export interface Source extends OpenFile {
  readonly file: string;
  readonly bytes: number;
  readonly layout: Layout;
  readonly tables: readonly SourceTable[];
  readonly unmoved: readonly Unmoved[];
}

/**
 * Opens an old archive read-only, checks it and detects its layout. One read transaction lasts until `close()`, and the
 * old app may write meanwhile.
 * @throws NothingWritten with what is wrong
 */
export async function openSource(file: string): Promise<Source> {
  const opened = await openReadOnly(file);
  const { original, db } = opened;
  try {
    const tableNames = listNames(original, 'table');
    const layout = layoutOf(original, file, tableNames);
    const tables = LAYOUTS[layout].flatMap((shape) => describeTable(db, shape, tableNames));
    const unmoved = listUnmoved(opened, tables);
    return { ...opened, file, bytes: statSync(file).size, layout, tables, unmoved };
  } catch (error) {
    opened.close();
    throw explain(file, error);
  }
}

function layoutOf(db: Database, file: string, tableNames: readonly string[]): Layout {
  if (tableNames.length === 0) throw new NothingWritten(`${file} has no tables. There is nothing to move.`);
  const tracks = tableNames.find((name) => name.toLowerCase() === 'tracks');
  const layout = tracks === undefined ? null : detectLayout(columnsOf(db, tracks));
  if (layout !== null) return layout;
  throw new NothingWritten(
    `${file} is not an old archive: it needs a table tracks with a column track_id, or with id and spotify_id (found: ${tableNames.join(', ')}). Any other file moves with --generic --schema NAME.`,
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

/** Generated columns are data too. */
const columnsOf = (db: Database, table: string): string[] =>
  allColumns(db, table).filter((column) => isReadable(db, table, column));

function allColumns(db: Database, table: string): string[] {
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

function listUnmoved(file: OpenFile, moved: readonly SourceTable[]): Unmoved[] {
  const { original, db } = file;
  const tables = listNames(original, 'table')
    .filter((name) => !moved.some((table) => table.name === name))
    .map((name) => ({ kind: 'table', name, rows: rowsOfAny(file, name) }));
  const columns = moved.flatMap(({ name }) =>
    allColumns(db, name)
      .filter((column) => !isReadable(db, name, column))
      .map((column) => ({ kind: 'column', name: `${name}.${column}`, rows: null })),
  );
  const others = ['view', 'trigger'].flatMap((kind) =>
    listNames(original, kind).map((name) => ({ kind, name, rows: null })),
  );
  return [...tables, ...columns, ...others];
}

/** Null for a table of a missing extension. */
function rowsOfAny({ original, db }: OpenFile, name: string): number | null {
  for (const one of new Set([db, original])) {
    try {
      return countRows(one, name);
    } catch (error) {
      if (!isLacking(error)) throw error;
    }
  }
  return null;
}
