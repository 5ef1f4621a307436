import { alignColumns } from '../../print.ts';
import type { Way } from './ways.ts';

/** At most how many times pgloader's best way to the same end the first move should take. */
const AIM_BESIDE_PGLOADER = 0.95;

const HEADINGS = [
  'way',
  'seconds',
  'to the floor',
  'aim',
  'CPU seconds',
  'to the floor',
  'client MB',
  'bytes grown',
];

/** The ways as a table; the first is the floor that the others are held against. */
export function printTable(ways: readonly Way[]): string {
  const floor = ways[0];
  const lines = ways.map(({ name, seconds, cpuSeconds, megabytes, grownBytes, aim }) => {
    const ratio = seconds / (floor?.seconds ?? 1);
    return [
      name,
      seconds.toFixed(1),
      ratio.toFixed(2),
      aim === null ? '' : `≤ ${aim.toFixed(2)} ${verdict(ratio, aim)}`,
      cpuSeconds?.toFixed(1) ?? '',
      cpuSeconds === null ? '' : (cpuSeconds / (floor?.cpuSeconds ?? cpuSeconds)).toFixed(2),
      megabytes === null ? '' : String(Math.round(megabytes)),
      grownBytes === null ? '' : String(grownBytes),
    ];
  });
  return alignColumns([HEADINGS, ...lines]).join('\n');
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
