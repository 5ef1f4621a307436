import { quoteName } from '../../../src/database/sql-text.ts';
import { isUtf8 } from 'node:buffer';
import type { Database } from 'better-sqlite3';
import { BinaryJson, BrokenText, type Cell, type ReadableTable, type Row, type SourceRow } from './cells.ts';
import { readUtf16Rows, type Utf16 } from './utf16.ts';

/** In storage order, without changing a value. */
export function readRows(db: Database, table: ReadableTable): Generator<SourceRow, void, undefined> {
  const encoding = String(db.pragma('encoding', { simple: true }));
  return encoding === 'UTF-8' ? readUtf8Rows(db, table) : readUtf16Rows(db, table, encoding as Utf16);
}

/** The driver silently puts U+FFFD where bytes are not text, so only texts with it are read again as bytes. */
function* readUtf8Rows(db: Database, table: ReadableTable): Generator<SourceRow, void, undefined> {
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

/** For an archive, where a BLOB may be SQLite's binary JSON. */
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

/** By SQLite's strict check, which JSON text never passes. SQLite before 3.45 has no binary JSON. */
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

// NOT INDEXED, since a covering index could change the order between two readings.
function select(table: ReadableTable, expression: (column: string) => string): string {
  const columns = [...table.columns].map(
    ([name, column]) => `${column === null ? 'NULL' : expression(quoteName(column))} AS ${quoteName(name)}`,
  );
  return `SELECT ${columns.join(', ')} FROM ${quoteName(table.name)} NOT INDEXED`;
}

/** A second reading, as bytes, that follows the first as far as needed. */
class ExactReader {
  private rows: Iterator<Record<string, Buffer | null>> | undefined;
  private at = 0;
  private readonly db: Database;
  private readonly table: ReadableTable;

  constructor(db: Database, table: ReadableTable) {
    this.db = db;
    this.table = table;
  }

  close(): void {
    this.rows?.return?.();
  }

  mend(n: number, row: Row): Row {
    const bytes = this.bytesOf(n);
    const mend = ([name, cell]: [string, Cell]): [string, Cell] => {
      const raw = bytes[name];
      return [name, isSuspicious(cell) && raw && !isUtf8(raw) ? new BrokenText(raw) : cell];
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
