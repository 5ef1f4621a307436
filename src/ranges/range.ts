import { isPlausibleDay, daysBefore, daysBetween } from '../calendar.ts';
import type { Period } from './period.ts';

export const SPANS = ['day', 'week', 'month', 'season', 'year', 'all'] as const;
export type Span = (typeof SPANS)[number];

/** What a page speaks of: a span of the calendar, or days of one's own choice. */
export interface Range extends Period {
  readonly span: Span | 'days';
}

/** One with a beginning and an end. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

/** The span of the calendar that holds a day. Weeks begin on Monday; seasons are December to February, and so on. */
export const rangeOn = (span: Span, day: string): Range =>
  span === 'all' ? { span, from: null, to: null } : { span, ...daysOn(span, day) };

function daysOn(span: Exclude<Span, 'all'>, day: string): Days {
  const from = firstDayOf(span, day);
  return { from, to: daysBefore(startAfter(span, from), 1) };
}

function firstDayOf(span: Exclude<Span, 'all'>, day: string): string {
  if (span === 'day') return day;
  if (span === 'week') return daysBefore(day, (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7);
  const months = monthsOf(day);
  if (span === 'month') return monthStart(months);
  return monthStart(span === 'year' ? months - (months % 12) : months - ((months + 1) % 3));
}

const MONTHS = { month: 1, season: 3, year: 12 } as const;

function startAfter(span: Exclude<Span, 'all'>, from: string, times = 1): string {
  if (span === 'day' || span === 'week') return daysBefore(from, (span === 'day' ? -1 : -7) * times);
  return monthStart(monthsOf(from) + MONTHS[span] * times);
}

/** Months since the year 0. */
const monthsOf = (day: string): number => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1;
const monthStart = (months: number): string =>
  `${String(Math.floor(months / 12)).padStart(4, '0')}-${String((months % 12) + 1).padStart(2, '0')}-01`;

/** The range just as long that comes before or after; null where there is none, or none in these times. */
export function rangeBeside({ span, from, to }: Range, steps: -1 | 1): (Range & Days) | null {
  if (from === null || to === null || span === 'all') return null;
  const days = daysBetween(from, to) + 1;
  const beside =
    span === 'days'
      ? { from: daysBefore(from, -days * steps), to: daysBefore(to, -days * steps) }
      : daysOn(span, startAfter(span, from, steps));
  return isPlausibleDay(beside.from) && isPlausibleDay(beside.to) ? { span, ...beside } : null;
}

/**
 * What a range is compared with: the one before; of a range that is not over, only as many days of it as have passed of
 * this one. Null where it has no beginning.
 */
export function rangeBefore(range: Range, today: string): Days | null {
  const { from } = range;
  if (from === null) return null;
  const to = range.to ?? (today > from ? today : from);
  const before = rangeBeside({ ...range, to }, -1);
  if (before === null || !holds({ from, to }, today)) return before;
  const soFar = daysBefore(before.from, -daysBetween(from, today));
  return { from: before.from, to: soFar < before.to ? soFar : before.to };
}

export const holds = ({ from, to }: Period, day: string): boolean =>
  (from === null || from <= day) && (to === null || day <= to);
