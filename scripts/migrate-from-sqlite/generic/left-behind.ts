import type { FileIndex, FileTable } from '../audit/read-schema.ts';

/** What does not move, and why. */
export interface LeftBehind {
  readonly kind: string;
  readonly name: string;
  readonly why: string;
}

export function noteCollations(source: FileTable, index: FileIndex, leftBehind: LeftBehind[]): void {
  const odd = index.columns.filter((column) => column.collation !== 'BINARY');
  for (const { name, collation } of odd) {
    const why = `${collation}: the index moved and compares byte by byte`;
    leftBehind.push({ kind: 'collation', name: `${source.name}.${name}`, why });
  }
}

/** Those that no key or index has named yet. */
export function noteColumnCollations(source: FileTable, leftBehind: LeftBehind[]): void {
  for (const { column, collation } of source.collations) {
    const name = `${source.name}.${column}`;
    if (leftBehind.some((other) => other.kind === 'collation' && other.name === name)) continue;
    leftBehind.push({ kind: 'collation', name, why: `${collation}: its text compares byte by byte` });
  }
}
