/** Database time of one query in each round, in milliseconds, in both databases. */
export interface QueryTimes {
  readonly name: string;
  readonly many: readonly number[];
  readonly alone: readonly number[];
}

/** What a visit is to take at most, in milliseconds; the period of a time machine adds up whole years. */
const AIM_MS = 20;
const AIMS_MS: Readonly<Record<string, number>> = { 'time machine, a year': 50 };
const MOST_GROWTH = 2;
/** Below this nobody can tell growth from noise. */
const UNFELT_MS = 0.5;

export const median = (numbers: readonly number[]): number =>
  numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;

/** A line for the visit with what all its queries take together, and one for each of them. */
export function printVisit(visit: string, times: readonly QueryTimes[]): string {
  const fastest = (which: 'many' | 'alone') => [
    times.reduce((sum, time) => sum + Math.min(...time[which]), 0),
  ];
  const whole = { name: visit, many: fastest('many'), alone: fastest('alone') };
  const lines = times.map((time) => lineOf(`  ${time.name}`, time));
  return [lineOf(visit, whole, AIMS_MS[visit] ?? AIM_MS), ...(times.length > 1 ? lines : []), ''].join('\n');
}

function lineOf(label: string, { many, alone }: QueryTimes, aim = Infinity): string {
  // The fastest round: whatever else the machine does only adds.
  const [among, by] = [Math.min(...many), Math.min(...alone)];
  const missed = [
    ...(among > aim ? [`over ${aim} ms`] : []),
    ...(aim < Infinity && among > by * MOST_GROWTH && among > UNFELT_MS ? [`over ${MOST_GROWTH} ×`] : []),
  ];
  const numbers = [`${among.toFixed(2)} ms`, `${by.toFixed(2)} ms`, `${(among / by).toFixed(2)} ×`];
  const cells = numbers.map((cell) => cell.padStart(11)).join('');
  return `${label.padEnd(48)}${cells}  ${missed.join(', ')}`.trimEnd();
}
