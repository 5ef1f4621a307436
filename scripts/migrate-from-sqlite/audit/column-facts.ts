import { createHash } from 'node:crypto';
import { asStored, BrokenText, describeCell, type Cell } from '../read/cells.ts';
import { epochUnit, parseInstant } from '../read/instants.ts';
import { formOf, type TextForm } from './text-forms.ts';

/** SQLite's storage classes, and text whose bytes are broken. */
export type Holds = 'null' | 'integer' | 'real' | 'text' | 'broken text' | 'blob';

const DISTINCT_LIMIT = 1_000;
const SAMPLES = 3;
const SAMPLE_CHARACTERS = 40;

/** What a column's values really are, gathered one by one in little memory. */
export class ColumnFacts {
  readonly holds = new Map<Holds, number>();
  readonly forms = new Map<TextForm, number>();
  readonly samples: string[] = [];
  least: bigint | number | null = null;
  greatest: bigint | number | null = null;
  beyond32 = 0;
  beyondSafe = 0;
  zeroOrOne = 0;
  epochSeconds = 0;
  epochMilliseconds = 0;
  /** Numbers that are a point in time if the column holds times. */
  epochs = 0;
  /** The forms of its times: two texts of one form are never one instant. */
  readonly timeSpellings = new Set<string>();
  wholeReals = 0;
  notFinite = 0;
  /** Characters of text, bytes of a blob. */
  shortest: number | null = null;
  longest: number | null = null;
  private readonly seen = new Set<string>();

  add(given: Cell): void {
    const cell = asStored(given);
    const holds = holdsOf(cell);
    count(this.holds, holds);
    if (cell === null) return;
    if (typeof cell === 'bigint') this.addInteger(cell);
    else if (typeof cell === 'number') this.addReal(cell);
    else this.addLong(cell);
    this.remember(cell, holds);
  }

  count(...wanted: Holds[]): number {
    return wanted.reduce((sum, holds) => sum + (this.holds.get(holds) ?? 0), 0);
  }

  form(...wanted: TextForm[]): number {
    return wanted.reduce((sum, form) => sum + (this.forms.get(form) ?? 0), 0);
  }

  /** Except NULL. */
  get values(): number {
    return this.count('integer', 'real', 'text', 'broken text', 'blob');
  }

  /** Unless `exact`, at least this many. */
  get distinct(): { readonly count: number; readonly exact: boolean } {
    return { count: this.seen.size, exact: this.seen.size < DISTINCT_LIMIT };
  }

  private addInteger(value: bigint): void {
    this.range(value);
    if (BigInt.asIntN(32, value) !== value) this.beyond32 += 1;
    if (!Number.isSafeInteger(Number(value))) this.beyondSafe += 1;
    if (value === 0n || value === 1n) this.zeroOrOne += 1;
    const unit = epochUnit(value);
    if (unit === 'seconds') this.epochSeconds += 1;
    if (unit === 'milliseconds') this.epochMilliseconds += 1;
    this.addEpoch(value);
  }

  private addEpoch(value: bigint | number): void {
    if (parseInstant(value) === null) return;
    this.epochs += 1;
    this.timeSpellings.add(typeof value === 'bigint' ? String(epochUnit(value)) : 'seconds with a fraction');
  }

  private addReal(value: number): void {
    this.range(value);
    if (!Number.isFinite(value)) this.notFinite += 1;
    if (Number.isSafeInteger(value)) this.wholeReals += 1;
    if (Number.isInteger(value) && Math.abs(value) > 2_147_483_647) this.beyond32 += 1;
    this.addEpoch(value);
  }

  private addLong(value: string | Buffer | BrokenText): void {
    const length = value instanceof BrokenText ? value.bytes.length : value.length;
    this.shortest = Math.min(this.shortest ?? length, length);
    this.longest = Math.max(this.longest ?? length, length);
    if (typeof value === 'string') this.addText(value);
  }

  private addText(text: string): void {
    const form = formOf(text);
    count(this.forms, form);
    if (form === 'time with a zone' || form === 'time without a zone' || form === 'YYYY-MM-DD')
      this.timeSpellings.add(spellingOf(text));
    if (form === 'whole number' && Math.abs(Number(text)) > 2_147_483_647) this.beyond32 += 1;
  }

  private range(value: bigint | number): void {
    if (this.least === null || value < this.least) this.least = value;
    if (this.greatest === null || value > this.greatest) this.greatest = value;
  }

  private remember(cell: Cell, holds: Holds): void {
    if (this.seen.size >= DISTINCT_LIMIT) return;
    const before = this.seen.size;
    this.seen.add(`${holds} ${fingerprint(cell)}`);
    if (this.seen.size > before && this.samples.length < SAMPLES) this.samples.push(sampleOf(cell));
  }
}

/** `2024-01-05T07:08:09.123+01:00` has the form `0000-00-00T00:00:00.000+01:00`. */
const spellingOf = (text: string): string =>
  text.replace(/^[\d-]{10}(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?/i, (start) => start.replaceAll(/\d/g, '0'));

function count<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function holdsOf(cell: Cell): Holds {
  if (cell === null) return 'null';
  if (typeof cell === 'bigint') return 'integer';
  if (typeof cell === 'number') return 'real';
  if (typeof cell === 'string') return 'text';
  return cell instanceof BrokenText ? 'broken text' : 'blob';
}

function fingerprint(cell: Cell): string {
  const bytes = cell instanceof BrokenText ? cell.bytes : cell;
  const isShort = typeof bytes !== 'object' && String(bytes).length <= 64;
  return isShort
    ? String(bytes)
    : createHash('sha1')
        .update(bytes as string | Buffer)
        .digest('base64');
}

function sampleOf(cell: Cell): string {
  const start = 2 * SAMPLE_CHARACTERS;
  const short =
    cell instanceof BrokenText
      ? new BrokenText(cell.bytes.subarray(0, start), cell.encoding)
      : typeof cell === 'string' || Buffer.isBuffer(cell)
        ? cell.slice(0, start)
        : cell;
  const { text, hex } = describeCell(short);
  const shown = (text ?? `x'${hex}'`).replaceAll(/\s+/g, ' ');
  return shown.length > SAMPLE_CHARACTERS ? `${shown.slice(0, SAMPLE_CHARACTERS - 1)}…` : shown;
}
