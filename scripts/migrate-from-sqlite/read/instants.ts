import { isCalendarDate } from '../../../src/calendar.ts';
import type { Cell } from './cells.ts';

const ISO =
  /^(\d{4}-\d{2}-\d{2})[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d+))?)?( ?Z| ?[+-]\d{2}(?::?\d{2})?)?$/i;

/** 2000 to 2100, in seconds: a number in it, or a thousand times a number in it, can mean nothing else. */
const EPOCH_FROM = 946_684_800n;
const EPOCH_UNTIL = 4_102_444_800n;

/**
 * Reads a point in time whose meaning is certain: ISO 8601 with `Z`, with an offset or without a zone (then the
 * server reads it in the zone that the move assumes), or a count of seconds or milliseconds since 1970.
 * @returns text that PostgreSQL reads one way only, or null
 */
export function parseInstant(cell: Cell): string | null {
  if (typeof cell === 'bigint') return fromEpoch(cell);
  if (typeof cell !== 'string') return null;
  if (/^\d{9,13}$/.test(cell)) return fromEpoch(BigInt(cell));
  const match = ISO.exec(cell);
  if (!match) return null;
  const [, day = '', hour, minute, second = '00', fraction = '', zone = ''] = match;
  const offset = normaliseOffset(zone.trim());
  // The column keeps microseconds: a finer time would be changed on the way.
  if (offset === null || !isCalendarDate(day) || day.startsWith('0000') || /[1-9]/.test(fraction.slice(6)))
    return null;
  return `${day} ${hour}:${minute}:${second}.${fraction.slice(0, 6).padEnd(1, '0')}${offset}`;
}

function normaliseOffset(zone: string): string | null {
  if (zone === '') return '';
  if (zone.toUpperCase() === 'Z') return '+00:00';
  const hours = zone.slice(1, 3);
  const minutes = zone.slice(3).replace(':', '') || '00';
  return Number(hours) <= 14 && Number(minutes) < 60 ? `${zone.slice(0, 1)}${hours}:${minutes}` : null;
}

function fromEpoch(count: bigint): string | null {
  if (count >= EPOCH_FROM && count < EPOCH_UNTIL) return new Date(Number(count) * 1000).toISOString();
  const inMilliseconds = count >= EPOCH_FROM * 1000n && count < EPOCH_UNTIL * 1000n;
  return inMilliseconds ? new Date(Number(count)).toISOString() : null;
}
