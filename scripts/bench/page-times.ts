/** Database time of one query in each round, in milliseconds, in both databases. */
export interface PageTimes {
  readonly name: string;
  readonly page: string;
  readonly many: readonly number[];
  readonly alone: readonly number[];
}

/** What is aimed at, in milliseconds; the first that fits a name holds. The list of a period is the time machine's work. */
const AIMS: readonly { readonly fits: RegExp; readonly milliseconds: number }[] = [
  { fits: /^time machine: .*\b(day|newest|timeline)/, milliseconds: 5 },
  { fits: /^time machine/, milliseconds: 50 },
  { fits: /./, milliseconds: 20 },
];
const MOST_GROWTH = 2;
/** Below this nobody can tell growth from noise. */
const UNFELT_MS = 0.5;

export const median = (numbers: readonly number[]): number =>
  numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;

/** A line for each page with what all its queries take together, and one for each query. */
export function printPageTimes(times: readonly PageTimes[]): string {
  const pages = [...new Set(times.map(({ page }) => page))];
  return pages
    .flatMap((page) => {
      const own = times.filter((time) => time.page === page);
      return [
        lineOf(page, sumOf(page, own)),
        ...own.map((time) => lineOf(`  ${time.name.slice(page.length + 2)}`, time)),
        '',
      ];
    })
    .join('\n');
}

/** A page's rounds, added up: the median of the sums, not the sum of medians. */
function sumOf(page: string, times: readonly PageTimes[]): PageTimes {
  const rounds = times[0]?.many ?? [];
  const total = (which: 'many' | 'alone') =>
    rounds.map((_, round) => times.reduce((sum, time) => sum + (time[which][round] ?? 0), 0));
  return { name: page, page, many: total('many'), alone: total('alone') };
}

function lineOf(label: string, { name, many, alone }: PageTimes): string {
  const [among, by] = [median(many), median(alone)];
  const aim = AIMS.find(({ fits }) => fits.test(name))?.milliseconds ?? Infinity;
  const missed = [
    ...(among > aim ? [`over ${aim} ms`] : []),
    ...(among > by * MOST_GROWTH && among > UNFELT_MS ? [`over ${MOST_GROWTH} ×`] : []),
  ];
  const numbers = [`${among.toFixed(2)} ms`, `${by.toFixed(2)} ms`, `${(among / by).toFixed(2)} ×`];
  const cells = numbers.map((cell) => cell.padStart(11)).join('');
  return `${label.padEnd(48)}${cells}  ${missed.join(', ')}`.trimEnd();
}
