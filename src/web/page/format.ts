import { dateWords, dayOfYear, formatDate, formatMonth, monthName } from '../../calendar.ts';
import { KEYS } from '../../mood/charts.ts';
import { facts, grouped, LOCALE, plural } from '../../words.ts';

export { dayOfYear, facts, formatDate, formatMonth, grouped as formatNumber, LOCALE, monthName, plural };

const FEATURE = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const MEASURE = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 1 });

/** A share as "36%"; "0%" of nothing. Neither a little nor all but a little is rounded to nothing or all. */
export function formatPercent(part: number, whole: number): string {
  if (part <= 0 || whole <= 0) return '0%';
  const percent = (part / whole) * 100;
  if (percent < 1) return 'under 1%';
  return percent > 99 && part < whole ? 'over 99%' : `${grouped(percent)}%`;
}

/** An audio feature, which runs from 0 to 1: "0.65"; "not known" for null. */
export const formatFeature = (value: number | null): string =>
  value === null ? 'not known' : FEATURE.format(value);

/** A likeness from 0 to 1 as "94%"; only what is the same is 100%. */
export const formatScore = (score: number): string =>
  `${Math.min(Math.round(score * 100), score < 1 ? 99 : 100)}%`;

/** A pitch class, 0 to 11, by its name; "not known" for null. */
export const formatKey = (key: number | null): string => (key === null ? null : KEYS[key]) ?? 'not known';

/** A number with its unit, at most one decimal: "123.5 BPM", "−6.2 dB"; "not known" for null. */
export const formatMeasure = (value: number | null, unit: string): string =>
  value === null ? 'not known' : `${MEASURE.format(value).replace('-', '−')} ${unit}`;

/** A release date as far as it is known: "14 March 1987", "March 1987" or "1987". */
export function formatReleaseDate(date: string, precision: 'year' | 'month' | 'day' | null): string {
  if (precision === 'year') return String(Number(date.slice(0, 4)));
  return precision === 'month' ? formatMonth(date) : formatDate(date);
}

/** "2 May 2020 to 3 June 2024"; one day stands once. */
export function formatDays(first: string | Date, last: string | Date, timeZone = 'UTC'): string {
  const [from, to] = [formatDate(first, timeZone), formatDate(last, timeZone)];
  return from === to ? from : `${from} to ${to}`;
}

/** "21 November 2026 at 14:05". */
export function formatInstant(instant: Date, timeZone = 'UTC'): string {
  const parts = {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  } as const;
  return dateWords(instant, parts, timeZone);
}

/** "14:05". */
export const formatTime = (instant: Date, timeZone = 'UTC'): string =>
  dateWords(instant, { hour: '2-digit', minute: '2-digit' }, timeZone);

/** How long work took: "under a second", "12 seconds", "3 minutes 5 seconds". */
export function formatSeconds(seconds: number): string {
  if (seconds < 1) return 'under a second';
  const whole = Math.round(seconds);
  if (whole < 60) return plural(whole, 'second');
  const [minutes, rest] = [plural(Math.floor(whole / 60), 'minute'), whole % 60];
  return rest > 0 ? `${minutes} ${plural(rest, 'second')}` : minutes;
}

/** "1,664 of 1,872 tracks have audio features". */
export function coverage(known: number, total: number, have: string): string {
  if (total === 1) return `${known} of 1 track has ${have}`;
  return `${grouped(known)} of ${plural(total, 'track')} have ${have}`;
}

/** "3:05", "1:02:09". */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const tail = String(seconds % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}

/** What a track is called where its name may not be known. */
export const titleOf = (name: string | null): string =>
  name === null || name.trim() === '' ? 'Untitled' : name;

/**
 * A track's name as a headline and what is set smaller after it: "Numb" and " - Live at Wembley". The two put
 * together are the name again, character for character.
 */
export function splitTitle(name: string | null): { main: string; rest: string } {
  const whole = titleOf(name);
  const at = whole.slice(1).search(/\s+(?:[([（［]|[-–—~]\s)|[（［【]/u) + 1;
  return at > 0 ? { main: whole.slice(0, at), rest: whole.slice(at) } : { main: whole, rest: '' };
}

/** Letters that fill a square: Chinese, Japanese, Korean. */
const WIDE = /[\u2E80-\uFFEF]/g;

/** Which of three sizes a headline is set in, so that a long name stays a headline and not a page. */
export function headlineSize(text: string): 'short' | 'medium' | 'long' {
  const width = text.length + (text.match(WIDE)?.length ?? 0);
  if (width <= 14) return 'short';
  return width <= 34 ? 'medium' : 'long';
}

const PERMISSIONS: Readonly<Record<string, string>> = {
  'user-top-read': 'reading your top tracks',
  'user-read-recently-played': 'reading your recent plays',
  'user-read-private': 'reading your name and country',
  'user-read-email': 'reading your email address',
  'user-library-read': 'reading your library',
  'playlist-read-private': 'reading your private playlists',
  'playlist-modify-private': 'making private playlists',
  'playlist-modify-public': 'making public playlists',
};

/** What Spotify's scope names allow, in words; a name not known here stays as it is. */
export const permissionWords = (scope: string): string =>
  scope
    .split(' ')
    .filter((name) => name !== '')
    .map((name) => PERMISSIONS[name] ?? name)
    .join(', ');
