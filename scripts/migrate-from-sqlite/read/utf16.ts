import { quoteName } from '../../../src/database/sql-text.ts';
import type { Database } from 'better-sqlite3';
import { BrokenText, type Cell, type ReadableTable, type SourceRow } from './cells.ts';

export type Utf16 = 'UTF-16le' | 'UTF-16be';

/**
 * Rows of a UTF-16 file in storage order. SQLite turns half a surrogate pair and what follows into another character,
 * so read every text as bytes and decode it here.
 */
export function* readUtf16Rows(
  db: Database,
  table: ReadableTable,
  encoding: Utf16,
): Generator<SourceRow, void, undefined> {
  const names = [...table.columns.keys()];
  const selected = [...table.columns.values()].map(typeAndBytes).join(', ');
  const rows = db
    .prepare<[], Cell[]>(`SELECT ${selected} FROM ${quoteName(table.name)} NOT INDEXED`)
    .raw()
    .safeIntegers();
  let n = 0;
  for (const values of rows.iterate()) {
    n += 1;
    const cells = names.map((name, at) => {
      const value = values[2 * at + 1] ?? null;
      const isText = values[2 * at] === 'text' && Buffer.isBuffer(value);
      return [name, isText ? decodeUtf16(value, encoding) : value] as const;
    });
    yield { n, row: Object.fromEntries(cells) };
  }
}

function typeAndBytes(column: string | null): string {
  if (column === null) return 'NULL, NULL';
  const cell = quoteName(column);
  return `typeof(${cell}), CASE typeof(${cell}) WHEN 'text' THEN CAST(${cell} AS BLOB) ELSE ${cell} END`;
}

/** The text, or its bytes if a character is cut in half. */
function decodeUtf16(bytes: Buffer, encoding: Utf16): string | BrokenText {
  if (bytes.length % 2 !== 0) return new BrokenText(bytes, 'UTF-16');
  const text = (encoding === 'UTF-16be' ? Buffer.from(bytes).swap16() : bytes).toString('utf16le');
  return /\p{Surrogate}/u.test(text) ? new BrokenText(bytes, 'UTF-16') : text;
}
