import { LOCALE } from './words.ts';

/** JavaScript turns 30 February into 1 March. */
export function isCalendarDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** Charts would draw every year of a file's impossible dates. */
export const [FIRST_YEAR, LAST_YEAR] = [1900, 2199];

export function isPlausibleDay(text: string): boolean {
  const year = Number(text.slice(0, 4));
  return year >= FIRST_YEAR && year <= LAST_YEAR;
}

export const lastDayOfMonth = (date: string): string => shiftMonth(date, 1, 0).slice(0, 10);

export const monthAfter = (month: string): string => shiftMonth(month, 1, 1).slice(0, 7);

function shiftMonth(date: string, months: number, day: number): string {
  const shifted = new Date(`${date.slice(0, 7)}-01T00:00:00Z`);
  shifted.setUTCMonth(shifted.getUTCMonth() + months, day);
  return shifted.toISOString();
}

/** All that tells one format of a time zone from another. */
type DateParts = Pick<Intl.DateTimeFormatOptions, 'weekday' | 'day' | 'month' | 'year' | 'hour' | 'minute'>;

/** Creating a format costs a hundred times as much as using it. */
const clocks = new Map<string, Intl.DateTimeFormat>();

/** @param value `YYYY-MM-DD…`, or an instant shown in the time zone */
export function dateWords(value: string | Date, parts: DateParts, timeZone: string): string {
  const plainDate = typeof value === 'string';
  const instant = plainDate ? new Date(`${value.slice(0, 10)}T00:00:00Z`) : value;
  if (Number.isNaN(instant.getTime())) return 'unknown date';
  return clock(parts, plainDate ? 'UTC' : timeZone).format(instant);
}

function clock(parts: DateParts, timeZone: string): Intl.DateTimeFormat {
  const { weekday, day, month, year, hour, minute } = parts;
  const key = `${timeZone} ${weekday} ${day} ${month} ${year} ${hour} ${minute}`;
  const known = clocks.get(key) ?? new Intl.DateTimeFormat(LOCALE, { ...parts, timeZone });
  clocks.set(key, known);
  return known;
}

export const formatDate = (value: string | Date, timeZone = 'UTC'): string =>
  dateWords(value, { day: 'numeric', month: 'long', year: 'numeric' }, timeZone);

/** "Mar": a name for a narrow place. */
export const shortMonth = (value: string): string => dateWords(value, { month: 'short' }, 'UTC');

/** "March". */
export const monthName = (value: string): string => dateWords(value, { month: 'long' }, 'UTC');

/** "14 March". */
export const dayOfYear = (value: string): string =>
  dateWords(value, { day: 'numeric', month: 'long' }, 'UTC');

export const formatMonth = (value: string | Date, timeZone = 'UTC'): string =>
  dateWords(value, { month: 'long', year: 'numeric' }, timeZone);

export const daysBetween = (from: string, to: string): number =>
  Math.round((instantOf(to) - instantOf(from)) / 86_400_000);

export function daysBefore(date: string, days: number): string {
  const day = new Date(instantOf(date));
  day.setUTCDate(day.getUTCDate() - days);
  return day.toISOString().slice(0, 10);
}

const calendars = new Map<string, Intl.DateTimeFormat>();

export function dayIn(timeZone: string, instant = new Date()): string {
  const known =
    calendars.get(timeZone) ??
    new Intl.DateTimeFormat('en', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  calendars.set(timeZone, known);
  const parts = known.formatToParts(instant);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}`;
}

const instantOf = (date: string): number => new Date(`${date}T00:00:00Z`).getTime();
