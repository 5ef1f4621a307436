/** For a file whose first row is damaged. */
const FIRST_KEYS =
  /\{\s*"(ts|endTime|listened_at|inserted_at|time|timeHuman|timeMs|track|artist|name|_id|username|date)"\s*:/g;
const LONGEST_START = 100;
const PIECE = 1024;

/** Knows how a file's rows begin, to find the next one after damage. */
export class RowStart {
  private pattern: RegExp | null = null;

  /** False if something within a row begins like a row. */
  private isProof = false;

  /** Programs write the keys of every row in one order. */
  learn(row: Buffer): void {
    if (this.pattern !== null) return;
    const text = row.toString('latin1');
    const key = /^\{\s*"([^"\\]+)"/.exec(text)?.[1];
    if (key === undefined) return;
    this.pattern = new RegExp(String.raw`\{\s*"${key.replaceAll(/\W/g, String.raw`\$&`)}"\s*:`, 'g');
    this.isProof = text.match(this.pattern)?.length === 1;
  }

  /** True only if a row certainly begins there. */
  isAt(bytes: Buffer, at: number): boolean {
    if (this.pattern === null || !this.isProof) return false;
    this.pattern.lastIndex = 0;
    return this.pattern.exec(bytes.toString('latin1', at, at + LONGEST_START))?.index === 0;
  }

  /** @returns how many bytes to skip: to the next row, or to where one may begin that has not arrived whole */
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
