/** What a row begins with, where no row before has shown it. */
const FIRST_KEYS =
  /\{\s*"(ts|endTime|listened_at|inserted_at|time|timeHuman|timeMs|track|artist|name|_id|username|date)"\s*:/g;
/** As much as the beginning of a row takes, blanks and all. */
const LONGEST_START = 100;
const PIECE = 1024;

/** By what the rows of a file begin, so that the next one can be found behind damage. */
export class RowStart {
  private pattern: RegExp | null = null;

  /** Something within a row may begin like a row: then it proves nothing. */
  private isProof = false;

  /** Programs write the keys of every row in one order: the first row shows it. */
  learn(row: Buffer): void {
    if (this.pattern !== null) return;
    const text = row.toString('latin1');
    const key = /^\{\s*"([^"\\]+)"/.exec(text)?.[1];
    if (key === undefined) return;
    this.pattern = new RegExp(String.raw`\{\s*"${key.replaceAll(/\W/g, String.raw`\$&`)}"\s*:`, 'g');
    this.isProof = text.match(this.pattern)?.length === 1;
  }

  /** Whether a row certainly begins there. */
  isAt(bytes: Buffer, at: number): boolean {
    if (this.pattern === null || !this.isProof) return false;
    this.pattern.lastIndex = 0;
    return this.pattern.exec(bytes.toString('latin1', at, at + LONGEST_START))?.index === 0;
  }

  /**
   * How many bytes from there on are passed: to the next row (`isFound`), or to where one may begin whose rest is still
   * to come. (By pieces: where damage is dense, the next row is near.)
   */
  next(bytes: Buffer, at: number, isLast: boolean): { passed: number; isFound: boolean } {
    const pattern = this.pattern ?? FIRST_KEYS;
    const end = bytes.length - (isLast ? 0 : LONGEST_START);
    for (let from = at; from < end; from += PIECE) {
      pattern.lastIndex = 0;
      const found = pattern.exec(bytes.toString('latin1', from, from + PIECE + LONGEST_START))?.index;
      if (found !== undefined) return { passed: from + found - at, isFound: true };
    }
    return { passed: Math.max(0, end - at), isFound: false };
  }
}

export function newlinesIn(bytes: Buffer, from: number, to: number): number {
  let count = 0;
  for (let at = bytes.indexOf(10, from); at !== -1 && at < to; at = bytes.indexOf(10, at + 1)) count += 1;
  return count;
}
