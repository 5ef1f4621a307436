import { daysBefore, daysBetween, shortMonth } from '../../calendar.ts';
import type { DayCount } from '../../listening/days.ts';
import { formatDate, formatMonth, formatNumber, plural } from '../page/format.ts';
import { sum } from '../../sum.ts';

/** One day as a square, from the top (Monday first). */
interface CalendarDay {
  readonly weekday: number;
  /** 0: silence, to 4: among the fullest. */
  readonly level: number;
  readonly words: string;
}

export interface Calendar {
  readonly finding: string;
  /** From the left. */
  readonly weeks: readonly (readonly CalendarDay[])[];
  /** Where a month begins, in weeks from the left. */
  readonly months: readonly { readonly week: number; readonly label: string }[];
  /** The same as a table: each month, its plays, its days with plays, its fullest day. */
  readonly rows: readonly (readonly string[])[];
}

const WEEKS = 53;
const LEVELS = 4;

/** Whole weeks, the last of which holds the given day. */
export function calendarYear(lastDay: string): { from: string; to: string } {
  const weekday = weekdayOf(lastDay);
  return { from: daysBefore(lastDay, weekday + 7 * (WEEKS - 1)), to: lastDay };
}

const weekdayOf = (day: string): number => (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;

export function drawCalendar(counts: readonly DayCount[], from: string, today: string): Calendar {
  const level = playLevels(counts);
  const plays = new Map(counts.map((one) => [one.day, one.plays]));
  const length = Math.max(0, Math.min(7 * WEEKS, daysBetween(from, today) + 1));
  const days = Array.from({ length }, (_, index) => daysBefore(from, -index));
  return {
    finding: finding(counts, length),
    weeks: Array.from({ length: Math.ceil(length / 7) }, (_, week) =>
      days.slice(7 * week, 7 * week + 7).map((day, weekday) => ({
        weekday,
        level: level(plays.get(day) ?? 0),
        words: `${formatDate(day)}: ${plural(plays.get(day) ?? 0, 'play')}`,
      })),
    ),
    months: days.flatMap((day, index) =>
      day.endsWith('-01') ? [{ week: Math.ceil(index / 7), label: shortMonth(day) }] : [],
    ),
    rows: monthRows(counts),
  };
}

/** A quarter of what has plays in each: so that a year of few plays is as telling as one of many. */
export function playLevels(counts: readonly { readonly plays: number }[]): (plays: number) => number {
  const sorted = counts.map(({ plays }) => plays).toSorted((one, other) => one - other);
  const bounds = Array.from(
    { length: LEVELS - 1 },
    (_, n) => sorted[Math.floor(((n + 1) * sorted.length) / LEVELS)],
  );
  return (plays) =>
    plays === 0 ? 0 : 1 + bounds.filter((bound) => bound !== undefined && plays >= bound).length;
}

function finding(counts: readonly DayCount[], length: number): string {
  const best = counts.toSorted((one, other) => other.plays - one.plays)[0];
  if (best === undefined) return 'There are no plays in this year.';
  return `Plays on ${formatNumber(counts.length)} of ${plural(length, 'day')}, the most on ${formatDate(best.day)}: ${formatNumber(best.plays)}.`;
}

function monthRows(counts: readonly DayCount[]): string[][] {
  const months = [...new Set(counts.map(({ day }) => day.slice(0, 7)))];
  return months.map((month) => {
    const plays = counts.filter(({ day }) => day.startsWith(month)).map((one) => one.plays);
    const total = sum(plays);
    return [formatMonth(`${month}-01`), ...[total, plays.length, Math.max(...plays)].map(formatNumber)];
  });
}
