import { isUtf8 } from 'node:buffer';
import { isPlausibleDay } from '../../../src/calendar.ts';
import { parseReleaseDate, type ReleaseDate } from '../../../src/catalogue/release-date.ts';
import { BinaryJson, BrokenText, describeCell, type Cell, type Row } from './cells.ts';
import { brokenText, REASON, type Fault } from '../faults.ts';
import { epochUnit, isDay, nearestInstant, parseInstant } from './instants.ts';
import { repairJson } from './repair-json.ts';
import { instantIn, localTime } from './local-time.ts';
import { hasRepeatedKey, parseJson } from './repeated-keys.ts';

/** Counted like a conversion, though nothing was converted. */
export const REPAIRABLE = 'repairable JSON';

export const MAX_INTEGER = 2_147_483_647n;

export interface LocalDay {
  readonly day: string;
  readonly at: string | null;
}

export interface ReadingRules {
  /** IANA zone of times without one. */
  readonly zone: string;
  /** Accept JSON as Python writes its values, where the meaning is certain. */
  readonly repairJson: boolean;
}

/**
 * Reads a row's cells as the archive's types. A cell that does not fit becomes NULL and a fault; certain conversions
 * are counted.
 */
export class Fields {
  readonly faults: Fault[] = [];
  readonly conversions: string[] = [];
  /** Why the row itself cannot be stored. */
  rowFault: string | null = null;
  private readonly row: Row;
  private readonly rules: ReadingRules;

  constructor(row: Row, rules: ReadingRules) {
    this.row = row;
    this.rules = rules;
  }

  cell(column: string): Cell {
    return this.row[column] ?? null;
  }

  refuse(column: string, reason: string): null {
    this.faults.push({ column, reason });
    return null;
  }

  refuseRow(reason: string): string {
    this.rowFault ??= reason;
    return '';
  }

  /** A part of the key, without which the row cannot be stored. PostgreSQL's index entries hold some 2,700 bytes. */
  key(column: string, maxBytes: number): string {
    const cell = this.cell(column);
    if (cell === null || cell === '') return this.refuseRow(REASON.keyMissing);
    if (typeof cell === 'bigint') return cell.toString();
    if (typeof cell !== 'string' || cell.includes('\0')) return this.refuseRow(REASON.keyUnfit);
    return Buffer.byteLength(cell) > maxBytes ? this.refuseRow(REASON.keyTooLong) : cell;
  }

  text(column: string): string | null {
    const cell = this.cell(column);
    if (cell === null) return null;
    if (typeof cell === 'bigint') return this.converted('a whole number to text', cell.toString());
    if (typeof cell === 'number') return this.refuse(column, REASON.numberForText);
    return this.storable(column, cell, REASON.blobForText);
  }

  /** Accepts `12.0` and the text `12` too, whose meaning is certain. */
  integer(column: string, min: bigint, max: bigint): string | null {
    const cell = this.cell(column);
    if (cell === null) return null;
    const value = wholeNumber(cell);
    if (value === null) return this.refuse(column, REASON.notWhole);
    if (value < min || value > max) return this.refuse(column, REASON.outOfRange);
    return typeof cell === 'bigint'
      ? value.toString()
      : this.converted('text or 12.0 to a whole number', value.toString());
  }

  /**
   * The source's JSON text; PostgreSQL decides whether it is an object. Of duplicate keys it stores only the last, so
   * the whole text is recorded too.
   */
  json(column: string): string | null {
    const text = this.jsonText(column);
    const read = text === null ? null : repairJson(text);
    // A list is not a payload, but features may be the one item of a list.
    const repaired = read?.startsWith('[') === true && column !== 'audio_features' ? null : read;
    if (repaired !== null && this.rules.repairJson) return this.repaired(column, repaired);
    if (repaired !== null) this.conversions.push(REPAIRABLE);
    if (text !== null && losesKeys(text)) this.refuse(column, REASON.repeatedKeys);
    return text;
  }

  private repaired(column: string, json: string): string {
    this.refuse(column, REASON.repairedJson);
    return this.converted('JSON repaired; the original is in import_rejects', json);
  }

  private jsonText(column: string): string | null {
    const cell = this.cell(column);
    if (cell === null) return null;
    if (cell instanceof BinaryJson) return this.converted('SQLite’s binary JSON to JSON', cell.text);
    if (typeof cell === 'bigint' || typeof cell === 'number') return String(cell);
    if (Buffer.isBuffer(cell) && isUtf8(cell) && !cell.includes(0)) {
      return this.converted('JSON in a BLOB to JSON', cell.toString());
    }
    return this.storable(column, cell, REASON.blobForText);
  }

