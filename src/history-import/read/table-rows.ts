import { isUtf8 } from 'node:buffer';
import { CsvReader, type CsvRecord } from '../../features/csv-lines.ts';
import { DamagePlaces } from './damage.ts';
import type { JsonRow } from './parse-row.ts';

export interface TableShape {
  readonly columns: readonly string[];
  readonly delimiter: string;
  /** False: quotation marks are ordinary characters (Rockbox). */
  readonly hasQuotes: boolean;
  /** Lines before the first row: comments, the header. */
  readonly headLines: number;
  /** More values than columns belong to the last: a date with a comma in it. */
  readonly joinsLast: boolean;
}

const NEWLINE = 0x0a;
const LONGEST_LINE = 256 * 1024;

export class TableRows {
  readonly damage = new DamagePlaces();
  private readonly shape: TableShape;
  private readonly lines: { take(text: string): Iterable<CsvRecord>; end(): Iterable<CsvRecord> };
  private rest: Buffer = Buffer.alloc(0);

  constructor(shape: TableShape) {
    this.shape = shape;
    this.lines = shape.hasQuotes ? new CsvReader(shape.delimiter) : new PlainLines(shape.delimiter);
  }

  /** Whole lines at a time, so that no character of several bytes is cut. */
  take(chunk: Buffer): JsonRow[] {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    const cut = end === 0 && bytes.length > LONGEST_LINE ? bytes.length : end;
    this.rest = bytes.subarray(cut);
    return this.read(bytes.subarray(0, cut));
  }

  end(): JsonRow[] {
    const last = this.read(this.rest);
    return [
      ...last,
      ...Array.from(this.lines.end(), (record) => this.rowOf(record, true)).filter((row) => row !== null),
    ];
  }

  private read(bytes: Buffer): JsonRow[] {
    if (bytes.length === 0) return [];
    const isSound = isUtf8(bytes);
    const rows: JsonRow[] = [];
    for (const record of this.lines.take(bytes.toString())) {
      const row = this.rowOf(record, isSound);
      if (row !== null) rows.push(row);
    }
    return rows;
  }

  /** Null: a line of the head, or a comment. */
  private rowOf({ line, values, text }: CsvRecord, isSound: boolean): JsonRow | null {
    const { columns, headLines, delimiter } = this.shape;
    if (line <= headLines || values?.[0]?.startsWith('#') === true) return null;
    if (values === null)
      return this.damaged(line, text ?? '', 'its quotation marks are not as they should be');
    const given = this.fit(values);
    if (given.length !== columns.length)
      return this.damaged(
        line,
        values.join(delimiter),
        `it has ${values.length} values instead of ${columns.length}`,
      );
    if (!isSound && values.some((value) => value.includes('\uFFFD')))
      return this.damaged(line, values.join(delimiter), 'its letters are not UTF-8');
    return { line, value: Object.fromEntries(columns.map((column, at) => [column, given[at]])) };
  }

  private fit(values: readonly string[]): readonly string[] {
    const { columns, delimiter, joinsLast } = this.shape;
    const last = columns.length - 1;
    if (values.length <= columns.length) return values;
    if (joinsLast) return [...values.slice(0, last), values.slice(last).join(delimiter)];
    return values.slice(columns.length).every((value) => value === '')
      ? values.slice(0, columns.length)
      : values;
  }

  private damaged(line: number, text: string, reason: string): JsonRow {
    this.damage.note(`Line ${line}`, reason);
    return { line, damaged: text.slice(0, 4096), reason };
  }
}

/** Without quotation marks. */
class PlainLines {
  private readonly delimiter: string;
  private rest = '';
  private line = 0;

  constructor(delimiter: string) {
    this.delimiter = delimiter;
  }

  take(text: string): CsvRecord[] {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    return lines.flatMap((line) => this.recordOf(line));
  }

  end(): CsvRecord[] {
    return this.recordOf(this.rest);
  }

  private recordOf(line: string): CsvRecord[] {
    this.line += 1;
    const text = line.replace(/\r$/, '');
    return text === '' ? [] : [{ line: this.line, values: text.split(this.delimiter) }];
  }
}
