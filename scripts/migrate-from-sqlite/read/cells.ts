/** Text whose bytes are not what the database's encoding allows. */
export class BrokenText {
  readonly bytes: Buffer;
  readonly encoding: 'UTF-8' | 'UTF-16';
  constructor(bytes: Buffer, encoding: 'UTF-8' | 'UTF-16' = 'UTF-8') {
    this.bytes = bytes;
    this.encoding = encoding;
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
