import { canonicalNumber, readJson } from '../audit/json-text.ts';
import type { PgType } from '../audit/choose-type.ts';
import { asStored, type BinaryJson, BrokenText, type Cell } from '../read/cells.ts';
import { localTime } from '../read/local-time.ts';

/**
 * Whether a stored value (`text`, as the server prints it; times in UTC) means the same as the file's cell. Reads both
 * sides without knowing how the cell was converted.
 */
export function matches(given: Cell, text: string | null, type: PgType, zone: string): boolean {
  const cell = asStored(given);
  if (cell === null || text === null) return cell === text;
  if (cell instanceof BrokenText) return false;
  return SAME[type](cell, text, zone);
}

type Value = Exclude<Cell, null | BrokenText | BinaryJson>;
type Same = (cell: Value, text: string, zone: string) => boolean;

const sameWhole: Same = (cell, text) => !Buffer.isBuffer(cell) && BigInt(text) === BigInt(cell);

const sameText: Same = (cell, text) =>
  typeof cell === 'number' ? Object.is(Number(text), cell) : !Buffer.isBuffer(cell) && String(cell) === text;

const sameBoolean: Same = (cell, text) => {
  const said = String(cell).toLowerCase();
  return text === 't' ? said === '1' || said === 'true' : said === '0' || said === 'false';
};

const secondsOf = (text: string): string => text.slice(0, 19).replace(/[ t]/, 'T');
const fractionOf = (text: string): string => (/^.{19}\.(\d+)/.exec(text)?.[1] ?? '').replace(/0+$/, '');

/** Completes `2024-03-15 14:30` to `2024-03-15 14:30:00`. */
const whole = (text: string): string => text.replace(/^(.{10}.\d\d:\d\d)(?!:)/, '$1:00');

const sameTimestamp: Same = (cell, text) =>
  typeof cell === 'string' &&
  secondsOf(whole(cell)) === secondsOf(text) &&
  fractionOf(whole(cell)) === fractionOf(text);

const sameInstant: Same = (cell, text, zone) => {
  const instant = Date.parse(`${secondsOf(text)}Z`);
  if (/^\d+(?:\.\d+)?$/.test(String(cell))) return sameCount(String(cell), text);
  if (typeof cell !== 'string' || fractionOf(whole(cell)) !== fractionOf(text)) return false;
  const offset = /(?:Z|UTC|[+-]\d\d(?::?\d\d)?)(?= [A-Z+-]|$)/i.exec(cell.slice(16))?.[0];
  const shown = secondsOf(whole(cell));
  if (offset === undefined) return localTime(zone, instant) === shown;
  return Date.parse(`${shown}${normal(offset)}`) === instant;
};

const normal = (offset: string): string =>
  /^[+-]\d\d$/.test(offset)
    ? `${offset}:00`
    : offset.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2').replace(/^(?:utc|z)$/i, 'Z');

/** In the years of our times, the number of digits tells a count's unit. */
const UNITS = [
  [10, 6],
  [13, 3],
  [16, 0],
  [19, -3],
] as const;

/** Both in nanoseconds since 1970. */
function sameCount(count: string, text: string): boolean {
  const [digits = '', fraction = ''] = count.split('.');
  const [, zeros = 0] = UNITS.find(([most]) => digits.length <= most) ?? [];
  const shown = BigInt(Date.parse(`${secondsOf(text)}Z`)) * 1_000_000n;
  const nanoseconds = shown + BigInt(fractionOf(text).padEnd(9, '0'));
  return nanoseconds === BigInt(`${digits}${fraction.padEnd(zeros + 3, '0')}`);
}

const SAME: Readonly<Record<PgType, Same>> = {
  integer: sameWhole,
  bigint: sameWhole,
  'double precision': (cell, text) => Object.is(Number(text), Number(cell)),
  numeric: (cell, text) => canonicalNumber(String(cell)) === canonicalNumber(text),
  boolean: sameBoolean,
  text: sameText,
  date: (cell, text) => cell === text,
  timestamp: sameTimestamp,
  timestamptz: sameInstant,
  jsonb: (cell, text) => readJson(String(cell)).canonical === readJson(text).canonical,
  json: (cell, text) => cell === text,
  bytea: (cell, text) => Buffer.isBuffer(cell) && text === `\\x${cell.toString('hex')}`,
};
