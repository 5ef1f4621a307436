import type { Way } from './ways.ts';

/** At most how many times pgloader's best way to the same end the first move should take. */
const AIM_BESIDE_PGLOADER = 0.95;

/** The ways as a table; the first is the floor that the others are held against. */
export function printTable(ways: readonly Way[]): string {
  const floor = ways[0]?.seconds ?? 1;
  const lines = ways.map(({ name, seconds, megabytes, grownBytes, aim }) => [
    name,
    seconds.toFixed(1),
    (seconds / floor).toFixed(2),
    aim === null ? '' : `≤ ${aim.toFixed(2)} ${verdict(seconds / floor, aim)}`,
    megabytes === null ? '' : String(Math.round(megabytes)),
    grownBytes === null ? '' : String(grownBytes),
  ]);
  const table = [['way', 'seconds', 'to the floor', 'aim', 'client MB', 'bytes grown'], ...lines];
  const widths = [0, 1, 2, 3, 4, 5].map((column) =>
    Math.max(...table.map((line) => line[column]?.length ?? 0)),
  );
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

const verdict = (ratio: number, aim: number): string => (ratio <= aim ? 'met' : 'missed');

/** The first move beside pgloader, to the same end and beside pgloader alone; null where it was not measured. */
export function comparePgloader(ways: readonly Way[]): string | null {
  const [whole, alone] = ways.filter(({ name }) => name.startsWith('pgloader'));
  const move = ways.find(({ name }) => name.includes('empty target'));
  if (!whole || !alone || !move) return null;
  const [ratio, besideAlone] = [move.seconds / whole.seconds, move.seconds / alone.seconds];
  return `migrate:sqlite, empty target, to pgloader with the same end: ${ratio.toFixed(2)} \
(aim ≤ ${AIM_BESIDE_PGLOADER} ${verdict(ratio, AIM_BESIDE_PGLOADER)}); to pgloader alone, which derives nothing: ${besideAlone.toFixed(2)}.`;
}
