import { quoteName } from '../../../src/database/sql-text.ts';
import { isUtf8 } from 'node:buffer';
import type { Database } from 'better-sqlite3';
import type { SourceTable } from '../read/open-source.ts';

/** A cell as in import_rejects: its storage class and its text, or its bytes if they cannot be stored as text. */
export interface PlainCell {
  readonly type: 'null' | 'integer' | 'real' | 'text' | 'blob';
  readonly text?: string | null;
  readonly hex?: string;
}

export interface PlainRow {
  readonly cells: Readonly<Record<string, PlainCell>>;
  readonly answers: readonly (bigint | null)[];
}

type Value = null | bigint | number | string | Buffer;

/**
 * An independent reader, so that it cannot repeat a fault of the move: every text comes as bytes and is decoded here.
 * `computed` are more cells by name, `asked` yes-or-no expressions, both over the columns.
 */
export function* readPlainRows(
  db: Database,
  table: SourceTable,
  computed: Readonly<Record<string, string>>,
  asked: readonly string[],
): Generator<PlainRow, void, undefined> {
  const named = [...table.columns].flatMap(([name, column]) =>
    column === null ? [] : [[name, `source.${quoteName(column)}`] as const],
  );
  const cells = [...named, ...Object.entries(computed)];
  const selected = cells.flatMap(([, sql]) => [
    `typeof(${sql})`,
    `CASE typeof(${sql}) WHEN 'text' THEN CAST(${sql} AS BLOB) ELSE ${sql} END`,
  ]);
  const decode = decoderFor(String(db.pragma('encoding', { simple: true })));
  const rows = db
    .prepare<[], Value[]>(
      `SELECT ${[...selected, ...asked].join(', ')} FROM ${quoteName(table.name)} AS source NOT INDEXED`,
    )
    .raw()
    .safeIntegers()
    .iterate();
  for (const values of rows) {
    const pairs = cells.map(
      ([name], at) => [name, plainCell(String(values[2 * at]), values[2 * at + 1] ?? null, decode)] as const,
    );
    yield {
      cells: Object.fromEntries(pairs),
      answers: values.slice(2 * cells.length) as (bigint | null)[],
    };
  }
}

function plainCell(type: string, value: Value, decode: (bytes: Buffer) => string | null): PlainCell {
  if (type === 'null') return { type, text: null };
  if (type === 'integer') return { type, text: String(value) };
  if (type === 'real') return { type, text: Object.is(value, -0) ? '-0' : String(value) };
  const bytes = Buffer.isBuffer(value) ? value : Buffer.alloc(0);
  if (type === 'blob') return { type, hex: bytes.toString('hex') };
  const text = decode(bytes);
  if (text === null) return { type: 'text', hex: bytes.toString('hex') };
  return text.includes('\0')
    ? { type: 'text', hex: Buffer.from(text).toString('hex') }
    : { type: 'text', text };
}

function decoderFor(encoding: string): (bytes: Buffer) => string | null {
  if (encoding === 'UTF-8') return (bytes) => (isUtf8(bytes) ? bytes.toString() : null);
  const name = encoding === 'UTF-16be' ? 'utf-16be' : 'utf-16le';
  const decoder = new TextDecoder(name, { fatal: true, ignoreBOM: true });
  return (bytes) => {
    try {
      return decoder.decode(bytes);
    } catch {
      return null;
    }
  };
}

export const sameCell = (one: PlainCell | undefined, other: PlainCell | undefined): boolean =>
  one !== undefined &&
  other !== undefined &&
  one.type === other.type &&
  (one.text ?? null) === (other.text ?? null) &&
  one.hex === other.hex;
