import { isUtf8 } from 'node:buffer';
import type { Database } from 'better-sqlite3';

/** Text whose bytes are not what the database's encoding allows. */
export class BrokenText {
  readonly bytes: Buffer;
  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
}

/** A BLOB that is SQLite's own binary JSON, with the JSON text that SQLite reads from it. */
export class BinaryJson {
  readonly bytes: Buffer;
  readonly text: string;
  constructor(bytes: Buffer, text: string) {
    this.bytes = bytes;
    this.text = text;
  }
}

/** A cell as SQLite stores it: NULL, INTEGER, REAL, TEXT, BLOB, TEXT that cannot be read, or a BLOB SQLite can. */
export type Cell = null | bigint | number | string | Buffer | BrokenText | BinaryJson;

/** The same cell with a BLOB as the bytes it is, whatever SQLite could read from it. */
export const asStored = (cell: Cell): Exclude<Cell, BinaryJson> =>
  cell instanceof BinaryJson ? cell.bytes : cell;

export type Row = Readonly<Record<string, Cell>>;

export interface SourceRow {
  /** The row's place in its table, from 1; the same on every reading of one transaction. */
  readonly n: number;
  readonly row: Row;
}

/** What a reader must know of a table: its name and, per name we use, the column to take (null: not there). */
export interface ReadableTable {
  readonly name: string;
  readonly columns: ReadonlyMap<string, string | null>;
}

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/**
 * Reads a table in storage order without changing a value. SQLite's driver puts U+FFFD in silence where bytes are
 * no text; a text without it is therefore exact, and only one with it is read again as bytes.
 */
export function* readRows(db: Database, table: ReadableTable): Generator<SourceRow, void, undefined> {
  const exact = new ExactReader(db, table);
  const rows = db.prepare<[], Record<string, Cell>>(select(table, (column) => column));
  let n = 0;
  try {
    for (const row of rows.safeIntegers().iterate()) {
      n += 1;
      yield { n, row: Object.values(row).some(isSuspicious) ? exact.mend(n, row) : row };
    }
  } finally {
    exact.close();
  }
}

/** The same for an archive, where a BLOB may be JSON in SQLite's own binary form. */
export function* readArchiveRows(db: Database, table: ReadableTable): Generator<SourceRow, void, undefined> {
  const decode = binaryJsonDecoder(db);
  for (const { n, row } of readRows(db, table)) {
    yield { n, row: Object.values(row).some(isBlob) ? mapCells(row, decode) : row };
  }
}

const isSuspicious = (cell: Cell): boolean => typeof cell === 'string' && cell.includes('\uFFFD');
const isBlob = (cell: Cell): boolean => Buffer.isBuffer(cell);
const mapCells = (row: Row, change: (cell: Cell) => Cell): Row =>
  Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, change(cell)]));

/** Recognises binary JSON by SQLite's strict check, which no JSON text passes; a SQLite before 3.45 knows none. */
function binaryJsonDecoder(db: Database): (cell: Cell) => Cell {
  const [isKnown] = db
    .prepare<[], number>(`SELECT count(*) FROM pragma_function_list WHERE name = 'jsonb'`)
    .pluck()
    .all();
  if (isKnown === 0) return (cell) => cell;
  const read = db
    .prepare<[Buffer, Buffer], string | null>('SELECT CASE WHEN json_valid(?, 8) THEN json(?) END')
    .pluck();
  return (cell) => {
    const text = Buffer.isBuffer(cell) ? read.get(cell, cell) : null;
    return Buffer.isBuffer(cell) && typeof text === 'string' ? new BinaryJson(cell, text) : cell;
  };
}

// NOT INDEXED: without it a covering index could bring the rows in another order on another reading.
function select(table: ReadableTable, expression: (column: string) => string): string {
  const columns = [...table.columns].map(
    ([name, column]) => `${column === null ? 'NULL' : expression(quoteName(column))} AS ${quoteName(name)}`,
  );
  return `SELECT ${columns.join(', ')} FROM ${quoteName(table.name)} NOT INDEXED`;
}

/** A second reading of the same table, as bytes, that follows the first and only as far as it is needed. */
class ExactReader {
  private rows: Iterator<Record<string, Buffer | null>> | undefined;
  private at = 0;
  private readonly db: Database;
  private readonly table: ReadableTable;
  private readonly isText: (bytes: Buffer) => boolean;

  constructor(db: Database, table: ReadableTable) {
    this.db = db;
    this.table = table;
    this.isText = textCheckFor(String(db.pragma('encoding', { simple: true })));
  }

  close(): void {
    this.rows?.return?.();
  }

  mend(n: number, row: Row): Row {
    const bytes = this.bytesOf(n);
    const mend = ([name, cell]: [string, Cell]): [string, Cell] => {
      const raw = bytes[name];
      return [name, isSuspicious(cell) && raw && !this.isText(raw) ? new BrokenText(raw) : cell];
    };
    return Object.fromEntries(Object.entries(row).map(mend));
  }

  private bytesOf(n: number): Record<string, Buffer | null> {
    this.rows ??= this.db
      .prepare<[], Record<string, Buffer | null>>(select(this.table, (column) => `CAST(${column} AS BLOB)`))
      .iterate();
    for (;;) {
      const next = this.rows.next();
      this.at += 1;
      if (next.done === true) throw new Error(`row ${n} of ${this.table.name} was there a moment ago`);
      if (this.at === n) return next.value;
    }
  }
}

function textCheckFor(encoding: string): (bytes: Buffer) => boolean {
  if (encoding === 'UTF-8') return isUtf8;
  const decoder = new TextDecoder(encoding === 'UTF-16be' ? 'utf-16be' : 'utf-16le', { fatal: true });
  return (bytes) => {
    try {
      decoder.decode(bytes);
      return true;
    } catch {
      return false;
    }
  };
}

/** A cell as import_rejects keeps it: `{"type", "text"}`, or `{"type", "hex"}` where the bytes are no storable text. */
export function describeCell(cell: Cell): Readonly<Record<string, string | null>> {
  if (cell === null) return { type: 'null', text: null };
  if (typeof cell === 'bigint') return { type: 'integer', text: cell.toString() };
  if (typeof cell === 'number') return { type: 'real', text: Object.is(cell, -0) ? '-0' : String(cell) };
  if (cell instanceof BrokenText) return { type: 'text', hex: cell.bytes.toString('hex') };
  if (cell instanceof BinaryJson) return { type: 'blob', hex: cell.bytes.toString('hex') };
  if (typeof cell !== 'string') return { type: 'blob', hex: cell.toString('hex') };
  if (!cell.includes('\0')) return { type: 'text', text: cell };
  return { type: 'text', hex: Buffer.from(cell).toString('hex') };
}

/** Names a row to a reader: `track_id=4uLU…, snapshot_date=2024-01-01`; what is no storable text as `x'hex'`. */
export function describeKey(row: Row, key: readonly string[]): string {
  const part = (name: string): string => {
    const { text, hex } = describeCell(row[name] ?? null);
    return `${name}=${hex === undefined ? (text ?? 'NULL') : `x'${hex}'`}`;
  };
  return key.map(part).join(', ');
}
