import { isUtf8 } from 'node:buffer';
import { isPlausibleDay } from '../../../src/calendar.ts';
import { parseReleaseDate, type ReleaseDate } from '../../../src/catalogue/release-date.ts';
import { BinaryJson, BrokenText, describeCell, type Cell, type Row } from './cells.ts';
import { brokenText, REASON, type Fault } from '../faults.ts';
import { epochUnit, isDay, nearestInstant, parseInstant } from './instants.ts';
import { repairJson } from './repair-json.ts';
import { instantIn, localTime } from './local-time.ts';
import { hasRepeatedKey, parseJson } from './repeated-keys.ts';

/** Counted, though nothing was converted: what --repair-json would take over. */
export const REPAIRABLE = 'repairable JSON';

/** The largest value of PostgreSQL's integer. */
export const MAX_INTEGER = 2_147_483_647n;

export interface LocalDay {
  readonly day: string;
  readonly at: string | null;
}

/** How cells are read that may mean several things. */
export interface ReadingRules {
  /** IANA name of the zone of times that name none. */
  readonly zone: string;
  /** Whether JSON as Python writes its values is taken over where its meaning is certain. */
  readonly repairJson: boolean;
}

/**
 * Reads one row's cells as the types the archive keeps. A cell that does not fit comes out as NULL and is noted;
 * a conversion is made only where the meaning is certain, and is noted too.
 */
export class Fields {
  readonly faults: Fault[] = [];
  readonly conversions: string[] = [];
  /** Set when the row itself cannot stand. */
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

  /** A part of the key: without it the row cannot stand. An index entry of PostgreSQL holds some 2,700 bytes. */
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

  /** A whole number from `min` to `max`; `12.0` and the text `12` can mean nothing else. */
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
   * The source's own JSON text. Whether it is a JSON object, PostgreSQL decides: it has to store it. Of a key that
   * comes twice it stores the last alone, so the text is noted besides.
   */
  json(column: string): string | null {
    const text = this.jsonText(column);
    const read = text === null ? null : repairJson(text);
    // A list is no payload; features may be the one item of one.
    const repaired = read?.startsWith('[') === true && column !== 'audio_features' ? null : read;
    if (repaired !== null && this.rules.repairJson) return this.repaired(column, repaired);
    if (repaired !== null) this.conversions.push(REPAIRABLE);
    if (text !== null && losesKeys(text)) this.refuse(column, REASON.repeatedKeys);
    return text;
  }

  private repaired(column: string, json: string): string {
    this.refuse(column, REASON.repairedJson);
    return this.converted('JSON repaired, its original kept in import_rejects', json);
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

  /** A day, and where a whole time is written, that time by the clocks of the assumed zone; null: neither. */
  day(column: string): LocalDay | null {
    const cell = this.cell(column);
    if (typeof cell !== 'string') return null;
    if (isDay(cell)) return { day: cell, at: null };
    // Finer than microseconds or not, its day is the same.
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
    // A year alone becomes a number in a column without a declared type.
    const parsed = parseReleaseDate(describeCell(cell).text ?? '');
    if (parsed === null) return this.refuse(column, REASON.notAReleaseDate);
    return isPlausibleDay(parsed.date) ? parsed : this.refuse(column, REASON.farDay);
  }

  /** What joins two tables of the old file: its own row number, or whatever stands in its place. */
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

/** A time without an offset that no clock of the zone shows: the server would move it in silence. */
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
  // JSON written as a JSON string is moved as what it holds.
  const inner = text.startsWith('"') ? parseJson(text) : text;
  return typeof inner === 'string' && hasRepeatedKey(inner) && parseJson(inner) !== undefined;
}

function wholeNumber(cell: Cell): bigint | null {
  if (typeof cell === 'bigint') return cell;
  if (typeof cell === 'number') return Number.isSafeInteger(cell) ? BigInt(cell) : null;
  return typeof cell === 'string' && /^(0|-?[1-9]\d{0,18})$/.test(cell) ? BigInt(cell) : null;
}
