import { isCalendarDate } from '../../../src/calendar.ts';
import type { Cell } from './cells.ts';

/** As in ISO 8601, `UTC`, or as Go writes it: `+1000 AEST`, `+0300 +03`. */
const ZONE = / ?(Z|UTC|[+-]\d{2}(?::?\d{2})?)(?: (?:[A-Z]{2,5}|[+-]\d{2,4}))?/.source;
const ISO = new RegExp(
  `^(\\d{4}-\\d{2}-\\d{2})[T ]([01]\\d|2[0-3]):([0-5]\\d)(?::([0-5]\\d)(?:\\.(\\d+))?)?(?:${ZONE})?$`,
  'i',
);

/** PostgreSQL has no year 0000. */
export const isDay = (text: string): boolean => isCalendarDate(text) && !text.startsWith('0000');

/** 2000 to 2100 in seconds: a number within it, times a power of a thousand, can mean nothing else. */
const EPOCH_FROM = 946_684_800n;
const EPOCH_UNTIL = 4_102_444_800n;

export type EpochUnit = 'seconds' | 'milliseconds' | 'microseconds' | 'nanoseconds';
const PER_SECOND: readonly (readonly [EpochUnit, bigint])[] = [
  ['seconds', 1n],
  ['milliseconds', 1_000n],
  ['microseconds', 1_000_000n],
  ['nanoseconds', 1_000_000_000n],
];

/**
 * Reads a point in time whose meaning is certain: ISO 8601, or a count since 1970. Without a zone the server reads it
 * in the assumed one. Times finer than the column's microseconds are refused.
 * @returns text that PostgreSQL reads in one way only, or null
 */
export function parseInstant(cell: Cell): string | null {
  if (typeof cell === 'bigint') return fromEpoch(cell);
  if (typeof cell === 'number')
    return Number.isSafeInteger(cell) ? fromEpoch(BigInt(cell)) : fromSeconds(cell);
  if (typeof cell !== 'string') return null;
  if (/^\d{9,19}$/.test(cell)) return fromEpoch(BigInt(cell));
  return /^\d{9,10}\.\d{1,6}$/.test(cell) ? fromSeconds(cell) : fromIso(cell);
}

function fromIso(text: string): string | null {
  const match = ISO.exec(text);
  if (!match) return null;
  const [, day = '', hour, minute, second = '00', fraction = '', zone = ''] = match;
  const offset = normaliseOffset(zone.trim());
  if (offset === null || !isDay(day) || /[1-9]/.test(fraction.slice(6))) return null;
  return `${day} ${hour}:${minute}:${second}.${fraction.slice(0, 6).padEnd(1, '0')}${offset}`;
}

function normaliseOffset(zone: string): string | null {
  if (zone === '') return '';
  if (/^(?:Z|UTC)$/i.test(zone)) return '+00:00';
  const hours = zone.slice(1, 3);
  const minutes = zone.slice(3).replace(':', '') || '00';
  return Number(hours) <= 14 && Number(minutes) < 60 ? `${zone.slice(0, 1)}${hours}:${minutes}` : null;
}

/** The unit of a count that falls in these years, or null. */
export function epochUnit(count: bigint): EpochUnit | null {
  const unit = PER_SECOND.find(([, per]) => count >= EPOCH_FROM * per && count < EPOCH_UNTIL * per);
  return unit?.[0] ?? null;
}

function fromEpoch(count: bigint): string | null {
  const [, per] = PER_SECOND.find(([unit]) => unit === epochUnit(count)) ?? [null, null];
  if (per === null) return null;
  const finer = count * 1_000_000n;
  return finer % per === 0n ? fromMicroseconds(finer / per) : null;
}

function fromSeconds(seconds: number | string): string | null {
  const [, whole = '', fraction = ''] = /^(\d{9,10})\.(\d{1,6})$/.exec(String(seconds)) ?? [];
  return epochUnit(BigInt(whole)) === 'seconds'
    ? fromMicroseconds(BigInt(whole + fraction.padEnd(6, '0')))
    : null;
}

/**
 * Floating point seconds have seven digits but are only exact to a quarter of a microsecond: take the nearest
 * microsecond. Null for more digits.
 */
export function nearestInstant(cell: Cell): string | null {
  const text = typeof cell === 'number' ? String(cell) : cell;
  if (typeof text !== 'string' || String(Number(text)) !== text) return null;
  const [, whole = '', digits = ''] = /^(\d{9,10})\.(\d{7,})$/.exec(text) ?? [];
  if (epochUnit(BigInt(whole)) !== 'seconds') return null;
  const up = Number(digits.charAt(6)) >= 5 ? 1n : 0n;
  return fromMicroseconds(BigInt(whole + digits.slice(0, 6)) + up);
}

function fromMicroseconds(count: bigint): string {
  const text = new Date(Number(count / 1000n)).toISOString();
  const rest = count % 1000n;
  return rest === 0n ? text : `${text.slice(0, -1)}${String(rest).padStart(3, '0')}Z`;
}
