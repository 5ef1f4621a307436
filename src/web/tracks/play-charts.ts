import type { PlayedMonth } from '../../listening/played-months.ts';
import { facts, formatMonth, formatNumber, playsWords, playTimeWords, plural } from '../page/helpers.ts';
import type { Chart } from '../page/findings.ts';

/** Fifty years. Of a longer time only the months with plays are drawn. */
const MOST_MONTHS = 600;

/** Draws months without plays too; the table leaves them out. */
export function playsChart(months: readonly PlayedMonth[]): Chart {
  const series = months.length > 0 ? [{ name: 'Plays', ...drawMonths(months) }] : [];
  return {
    id: 'plays-by-month',
    kind: 'strip',
    heading: 'Month by month',
    finding: finding(months),
    note: 'Months follow your time zone.',
    series,
    table: {
      head: ['Month', 'Plays', 'Listened'],
      rows: months.map((month) => [
        nameOf(month.month),
        formatNumber(month.plays),
        playTimeWords(month) ?? 'not known',
      ]),
    },
  };
}

function finding(months: readonly PlayedMonth[]): string {
  if (months.length === 0) return 'There are no plays.';
  const best = months.reduce((most, one) => (one.plays > most.plays ? one : most));
  const time = playTimeWords(best);
  return `Played in ${plural(months.length, 'month')}, most in ${nameOf(best.month)}: ${facts(playsWords(best), time)}.`;
}

const nameOf = (month: string): string => formatMonth(`${month}-01`);

export function drawMonths(months: readonly PlayedMonth[]): { labels: string[]; data: number[] } {
  const plays = new Map(months.map((month) => [month.month, month.plays]));
  const [first, last] = [months[0], months.at(-1)];
  const every = first && last ? everyMonth(first.month, last.month) : [];
  const labels = every ?? [...plays.keys()];
  return { labels: labels.map(nameOf), data: labels.map((month) => plays.get(month) ?? 0) };
}

/** Null if there are too many. */
function everyMonth(first: string, last: string): string[] | null {
  const [from, to] = [numberOf(first), numberOf(last)];
  if (to - from >= MOST_MONTHS) return null;
  return Array.from({ length: to - from + 1 }, (_, at) => writtenMonth(from + at));
}

/** Months since the year 0. */
function numberOf(month: string): number {
  const [year = '', number = ''] = month.split('-');
  return Number(year) * 12 + Number(number) - 1;
}
const writtenMonth = (month: number): string =>
  `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`;
