import { shortMonth } from '../../calendar.ts';
import type { PlayedTimes } from '../../listening/played-times.ts';
import { dayTime, monthTime, yearTime, type ChosenTime } from '../../snapshots/chosen-time.ts';
import type { MonthDensity } from '../../snapshots/timeline.ts';

/** A year, a month or a day to pick; without snapshots and plays it is shown and leads nowhere. */
export interface Pick {
  readonly time: ChosenTime;
  /** As it stands in the picker: "2024", "Mar", "14". */
  readonly label: string;
  /** null: some, which nobody counted. */
  readonly snapshots: number | null;
  /** 0 to 4: none, one or two, less than ten, less than twenty, more. */
  readonly density: number;
  readonly isPlayed?: boolean;
}

/** The years with plays among them, in order. */
export function withPlayedYears(picks: readonly Pick[], { years }: PlayedTimes): Pick[] {
  const others = years.filter((year) => picks.every(({ label }) => label !== year));
  return [...picks, ...others.map(playedYearPick)].toSorted((one, other) =>
    one.label < other.label ? -1 : 1,
  );
}

export const playedYearPick = (year: string): Pick => ({
  time: yearTime(`${year}-01-01`),
  label: year,
  snapshots: 0,
  density: 0,
  isPlayed: true,
});

/** Months or days, each with whether anything was played then. */
export const withPlayed = (picks: readonly Pick[], played: readonly string[]): Pick[] =>
  picks.map((pick) => ({ ...pick, isPlayed: played.includes(pick.time.id) }));

/** A year of the timeline with its twelve months, or some years in which nothing was kept. */
export type TimelineRow =
  | { readonly kind: 'year'; readonly year: Pick; readonly months: readonly Pick[] }
  | { readonly kind: 'gap'; readonly from: string; readonly to: string };

/** Every year from the first to the last, newest on top, so that gaps are seen. */
export function timelineRows(months: readonly MonthDensity[]): TimelineRow[] {
  const years = [...new Set(months.map(({ month }) => month.slice(0, 4)))].toReversed();
  return years.flatMap((year, index): TimelineRow[] => {
    const next = years[index + 1];
    const row: TimelineRow = { kind: 'year', year: yearPick(year, months), months: monthPicks(year, months) };
    if (next === undefined || Number(year) - Number(next) === 1) return [row];
    return [row, { kind: 'gap', from: padded(Number(next) + 1), to: padded(Number(year) - 1) }];
  });
}

/** Years (`YYYY`) in which something was kept. */
export const yearPicks = (years: readonly string[]): Pick[] =>
  years.map((year) => ({ time: yearTime(`${year}-01-01`), label: year, snapshots: null, density: 1 }));

/** The twelve months of a year (`YYYY`). */
export function monthPicks(year: string, months: readonly MonthDensity[]): Pick[] {
  return Array.from({ length: 12 }, (_, index) => {
    const first = `${year}-${String(index + 1).padStart(2, '0')}-01`;
    const label = shortMonth(first);
    const snapshots = months.find(({ month }) => month === first)?.snapshots ?? 0;
    return { time: monthTime(first), label, snapshots, density: densityOf(snapshots) };
  });
}

const densityOf = (snapshots: number): number => [1, 3, 10, 20].filter((step) => snapshots >= step).length;

/** All days of a month; those in `kept` have a snapshot. */
export function dayPicks(month: ChosenTime, kept: readonly string[]): Pick[] {
  return Array.from({ length: Number(month.to.slice(8)) }, (_, index) => {
    const date = month.from.slice(0, 8) + String(index + 1).padStart(2, '0');
    const snapshots = kept.includes(date) ? 1 : 0;
    return { time: dayTime(date), label: String(index + 1), snapshots, density: snapshots };
  });
}

function yearPick(year: string, months: readonly MonthDensity[]): Pick {
  const snapshots = months
    .filter(({ month }) => month.startsWith(`${year}-`))
    .reduce((sum, month) => sum + month.snapshots, 0);
  return { time: yearTime(`${year}-01-01`), label: year, snapshots, density: snapshots > 0 ? 1 : 0 };
}

const padded = (year: number): string => String(year).padStart(4, '0');

/** Snapshots a month over the years in which any were kept, as a chart: gaps are zeros. */
export function timelineChart(months: readonly MonthDensity[]): { labels: string[]; data: number[] } {
  const years = [...new Set(months.map(({ month }) => month.slice(0, 4)))];
  const picks = years.flatMap((year) => monthPicks(year, months));
  const [first, last] = [months[0]?.month ?? '', months.at(-1)?.month ?? ''];
  const within = picks.filter(({ time }) => time.from >= first && time.from <= last);
  return { labels: within.map(({ time }) => time.id), data: within.map(({ snapshots }) => snapshots ?? 0) };
}
