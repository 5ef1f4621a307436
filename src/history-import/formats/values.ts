import { isSpotifyId } from '../../catalogue/spotify-id.ts';
import type { JsonObject } from '../read/parse-row.ts';
import type { FilePlay, FormatName, ReadBucket } from '../row.ts';

export interface LeftOut {
  readonly bucket: ReadBucket;
  readonly reason: string;
}
export type Judged = FilePlay | LeftOut;

export interface Circumstances {
  readonly now: number;
  /** Of a row without a track's id, only the name of its file says that it is a video. */
  readonly isVideoFile: boolean;
}

export interface RowFormat {
  readonly name: FormatName;
  isRow(row: JsonObject): boolean;
  /** @throws Unreadable */
  judge(row: JsonObject, circumstances: Circumstances): Judged;
}

/** For a time or number that cannot be meant. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

export const isLeftOut = (judged: Judged): judged is LeftOut => 'bucket' in judged;

export const noTrack = (reason = 'it names no track'): LeftOut => ({ bucket: 'no track', reason });

type Known = Pick<FilePlay, 'precision' | 'key'> & Partial<FilePlay>;

/** Written out: spreading half a million rows took a third of all the time. */
const playOf = (endedAt: number, isEndKnown: boolean, known: Known): FilePlay => ({
  endedAt,
  isEndKnown,
  startedAt: known.startedAt ?? null,
  statedAt: known.statedAt ?? known.startedAt ?? endedAt,
  precision: known.precision,
  msPlayed: known.msPlayed ?? null,
  lengthMs: known.lengthMs ?? null,
  trackId: known.trackId ?? null,
  trackName: known.trackName ?? null,
  artistName: known.artistName ?? null,
  albumName: known.albumName ?? null,
  albumArtistName: known.albumArtistName ?? null,
  isrc: known.isrc ?? null,
  reasonStart: known.reasonStart ?? null,
  reasonEnd: known.reasonEnd ?? null,
  skipped: known.skipped ?? null,
  shuffle: known.shuffle ?? null,
  offline: known.offline ?? null,
  incognito: known.incognito ?? null,
  key: known.key,
});

export const playEndingAt = (endedAt: number, known: Known): FilePlay => playOf(endedAt, true, known);

/** For services that say when a play began: it ends with the listening or the track. */
export function playStartingAt(startedAt: number, known: Known): FilePlay {
  const lengths = [known.msPlayed, known.lengthMs].filter((length) => typeof length === 'number');
  const length = lengths.length === 0 ? 0 : Math.min(...lengths);
  return playOf(startedAt + length, lengths.length > 0, { ...known, startedAt });
}

const UNSTORABLE = /[\0\p{Cs}]/u;

/** Null if empty. PostgreSQL stores neither NUL nor half a surrogate pair. */
export function textOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const text = value.trim();
  if (text === '') return null;
  return UNSTORABLE.test(text) ? text.replaceAll(/[\0\p{Cs}]/gu, '\uFFFD') : text;
}

export const booleanOf = (value: unknown): boolean | null => (typeof value === 'boolean' ? value : null);

export const objectOf = (value: unknown): JsonObject | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;

export const textsOf = (values: unknown, separator = ', '): string | null =>
  Array.isArray(values)
    ? textOf(values.filter((value) => textOf(value) !== null).join(separator))
    : textOf(values);

/** A podcast of 15 hours has been seen. */
const LONGEST_MS = 24 * 60 * 60 * 1000;

/** @param unit in milliseconds */
export function lengthOf(value: unknown, what: string, unit = 1): number | null {
  if (value === null || value === undefined || value === '') return null;
  const length = Math.round(numberOf(value) * unit);
  if (!(length >= 0)) throw new Unreadable(`${what} is ${short(value)}`);
  if (length > LONGEST_MS) throw new Unreadable(`${what} is more than a day: ${short(value)}`);
  return length;
}

/** Null if 0 or impossible. @param unit in milliseconds */
export function trackLengthOf(value: unknown, unit = 1): number | null {
  const length = Math.round(numberOf(value) * unit);
  return length > 0 && length <= LONGEST_MS ? length : null;
}

const numberOf = (value: unknown): number =>
  typeof value === 'number'
    ? value
    : typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value)
      ? Number(value)
      : Number.NaN;

const ISO = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::(\d\d(?:\.\d{1,9})?))?(Z|[+-]\d\d:?\d\d)?$/;

/** UTC if without a zone, as in every service's files. @returns milliseconds since 1970 */
export function instantOf(value: unknown, now: number): number {
  const parts = typeof value === 'string' ? ISO.exec(value) : null;
  if (parts === null) throw new Unreadable(`its time is ${short(value)}`);
  const [, day = '', minutes = '', seconds = '00', zone = 'Z'] = parts;
  const isDay = Number(day.slice(8)) <= 28 || new Date(`${day}T00:00Z`).getUTCDate() === Number(day.slice(8));
  const instant = isDay ? Date.parse(`${day}T${minutes}:${seconds}${zone}`) : Number.NaN;
  return plausible(instant, value, now);
}

/** @param unit in milliseconds */
export const instantSince1970 = (value: unknown, unit: 1 | 1000, now: number): number =>
  plausible(Math.round(numberOf(value) * unit), value, now);

/** Audioscrobbler, the oldest service, began in 2002. */
const EARLIEST = Date.UTC(2002, 0, 1);
/** Clocks are wrong by hours. */
const MOST_AHEAD = 24 * 60 * 60 * 1000;

function plausible(instant: number, value: unknown, now: number): number {
  if (!Number.isFinite(instant)) throw new Unreadable(`its time is ${short(value)}`);
  if (instant < EARLIEST) throw new Unreadable(`its time is too early: ${short(value)}`);
  if (instant > now + MOST_AHEAD) throw new Unreadable(`its time lies in the future: ${short(value)}`);
  return instant;
}

export const short = (value: unknown): string => {
  if (value === undefined || value === null || value === '') return 'missing';
  const text =
    typeof value === 'string' || typeof value === 'number' ? String(value) : 'neither text nor number';
  return text.length > 40 ? `“${Array.from(text).slice(0, 40).join('')}…”` : `“${text}”`;
};

const TRACK =
  /^(?:spotify:track:|https?:\/\/open\.spotify\.com\/(?:intl-[a-z-]{2,10}\/)?track\/)?([0-9A-Za-z]{22})(?:\?.*)?$/;

/** From a URI, an address, or the id itself. */
export function trackIdOf(value: unknown): string | null {
  const id = typeof value === 'string' ? TRACK.exec(value)?.[1] : undefined;
  return id !== undefined && isSpotifyId(id) ? id : null;
}

export const keyOf = (...parts: readonly (string | number | null)[]): string =>
  parts.map((part) => part ?? '').join('\t');
