/** Text whose bytes the encoding does not allow. */
export class BrokenText {
  readonly bytes: Buffer;
  readonly encoding: 'UTF-8' | 'UTF-16';
  constructor(bytes: Buffer, encoding: 'UTF-8' | 'UTF-16' = 'UTF-8') {
    this.bytes = bytes;
    this.encoding = encoding;
  }
}

/** SQLite's own binary JSON, with the text SQLite reads from it. */
export class BinaryJson {
  readonly bytes: Buffer;
  readonly text: string;
  constructor(bytes: Buffer, text: string) {
    this.bytes = bytes;
    this.text = text;
  }
}

/** A cell as SQLite stores it. */
export type Cell = null | bigint | number | string | Buffer | BrokenText | BinaryJson;

/** Binary JSON as its bytes. */
export const asStored = (cell: Cell): Exclude<Cell, BinaryJson> =>
  cell instanceof BinaryJson ? cell.bytes : cell;

export type Row = Readonly<Record<string, Cell>>;

export interface SourceRow {
  /** The row's place in its table, from 1; the same on every reading of one transaction. */
  readonly n: number;
  readonly row: Row;
}

/** A table's name and, for each name we use, its column (null: missing). */
export interface ReadableTable {
  readonly name: string;
  readonly columns: ReadonlyMap<string, string | null>;
}

/** As in import_rejects: `{"type", "text"}`, or `{"type", "hex"}` if the bytes cannot be stored as text. */
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

/** `track_id=4uLU…, snapshot_date=2024-01-01`; `x'hex'` for what cannot be stored as text. */
export function describeKey(row: Row, key: readonly string[]): string {
  const part = (name: string): string => {
    const { text, hex } = describeCell(row[name] ?? null);
    return `${name}=${hex === undefined ? (text ?? 'NULL') : `x'${hex}'`}`;
  };
  return key.map(part).join(', ');
}
