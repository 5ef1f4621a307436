import type { PgType } from '../audit/choose-type.ts';
import { readJson } from '../audit/json-text.ts';
import { isBigint } from '../audit/text-forms.ts';
import { asStored, type BinaryJson, BrokenText, describeCell, type Cell } from '../read/cells.ts';
import { brokenText, REASON } from '../faults.ts';
import { isDay, parseInstant } from '../read/instants.ts';
import { instantIn } from '../read/local-time.ts';

/** In addition to REASON, and as stable: a second run recognises its rejects by them. */
export const GENERIC_REASON = {
  notANumber: 'not a number',
  inexact: 'a number that the column would round',
  notABoolean: 'neither true nor false',
  notADay: REASON.notADay,
  notAnInstant: REASON.notAnInstant,
  zoneLost: 'a time with a zone in a column without one',
  noSuchTime: REASON.noSuchTime,
  notJson: 'not valid JSON',
  notStructured: 'JSON, but neither an object nor an array',
  repeatedKeys: 'JSON with repeated keys',
  notBytes: 'not a BLOB',
  missing: 'a value is missing in a NOT NULL column',
  orphan: 'the row it refers to does not exist',
  sameUnique: 'an earlier row has the same unique values',
  takenUnique: 'another row already has the same unique values',
} as const;

/** A value for COPY, or why there is none (`reason` null: the cell is NULL). */
export interface ConvertedCell {
  readonly value: string | null;
  readonly reason: string | null;
}

const good = (value: string): ConvertedCell => ({ value, reason: null });
const bad = (reason: string): ConvertedCell => ({ value: null, reason });

/** Converts only where the meaning is certain. @param zone of times without one */
export function convertCell(given: Cell, type: PgType, zone: string): ConvertedCell {
  const cell = asStored(given);
  if (cell === null) return { value: null, reason: null };
  if (cell instanceof BrokenText) return bad(brokenText(cell));
  return CONVERT[type](cell, zone);
}

type Value = Exclude<Cell, null | BrokenText | BinaryJson>;
type Convert = (cell: Value, zone: string) => ConvertedCell;

const whole =
  (fits: (value: bigint) => boolean): Convert =>
  (cell) => {
    const value = wholeNumber(cell);
    if (value === null) return bad(REASON.notWhole);
    return fits(value) ? good(value.toString()) : bad(REASON.outOfRange);
  };

function wholeNumber(cell: Value): bigint | null {
  if (typeof cell === 'bigint') return cell;
  if (typeof cell === 'number') return Number.isSafeInteger(cell) ? BigInt(cell) : null;
  return typeof cell === 'string' && /^(?:0|-?[1-9]\d{0,38})$/.test(cell) ? BigInt(cell) : null;
}

const toDouble: Convert = (cell) => {
  if (typeof cell === 'number') return good(describeCell(cell).text ?? '');
  if (typeof cell !== 'bigint') return bad(GENERIC_REASON.notANumber);
  return Number.isSafeInteger(Number(cell)) ? good(cell.toString()) : bad(GENERIC_REASON.inexact);
};

const toNumeric: Convert = (cell) => {
  if (typeof cell === 'number' || typeof cell === 'bigint') return good(String(cell));
  const isNumber =
    typeof cell === 'string' && cell.length < 1000 && /^[-+]?\d+(?:\.\d+)?(?:e[-+]?\d{1,3})?$/i.test(cell);
  return isNumber ? good(cell) : bad(GENERIC_REASON.notANumber);
};

const toBoolean: Convert = (cell) => {
  const said = typeof cell === 'string' ? cell.toLowerCase() : Buffer.isBuffer(cell) ? '' : String(cell);
  if (said === '1' || said === 'true') return good('true');
  return said === '0' || said === 'false' ? good('false') : bad(GENERIC_REASON.notABoolean);
};

const toText: Convert = (cell) => {
  if (Buffer.isBuffer(cell)) return bad(REASON.blobForText);
  if (typeof cell !== 'string') return good(describeCell(cell).text ?? '');
  return cell.includes('\0') ? bad(REASON.nulCharacter) : good(cell);
};

const toDate: Convert = (cell) =>
  typeof cell === 'string' && isDay(cell) ? good(cell) : bad(GENERIC_REASON.notADay);

const hasZone = (instant: string): boolean => /(?:Z|[+-]\d\d:\d\d)$/.test(instant);

const toTimestamp: Convert = (cell) => {
  const instant = typeof cell === 'string' ? parseInstant(cell) : null;
  if (instant === null) return bad(GENERIC_REASON.notAnInstant);
  return hasZone(instant) ? bad(GENERIC_REASON.zoneLost) : good(instant);
};

const toTimestamptz: Convert = (cell, zone) => {
  const text = parseInstant(cell);
  if (text === null) return bad(GENERIC_REASON.notAnInstant);
  const seconds = text.slice(0, 19).replace(' ', 'T');
  const offset = /(?:Z|[+-]\d\d:\d\d)$/.exec(text)?.[0] ?? (zone === 'UTC' ? 'Z' : null);
  const instant = offset === null ? instantIn(zone, seconds) : Date.parse(`${seconds}${offset}`);
  if (instant === null) return bad(GENERIC_REASON.noSuchTime);
  // The zone may move the first and last day out of the four-digit years.
  const year = new Date(instant).getUTCFullYear();
  return year >= 1 && year <= 9999 ? good(text) : bad(GENERIC_REASON.notAnInstant);
};

/** The server decides later whether it can store the text. */
const toJson =
  (repeatedKeysFit: boolean): Convert =>
  (cell) => {
    if (typeof cell !== 'string') return bad(GENERIC_REASON.notJson);
    if (cell.includes('\0')) return bad(REASON.nulCharacter);
    try {
      JSON.parse(cell);
    } catch {
      return bad(GENERIC_REASON.notJson);
    }
    if (!/^\s*[{[]/.test(cell)) return bad(GENERIC_REASON.notStructured);
    return repeatedKeysFit || !readJson(cell).repeatedKeys ? good(cell) : bad(GENERIC_REASON.repeatedKeys);
  };

const CONVERT: Readonly<Record<PgType, Convert>> = {
  integer: whole((value) => BigInt.asIntN(32, value) === value),
  bigint: whole(isBigint),
  'double precision': toDouble,
  numeric: toNumeric,
  boolean: toBoolean,
  text: toText,
  date: toDate,
  timestamp: toTimestamp,
  timestamptz: toTimestamptz,
  jsonb: toJson(false),
  json: toJson(true),
  bytea: (cell) =>
    Buffer.isBuffer(cell) ? good(`\\x${cell.toString('hex')}`) : bad(GENERIC_REASON.notBytes),
};
