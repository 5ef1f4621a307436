/** `line`: where it begins, from 1. Null: unmatched quotation marks, or too long. */
export interface CsvRecord {
  readonly line: number;
  readonly values: readonly string[] | null;
  /** Of a broken record, as in the file. */
  readonly text?: string;
}

interface Line {
  readonly number: number;
  readonly text: string;
}

/** A quoted value that spans more was never closed. */
const MOST_LINES = 50;
const LONGEST_LINE = 100_000;

/** In linear time, as the text arrives. A broken record costs no other. Skips empty lines. */
export class CsvReader {
  private readonly delimiter: string;
  private rest = '';
  private number = 0;
  private open: Line[] = [];
  private isOpen = false;
  private isTooLong = false;

  constructor(delimiter: string) {
    this.delimiter = delimiter;
  }

  *take(text: string): Generator<CsvRecord> {
    const lines = (this.rest + text).split(LINE_ENDS);
    this.rest = lines.pop() ?? '';
    for (const line of lines) yield* this.takeLine(line);
    if (this.rest.length <= LONGEST_LINE) return;
    this.isTooLong = true;
    // A carriage return may be half of a line end.
    this.rest = this.rest.endsWith('\r') ? '\r' : '';
  }

  *end(): Generator<CsvRecord> {
    if (this.rest !== '' || this.isTooLong) yield* this.takeLine(this.rest.replace(/\r$/, ''));
    yield* this.close();
  }

  private *takeLine(text: string): Generator<CsvRecord> {
    this.number += 1;
    if (this.isTooLong || text.length > LONGEST_LINE) yield* this.leaveOut();
    else if (text !== '' || this.isOpen) yield* this.keep(text);
  }

  private *keep(text: string): Generator<CsvRecord> {
    this.open.push({ number: this.number, text });
    this.isOpen = this.isOpen !== hasOddMarks(text);
    if (!this.isOpen || this.open.length >= MOST_LINES) yield* this.close();
  }

  private *leaveOut(): Generator<CsvRecord> {
    yield* this.close();
    this.isTooLong = false;
    yield { line: this.number, values: null };
  }

  private *close(): Generator<CsvRecord> {
    const lines = this.open;
    [this.open, this.isOpen] = [[], false];
    yield* recordsIn(lines, this.delimiter);
  }
}

/** A carriage return at the end of a piece may be half of a line end. */
const LINE_ENDS = /\r\n|\n|\r(?!$)/;

function hasOddMarks(text: string): boolean {
  let odd = false;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) odd = !odd;
  return odd;
}

/** If the lines are not one record, the first is broken and the others stand alone. */
function* recordsIn(lines: readonly Line[], delimiter: string): Generator<CsvRecord> {
  const [first, ...rest] = lines;
  if (first === undefined) return;
  const text = rest.length === 0 ? first.text : lines.map((line) => line.text).join('\n');
  const values = valuesOf(text, delimiter);
  if (values === null && rest.length > 0) {
    yield { line: first.number, values: null, text: first.text };
    for (const line of rest) yield* recordsIn([line], delimiter);
  } else if (values === null) yield { line: first.number, values, text };
  else if (values.some((value) => value !== '')) yield { line: first.number, values };
}

/** In one pass from mark to mark; null if one opens or closes within a value. */
function valuesOf(text: string, delimiter: string): string[] | null {
  if (!text.includes('"')) return text.split(delimiter).map((value) => value.trim());
  const values: string[] = [];
  for (let at = 0; at <= text.length;) {
    const ends = text.indexOf(delimiter, at);
    const plain = text.slice(at, ends === -1 ? text.length : ends);
    const quote = plain.indexOf('"');
    if (quote === -1) {
      values.push(plain.trim());
      at += plain.length + 1;
      continue;
    }
    if (plain.slice(0, quote).trim() !== '') return null;
    const closing = closingMark(text, at + quote + 1);
    if (closing === -1) return null;
    values.push(text.slice(at + quote + 1, closing).replaceAll('""', '"'));
    const next = text.indexOf(delimiter, closing + 1);
    const after = next === -1 ? text.length : next;
    if (text.slice(closing + 1, after).trim() !== '') return null;
    at = after + 1;
  }
  return values;
}

function closingMark(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at !== -1 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at;
}
