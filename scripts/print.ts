export { grouped, plural } from '../src/words.ts';

export const sum = (numbers: readonly number[]): number =>
  numbers.reduce((total, number) => total + number, 0);

/** Rows of cells in columns: the first column aligned left, the others right if they are numbers. */
export function alignColumns(
  rows: readonly (readonly string[])[],
  others: 'numbers' | 'words' = 'numbers',
): string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  const pad = (cell: string, at: number): string =>
    at === 0 || others === 'words' ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0);
  return rows.map((row) => row.map(pad).join('  ').trimEnd());
}
