import { isCalendarDate } from '../calendar.ts';

export type ReleaseDatePrecision = 'year' | 'month' | 'day';

export interface ReleaseDate {
  /** The first day of what is known: 1987-01-01 for the year 1987. */
  readonly date: string;
  readonly precision: ReleaseDatePrecision;
}

const PRECISIONS: readonly ReleaseDatePrecision[] = ['year', 'month', 'day'];

/**
 * Reads a release date as Spotify writes it: `1987`, `1987-03` or `1987-03-14`.
 * @returns null for anything else, days that do not exist and the year 0000 (Spotify's "unknown") included
 */
export function parseReleaseDate(text: string): ReleaseDate | null {
  const match = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(text);
  if (!match) return null;
  const [, year = '', month = '01', day = '01'] = match;
  const precision = PRECISIONS[text.split('-').length - 1] ?? 'day';
  const date = `${year}-${month}-${day}`;
  return year !== '0000' && isCalendarDate(date) ? { date, precision } : null;
}
