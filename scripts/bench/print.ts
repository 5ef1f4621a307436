import type { Way } from './ways.ts';

/** The ways as a table; the first is the floor that the others are held against. */
export function printTable(ways: readonly Way[]): string {
  const floor = ways[0]?.seconds ?? 1;
  const lines = ways.map(({ name, seconds, megabytes, grownBytes }) => [
    name,
    seconds.toFixed(1),
    (seconds / floor).toFixed(2),
    megabytes === null ? '' : String(Math.round(megabytes)),
    grownBytes === null ? '' : String(grownBytes),
  ]);
  const table = [['way', 'seconds', 'to the floor', 'client MB', 'bytes grown'], ...lines];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  return table
    .map((line) =>
      line
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  '),
    )
    .join('\n');
}
