import { DamagePlaces } from './damage.ts';
import { KEPT_OF_DAMAGED, parseRow, type JsonRow } from './parse-row.ts';
import { newlinesIn, RowStart } from './row-start.ts';

/** No row of any service comes near. */
const LONGEST_ROW = 256 * 1024;
/** Also bounds the time for a damaged file: each nested beginning of a row is tried again. */
const MOST_NESTED = 32;
/** Lists within an object: of Maloja and lastfmstats, of Koito, of a page of Last.fm. */
const LISTS = /"(scrobbles|listens|track)"\s*:\s*$/;
const SCALAR = /^(?:null|true|false|-?\d[\d.eE+-]*)(?=[\s,\]]|$)/;

const CUT = 'the file ends in the middle of it';

const [TAB, NEWLINE, RETURN, SPACE, QUOTE, COMMA, BACKSLASH] = [9, 10, 13, 32, 34, 44, 92];
const [OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [91, 93, 123, 125];

/**
 * Reads a JSON list, a list within an object, or JSON lines as the bytes arrive: a file needs no more memory than a
 * row, and damage costs only its own row.
 */
export class JsonRows {
  readonly damage = new DamagePlaces();
  private bytes: Buffer = Buffer.alloc(0);
  private at = 0;
  private line = 1;
  private depth = 0;
  /** The open brackets between two rows. */
  private base = 0;
  private wrappers = 0;
  /** Of the current row; -1: between rows. */
  private begin = -1;
  private beginLine = 1;
  /** The current "row" is the rest of an object around a list. */
  private isWrapper = false;
  private inString = false;
  private lastSign = 0;
  private readonly start = new RowStart();
  /** The damaged row, while the next one is searched. */
  private lost: { text: string; reason: string; line: number } | null = null;
  private found = 0;
  private rows: JsonRow[] = [];

  take(chunk: Buffer): JsonRow[] {
    this.bytes = this.bytes.length === 0 ? chunk : Buffer.concat([this.bytes, chunk]);
    this.scan(false);
    this.forget();
    return this.handOver();
  }

  end(): JsonRow[] {
    this.scan(true);
    while (this.begin !== -1 && !this.isWrapper) {
      this.fail(CUT);
      this.scan(true);
    }
    if (this.lost !== null) this.closeLost(true);
    else if (this.depth > 0) this.note(this.line, 'the file ends before its list does');
    return this.handOver();
  }

  private handOver(): JsonRow[] {
    const { rows } = this;
    this.rows = [];
    this.found += rows.length;
    return rows;
  }

  private note(line: number, what: string): void {
    this.damage.note(`Row ${this.found + this.rows.length + 1}, line ${line}`, what);
  }

  private scan(isLast: boolean): void {
    while (this.at < this.bytes.length) {
      if (this.lost !== null) {
        if (!this.findNext(isLast)) return;
      } else if (this.begin === -1) {
        if (!this.between(isLast)) return;
      } else this.inside();
    }
  }

  private forget(): void {
    const from = this.begin === -1 ? Math.min(this.at, this.bytes.length) : this.begin;
    if (this.begin !== -1) this.begin = 0;
    this.at -= from;
    this.bytes = this.bytes.subarray(from);
  }

  /** Reads one character. False: more bytes are needed. */
  private between(isLast: boolean): boolean {
    const sign = this.bytes[this.at];
    if (sign === SPACE || sign === NEWLINE || sign === RETURN || sign === TAB) {
      if (sign === NEWLINE) this.line += 1;
      this.at += 1;
      return true;
    }
    if (sign === OPEN) this.beginRow();
    else if (sign === COMMA) this.checkComma(COMMA, OPEN_LIST);
    else if (sign === OPEN_LIST && this.depth === 0) [this.depth, this.base] = [1, 1];
    else if (sign === CLOSE_LIST && this.depth > 0) this.closeList();
    else return this.takeOther(isLast);
    this.at += 1;
    this.lastSign = sign;
    return true;
  }

  private beginRow(): void {
    if (this.lastSign === CLOSE && this.base > 0) this.note(this.line, 'a comma is missing');
    this.begin = this.at;
    this.beginLine = this.line;
    this.depth += 1;
  }

  private checkComma(...before: readonly number[]): void {
    if (before.includes(this.lastSign)) this.note(this.line, 'a comma stands there that does not belong');
  }

  /** The rest of the object around the list may follow. */
  private closeList(): void {
    this.checkComma(COMMA);
    this.depth -= 1;
    if (this.wrappers === 0) {
      this.base = 0;
      return;
    }
    this.wrappers -= 1;
    this.base -= 2;
    [this.begin, this.isWrapper] = [this.at + 1, true];
  }

  /** A number, true, false or null counts as a row without a play, all else as damage. */
  private takeOther(isLast: boolean): boolean {
    const next = this.bytes.toString('latin1', this.at, this.at + 64);
    if (next.length < 64 && !isLast) return false;
    const scalar = this.depth === 0 ? undefined : SCALAR.exec(next)?.[0];
    if (scalar === undefined) {
      this.lost = { text: '', reason: 'letters stand there that do not belong', line: this.line };
      return true;
    }
    this.rows.push({ line: this.line, damaged: scalar, reason: `it is only “${scalar.slice(0, 20)}”` });
    this.at += scalar.length;
    this.lastSign = CLOSE;
    return true;
  }

  private inside(): void {
    const { bytes } = this;
    let { at, inString } = this;
    for (; at < bytes.length; at += 1) {
      const sign = bytes[at] as number;
      if (inString) {
        if (sign === QUOTE) inString = false;
        else if (sign === BACKSLASH) at += 1;
        else if (sign < SPACE) return this.fail('a quotation mark is missing');
      } else if (sign === QUOTE) inString = true;
      else if (sign === NEWLINE) this.line += 1;
      else if (sign === OPEN || sign === OPEN_LIST) {
        this.depth += 1;
        if (this.isDamageAt(sign, at)) return this.fail('a bracket is missing');
        if (sign === OPEN_LIST && this.beginsList(at)) return this.enterList(at + 1);
      } else if (sign === CLOSE || sign === CLOSE_LIST) {
        this.depth -= 1;
        if (this.depth === this.base) return this.completeRow(at + 1);
      }
    }
    [this.at, this.inString] = [at, inString];
    if (at - this.begin <= LONGEST_ROW) return;
    if (this.isWrapper) this.begin = at - 100;
    else this.fail('it is longer than any row can be');
  }

  private isDamageAt(sign: number, at: number): boolean {
    if (this.depth - this.base > MOST_NESTED) return true;
    return sign === OPEN && !this.isWrapper && this.start.isAt(this.bytes, at);
  }

  private beginsList(at: number): boolean {
    if (this.depth !== this.base + 2 || this.base > 1) return false;
    return LISTS.test(this.bytes.toString('latin1', Math.max(this.begin, at - 80), at));
  }

  private enterList(at: number): void {
    this.base += 2;
    this.wrappers += 1;
    this.beBetween(at, OPEN_LIST);
  }

  private beBetween(at: number, lastSign: number): void {
    [this.at, this.begin, this.isWrapper, this.inString, this.lastSign] = [at, -1, false, false, lastSign];
  }

  private completeRow(end: number): void {
    if (!this.isWrapper) {
      const bytes = this.bytes.subarray(this.begin, end);
      const row = parseRow(bytes, this.beginLine);
      if (row === null) return this.fail('it is no JSON');
      this.start.learn(bytes);
      this.rows.push(row);
    }
    this.beBetween(end, CLOSE);
  }

  /** The next row may begin right after `begin`. */
  private fail(reason: string): void {
    const { begin } = this;
    this.lost = { text: '{', reason, line: this.beginLine };
    this.line = this.beginLine;
    this.depth = this.base;
    this.beBetween(begin + 1, CLOSE);
  }

  private findNext(isLast: boolean): boolean {
    const { passed, isFound } = this.start.next(this.bytes, this.at, isLast);
    this.keepLost(passed);
    this.line += newlinesIn(this.bytes, this.at, this.at + passed);
    this.at += passed;
    if (isFound) this.closeLost(false);
    return isFound;
  }

  private keepLost(bytes: number): void {
    const room = KEPT_OF_DAMAGED - (this.lost?.text.length ?? 0);
    if (this.lost !== null && room > 0)
      this.lost.text += this.bytes.toString('utf8', this.at, this.at + Math.min(bytes, room));
  }

  /** Characters between two rows are no row. */
  private closeLost(isEnd: boolean): void {
    const { lost } = this;
    if (lost === null) return;
    this.lost = null;
    if (!isEnd && lost.reason === CUT) lost.reason = 'a quotation mark or a bracket is missing';
    this.note(lost.line, lost.reason);
    if (lost.text.includes('"')) this.rows.push({ line: lost.line, damaged: lost.text, reason: lost.reason });
    if (isEnd) this.depth = 0;
    this.lastSign = COMMA;
  }
}
