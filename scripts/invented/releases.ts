import { dateOfDay, dayNumber, yearOf } from './calendar.ts';
import { integerBetween, type Random } from './random.ts';

export interface Release {
  /** Full date, whatever the precision shown. */
  readonly releaseDate: string;
  readonly precision: 'year' | 'month' | 'day';
}

/** A record of the artist's first twenty years, more often an early one, out by `latest` at the last. */
export function drawRelease(random: Random, artist: { readonly debut: number }, latest: string): Release {
  const span = Math.max(0, Math.min(20, yearOf(latest) - artist.debut));
  const year = artist.debut + Math.floor(span * random() ** 1.8);
  const day = dayNumber(`${year}-01-01`) + integerBetween(random, 0, 364);
  const releaseDate = dateOfDay(Math.min(onFriday(day, year), dayNumber(latest)));
  return { releaseDate, precision: drawPrecision(random, yearOf(releaseDate)) };
}

/** Since 2015 records come out on Fridays (day 1 of the count, 1970-01-02, was one). */
function onFriday(day: number, year: number): number {
  return year < 2015 ? day : day - ((day - 1) % 7);
}

function drawPrecision(random: Random, year: number): Release['precision'] {
  const draw = random();
  const [onlyYear, onlyMonth] = year < 1990 ? [0.5, 0.07] : year < 2005 ? [0.18, 0.04] : [0.02, 0.01];
  if (draw < onlyYear) return 'year';
  return draw < onlyYear + onlyMonth ? 'month' : 'day';
}

/** The date as Spotify writes it: as much of it as is known. */
export function writtenDate({ releaseDate, precision }: Release): string {
  return releaseDate.slice(0, { year: 4, month: 7, day: 10 }[precision]);
}
