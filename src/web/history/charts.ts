import { daysBefore, daysBetween } from '../../calendar.ts';
import type { ChartData } from '../../figures/charts.ts';
import type { DayCount } from '../../listening/days.ts';
import type { Play, PlayGap } from '../../plays/history.ts';
import type { Period } from '../../ranges/period.ts';
import type { TimeRange } from '../../spotify/top-tracks.ts';
import { chartTable, type Chart } from '../page/findings.ts';
import { formatDate, formatMonth, formatNumber, formatPercent, plural } from '../page/format.ts';

const hourName = (hour: number): string => `${String(hour % 24).padStart(2, '0')}:00`;

export const hourLabels = (hours: readonly { hour: number; plays: number }[]): ChartData => ({
  labels: hours.map(({ hour }) => hourName(hour)),
  data: hours.map(({ plays }) => plays),
});

export const labelled = (days: readonly DayCount[]): ChartData => ({
  labels: days.map(({ day }) => day),
  data: days.map(({ plays }) => plays),
});

const sum = (counts: readonly { plays: number }[]): number =>
  counts.reduce((total, { plays }) => total + plays, 0);
const most = <Count extends { plays: number }>(counts: readonly Count[]): Count | undefined =>
  counts.reduce<Count | undefined>((best, one) => (best && best.plays >= one.plays ? best : one), undefined);

export function hoursChart(hours: readonly { hour: number; plays: number }[]): Chart {
  const [total, best] = [sum(hours), most(hours)];
  const series = total > 0 ? [{ name: 'Plays', ...hourLabels(hours) }] : [];
  return {
    id: 'plays-by-hour',
    kind: 'strip',
    heading: 'By the hour',
    finding:
      best && total > 0
        ? `Most between ${hourName(best.hour)} and ${hourName(best.hour + 1)}: ${formatNumber(best.plays)} of ${plural(total, 'play')} (${formatPercent(best.plays, total)}).`
        : 'There are no plays in this time.',
    note: 'In your time zone.',
    series,
    table: chartTable(series, 'Hour'),
  };
}

/** More columns than this say nothing on a phone: months do then. */
const MOST_DAYS = 70;

/** Every day, silent ones included; every month where the period is long. */
export function daysChart(counts: readonly DayCount[], period: Period, today: string): Chart {
  const [total, best] = [sum(counts), most(counts)];
  const [first, last] = [counts[0]?.day, counts.at(-1)?.day];
  const from = first === undefined ? today : (period.from ?? first);
  const to = last === undefined ? today : earlier(period.to ?? later(today, last), later(today, last));
  const length = Math.max(1, daysBetween(from, to) + 1);
  const byDay = length <= MOST_DAYS;
  const columns = byDay ? everyDay(counts, from, length) : everyMonth(counts);
  const series = total > 0 ? [{ name: 'Plays', ...columns }] : [];
  return {
    id: 'plays-by-day',
    kind: 'strip',
    heading: byDay ? 'Day by day' : 'Month by month',
    finding:
      best && total > 0
        ? `${plural(total, 'play')} on ${formatNumber(counts.length)} of ${plural(length, 'day')}, the most on ${formatDate(best.day)}: ${formatNumber(best.plays)}.`
        : 'There are no plays in this time.',
    note: 'Days follow your time zone. When the clocks change, a day has 23 or 25 hours.',
    series,
    table: chartTable(series, byDay ? 'Day' : 'Month'),
  };
}

const later = (one: string, other: string): string => (one > other ? one : other);
const earlier = (one: string, other: string): string => (one < other ? one : other);

function everyDay(counts: readonly DayCount[], from: string, length: number): ChartData {
  const plays = new Map(counts.map((one) => [one.day, one.plays]));
  const days = Array.from({ length }, (_, index) => daysBefore(from, -index));
  return { labels: days.map((day) => formatDate(day)), data: days.map((day) => plays.get(day) ?? 0) };
}

/** More columns than fifty years of months are drawn by nobody: only those with plays then. */
const MOST_MONTHS = 600;

/** Months without a play in between are columns of nothing. They are counted, so that no date is without an end. */
function everyMonth(counts: readonly DayCount[]): ChartData {
  const plays = new Map<number, number>();
  const [first, last] = [counts[0], counts.at(-1)].map((one) => monthNumber(one?.day ?? ''));
  const span = (last ?? 0) - (first ?? 0) + 1;
  const months = span <= MOST_MONTHS ? span : 0;
  for (let n = 0; n < months; n += 1) plays.set((first ?? 0) + n, 0);
  for (const one of counts) {
    const month = monthNumber(one.day);
    plays.set(month, (plays.get(month) ?? 0) + one.plays);
  }
  const named = [...plays.keys()].map((month) => formatMonth(`${writtenMonth(month)}-01`));
  return { labels: named, data: [...plays.values()] };
}

/** Months since the year 0. */
const monthNumber = (day: string): number => {
  const [year = '0', month = '1'] = day.split('-');
  return Number(year) * 12 + Number(month) - 1;
};
const writtenMonth = (month: number): string =>
  `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`;

/** The one of Spotify's three lists that looks back about as far as a period is long. */
export function timeRangeBeside({ from, to }: Period, today: string): TimeRange {
  const days = from === null ? Infinity : daysBetween(from, to ?? today) + 1;
  if (days <= 60) return 'short_term';
  return days <= 270 ? 'medium_term' : 'long_term';
}

export interface PlayedDay {
  readonly day: string;
  /** `gap`: between this play and the one below there may have been more. */
  readonly plays: readonly { readonly play: Play; readonly gap: PlayGap | null }[];
}

/** A page of plays under their days, each possible gap below the play it ends with. */
export function groupByDay(plays: readonly Play[], gaps: readonly PlayGap[]): PlayedDay[] {
  const days = new Map<string, { play: Play; gap: PlayGap | null }[]>();
  plays.forEach((play, index) => {
    const below = plays[index + 1];
    const gap = gaps.find(
      ({ after_played_at: after, before_played_at: before }) =>
        before <= play.played_at && (below === undefined ? after < play.played_at : below.played_at <= after),
    );
    days.set(play.day, [...(days.get(play.day) ?? []), { play, gap: gap ?? null }]);
  });
  return [...days].map(([day, entries]) => ({ day, plays: entries }));
}
