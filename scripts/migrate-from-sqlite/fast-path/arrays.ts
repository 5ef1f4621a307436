const OIDS = { text: 25, int: 23 } as const;
const HEADER_BYTES = 20;

/** A `text[]` or `int[]` in PostgreSQL's binary form, which needs no quoting or parsing. Its one buffer is reused. */
export class BinaryArray {
  private buffer = Buffer.allocUnsafeSlow(16 * 1024);
  private end = HEADER_BYTES;
  private count = 0;
  private hasNull = 0;
  private readonly oid: number;

  constructor(element: keyof typeof OIDS) {
    this.oid = OIDS[element];
  }

  add(value: Buffer | number | null): void {
    const bytes = value === null ? 0 : typeof value === 'number' ? 4 : value.length;
    this.makeRoom(4 + bytes);
    this.end = this.buffer.writeInt32BE(value === null ? -1 : bytes, this.end);
    if (value === null) this.hasNull = 1;
    else if (typeof value === 'number') this.end = this.buffer.writeInt32BE(value, this.end);
    else this.end += value.copy(this.buffer, this.end);
    this.count += 1;
  }

  /** Valid until the next `add`, which begins another array. */
  take(): Buffer {
    [1, this.hasNull, this.oid, this.count, 1].forEach((word, at) => this.buffer.writeInt32BE(word, 4 * at));
    const whole = this.buffer.subarray(0, this.end);
    [this.end, this.count, this.hasNull] = [HEADER_BYTES, 0, 0];
    return whole;
  }

  private makeRoom(bytes: number): void {
    if (this.end + bytes <= this.buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.buffer.length, this.end + bytes));
    this.buffer.copy(larger, 0, 0, this.end);
    this.buffer = larger;
  }
}
