import type { JsonObject } from '../read/parse-row.ts';
import {
  instantSince1970,
  keyOf,
  noTrack,
  objectOf,
  playStartingAt,
  textOf,
  Unreadable,
  short,
  type Judged,
  type LeftOut,
  type RowFormat,
} from './values.ts';

const STILL_PLAYING: LeftOut = {
  bucket: 'not a play',
  reason: 'it was still playing when the file was made',
};

interface Scrobble {
  readonly artist: unknown;
  readonly album: unknown;
  readonly track: unknown;
  readonly startedAt: number;
  readonly precision: 'second' | 'minute';
}

function judge({ artist, album, track, startedAt, precision }: Scrobble): Judged {
  const [artistName, trackName] = [textOf(artist), textOf(track)];
  if (artistName === null || trackName === null) return noTrack();
  return playStartingAt(startedAt, {
    precision,
    trackName,
    artistName,
    albumName: textOf(album),
    key: keyOf('lastfm', startedAt / 1000, artistName, trackName),
  });
}

/** Pages of Last.fm's own API, as lastfm.ghan.nl writes them. */
export const lastfmPages: RowFormat = {
  name: 'lastfm',
  isRow: (row) => objectOf(row.artist)?.['#text'] !== undefined && 'name' in row,
  judge(row, { now }) {
    const date = objectOf(row.date);
    if (date === null) return STILL_PLAYING;
    return judge({
      artist: objectOf(row.artist)?.['#text'],
      album: objectOf(row.album)?.['#text'],
      track: row.name,
      startedAt: instantSince1970(date.uts, 1000, now),
      precision: 'second',
    });
  },
};

/** lastfmstats.com, as JSON and as CSV: milliseconds. */
export const lastfmstats: RowFormat = {
  name: 'lastfm',
  isRow: (row) => typeof row.artist === 'string' && typeof row.track === 'string' && 'date' in row,
  judge(row, { now }) {
    if (isEmpty(row.date)) return STILL_PLAYING;
    return judge({ ...named(row), startedAt: instantSince1970(row.date, 1, now), precision: 'second' });
  },
};

/** lastfm.ghan.nl as CSV: Unix seconds. */
export const lastfmTable: RowFormat = {
  name: 'lastfm',
  isRow: (row) => 'uts' in row,
  judge(row, { now }) {
    if (isEmpty(row.uts)) return STILL_PLAYING;
    return judge({ ...named(row), startedAt: instantSince1970(row.uts, 1000, now), precision: 'second' });
  },
};

/** lastfm-to-csv: four columns without a header, dates in English. */
export const lastfmWords: RowFormat = {
  name: 'lastfm',
  isRow: (row) => typeof row.date === 'string' && wordsAsInstant(row.date) !== null,
  judge(row, { now }) {
    if (isEmpty(row.date)) return STILL_PLAYING;
    const instant = wordsAsInstant(row.date);
    if (instant === null) throw new Unreadable(`its time is ${short(row.date)}`);
    return judge({ ...named(row), startedAt: instantSince1970(instant, 1, now), precision: 'minute' });
  },
};

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === '';

const named = ({
  artist,
  album,
  track,
}: JsonObject): { artist: unknown; album: unknown; track: unknown } => ({
  artist,
  album,
  track,
});

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const IN_WORDS = /^(\d{1,2}) ([A-Z][a-z]{2}) (\d{4})(?:, ?| )(\d{2}):(\d{2})$/;

function wordsAsInstant(date: unknown): number | null {
  const [, day, month = '', year, hour, minute] = typeof date === 'string' ? (IN_WORDS.exec(date) ?? []) : [];
  const [d, m, h, min] = [Number(day), MONTHS.indexOf(month), Number(hour), Number(minute)];
  if (m === -1 || h > 23 || min > 59) return null;
  const instant = new Date(Date.UTC(Number(year), m, d, h, min));
  return instant.getUTCDate() === d ? instant.getTime() : null;
}
