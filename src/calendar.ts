/** True for a `YYYY-MM-DD` that stands in the calendar. (JavaScript lets the 30th of February pass as the 1st of March.) */
export function isCalendarDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** Music that can have been listened to: what a file dates outside of these years would be drawn year by year. */
export const [FIRST_YEAR, LAST_YEAR] = [1900, 2199];

/** @param text begins with its year in four digits */
export function isPlausibleDay(text: string): boolean {
  const year = Number(text.slice(0, 4));
  return year >= FIRST_YEAR && year <= LAST_YEAR;
}

/** The last day of the month of a `YYYY-MM-DD` or `YYYY-MM`. */
export const lastDayOfMonth = (date: string): string => shiftMonth(date, 1, 0).slice(0, 10);

/** The `YYYY-MM` after one. */
export const monthAfter = (month: string): string => shiftMonth(month, 1, 1).slice(0, 7);

function shiftMonth(date: string, months: number, day: number): string {
  const shifted = new Date(`${date.slice(0, 7)}-01T00:00:00Z`);
  shifted.setUTCMonth(shifted.getUTCMonth() + months, day);
  return shifted.toISOString();
}

const LOCALE = 'en-GB';
/** Making one of these costs more than everything else a date on a page does. */
const clocks = new Map<string, Intl.DateTimeFormat>();

/** A `YYYY-MM-DD…`, or an instant as a clock in the time zone shows it. */
export function inEnglish(value: string | Date, parts: Intl.DateTimeFormatOptions, timeZone: string): string {
  const plainDate = typeof value === 'string';
  const instant = plainDate ? new Date(`${value.slice(0, 10)}T00:00:00Z`) : value;
  if (Number.isNaN(instant.getTime())) return 'unknown date';
  return clock(parts, plainDate ? 'UTC' : timeZone).format(instant);
}

function clock(parts: Intl.DateTimeFormatOptions, timeZone: string): Intl.DateTimeFormat {
  const key = `${timeZone} ${Object.keys(parts).join(' ')}`;
  const known = clocks.get(key) ?? new Intl.DateTimeFormat(LOCALE, { ...parts, timeZone });
  clocks.set(key, known);
  return known;
}

/** "14 March 2024" of a `YYYY-MM-DD` or an instant; an instant is read in the time zone given. */
export const formatDate = (value: string | Date, timeZone = 'UTC'): string =>
  inEnglish(value, { day: 'numeric', month: 'long', year: 'numeric' }, timeZone);

/** "March 2024". */
export const formatMonth = (value: string | Date, timeZone = 'UTC'): string =>
  inEnglish(value, { month: 'long', year: 'numeric' }, timeZone);