  instant(column: string): string | null {
    const cell = this.cell(column);
    if (cell === null) return null;
    const instant = parseInstant(cell);
    if (instant === null) {
      const nearest = nearestInstant(cell);
      return nearest === null
        ? this.refuse(column, REASON.notAnInstant)
        : this.converted('seconds since 1970 to the nearest microsecond', nearest);
    }
    if (!isPlausibleDay(instant)) return this.refuse(column, REASON.farTime);
    if (isSkipped(instant, this.rules.zone)) return this.refuse(column, REASON.noSuchTime);
    const unit = countedIn(cell);
    return unit === null ? instant : this.converted(`${unit} since 1970 to a time`, instant);
  }

  /** A day, or a time's day in the assumed zone; null for anything else. */
  day(column: string): LocalDay | null {
    const cell = this.cell(column);
    if (typeof cell !== 'string') return null;
    if (isDay(cell)) return { day: cell, at: null };
    // Even a time finer than microseconds has a certain day.
    const instant = /^\d{4}-\d{2}-\d{2}[T ]/i.test(cell)
      ? parseInstant(cell.replace(/(\.\d{6})\d+/, '$1'))
      : null;
    if (instant === null) return null;
    const at = localOf(instant, this.rules.zone);
    const day = at.slice(0, 10);
    return isDay(day) ? { day: this.converted('a time to its day', day), at } : null;
  }

  releaseDate(column: string): ReleaseDate | null {
    const cell = this.cell(column);
    if (cell === null) return null;
    // In a column without a type, SQLite turns a year into a number.
    const parsed = parseReleaseDate(describeCell(cell).text ?? '');
    if (parsed === null) return this.refuse(column, REASON.notAReleaseDate);
    return isPlausibleDay(parsed.date) ? parsed : this.refuse(column, REASON.farDay);
  }

  /** The old file's own row number, or what stands in its place. */
  reference(column: string): string | null {
    const cell = this.cell(column);
    if (cell === null) return null;
    const number = wholeNumber(cell);
    return number === null ? JSON.stringify(describeCell(cell)) : number.toString();
  }

  private storable(
    column: string,
    cell: Exclude<Cell, null | bigint | number>,
    blobReason: string,
  ): string | null {
    if (cell instanceof BrokenText) return this.refuse(column, brokenText(cell));
    if (typeof cell !== 'string') return this.refuse(column, blobReason);
    return cell.includes('\0') ? this.refuse(column, REASON.nulCharacter) : cell;
  }

  private converted(what: string, value: string): string {
    this.conversions.push(what);
    return value;
  }
}

function localOf(instant: string, zone: string): string {
  const [, seconds = '', fraction = '', offset = ''] = /^(.{19})(\.\d+)(.*)$/.exec(instant) ?? [];
  if (offset === '') return `${seconds}${fraction}`;
  return `${localTime(zone, Date.parse(`${seconds.replace(' ', 'T')}${offset}`))}${fraction}`;
}

/** A local time that the zone's clocks skip; the server would shift it silently. */
const isSkipped = (instant: string, zone: string): boolean =>
  zone !== 'UTC' &&
  !/(?:Z|[+-]\d\d:\d\d)$/.test(instant) &&
  instantIn(zone, instant.slice(0, 19).replace(' ', 'T')) === null;

function countedIn(cell: Cell): string | null {
  const text = typeof cell === 'string' || typeof cell === 'number' ? String(cell) : null;
  if (text !== null && /^\d+\.\d+$/.test(text)) return 'seconds with a fraction';
  const count = typeof cell === 'bigint' ? cell : text !== null && /^\d+$/.test(text) ? BigInt(text) : null;
  const unit = count === null ? null : epochUnit(count);
  if (unit === 'seconds' || unit === 'milliseconds') return 'seconds or milliseconds';
  return unit === null ? null : 'microseconds or nanoseconds';
}

function losesKeys(text: string): boolean {
  // A JSON string may contain the JSON.
  const inner = text.startsWith('"') ? parseJson(text) : text;
  return typeof inner === 'string' && hasRepeatedKey(inner) && parseJson(inner) !== undefined;
}

function wholeNumber(cell: Cell): bigint | null {
  if (typeof cell === 'bigint') return cell;
  if (typeof cell === 'number') return Number.isSafeInteger(cell) ? BigInt(cell) : null;
  return typeof cell === 'string' && /^(0|-?[1-9]\d{0,18})$/.test(cell) ? BigInt(cell) : null;
}
