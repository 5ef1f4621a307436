import { isCalendarDate } from '../calendar.ts';

export type ReleaseDatePrecision = 'year' | 'month' | 'day';

export interface ReleaseDate {
  /** The first day of what is known: 1987-01-01 for the year 1987. */
  readonly date: string;
  readonly precision: ReleaseDatePrecision;
}

const PRECISIONS: readonly ReleaseDatePrecision[] = ['year', 'month', 'day'];

/** @param named counts if it is coarser than the date @returns null for impossible dates and Spotify's "0000" */
export function parseReleaseDate(text: string, named: string | null = null): ReleaseDate | null {
  const match = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(text);
  if (!match) return null;
  const parts = match.slice(1).filter((part) => part !== undefined);
  if (parts[0] === '0000' || !isCalendarDate(firstDayOf(parts))) return null;
  const said = PRECISIONS.findIndex((precision) => precision === named) + 1;
  const known = said === 0 ? parts : parts.slice(0, said);
  return { date: firstDayOf(known), precision: PRECISIONS[known.length - 1] ?? 'day' };
}

const firstDayOf = ([year = '', month = '01', day = '01']: readonly string[]): string =>
  `${year}-${month}-${day}`;
