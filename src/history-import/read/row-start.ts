/** What a row begins with, where no row before has shown it. */
const FIRST_KEYS =
  /\{\s*"(ts|endTime|listened_at|inserted_at|time|timeHuman|timeMs|track|artist|name|_id|username|date)"\s*:/g;
/** As much as the beginning of a row takes, blanks and all. */
const LONGEST_START = 100;

/** By what the rows of a file begin, so that the next one can be found behind damage. */
export class RowStart {
  private pattern: RegExp | null = null;

  /** Programs write the keys of every row in one order: the first row shows it. */
  learn(row: Buffer): void {
    if (this.pattern !== null) return;
    const key = /^\{\s*"([^"\\]+)"/.exec(row.toString('latin1', 0, LONGEST_START))?.[1];
    if (key === undefined) return;
    this.pattern = new RegExp(String.raw`\{\s*"${key.replaceAll(/\W/g, String.raw`\$&`)}"\s*:`, 'g');
  }

  /** Whether a row certainly begins there. */
  isAt(bytes: Buffer, at: number): boolean {
    if (this.pattern === null) return false;
    this.pattern.lastIndex = 0;
    return this.pattern.exec(bytes.toString('latin1', at, at + LONGEST_START))?.index === 0;
  }

  /**
   * How many bytes from there on are passed: to the next row (`isFound`), or to where one may begin whose rest is still
   * to come.
   */
  next(bytes: Buffer, at: number, isLast: boolean): { passed: number; isFound: boolean } {
    const pattern = this.pattern ?? FIRST_KEYS;
    const text = bytes.toString('latin1', at);
    pattern.lastIndex = 0;
    const found = pattern.exec(text)?.index;
    if (found !== undefined) return { passed: found, isFound: true };
    return { passed: Math.max(0, text.length - (isLast ? 0 : LONGEST_START)), isFound: false };
  }
}
