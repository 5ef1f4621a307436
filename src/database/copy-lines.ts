import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import type { Transaction } from '../db.ts';

/** Large enough to be worth a write, small enough to be filled while the server reads the one before. */
const PIECE_BYTES = 128 * 1024;
const BATCH_BYTES = 2 * 1024 * 1024;

export type CopyValue = string | number | boolean | null;

/** One row in COPY's text format. */
export function copyLine(values: readonly CopyValue[]): string {
  return `${values.map(copyValue).join('\t')}\n`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function copyValue(value: CopyValue): string {
  if (value === null) return '\\N';
  if (typeof value !== 'string') return String(value);
  return /[\\\n\r\t]/.test(value)
    ? value.replaceAll(/[\\\n\r\t]/g, (found) => ESCAPES[found] ?? found)
    : value;
}

/** Called when the server refuses a batch: stores its bytes in another way, or rethrows the error. */
export type OnRefused = (error: unknown, batch: Buffer) => Promise<void>;

/**
 * Streams lines into a table as fast as the server accepts them. With `onRefused`, only a refused batch is rolled back.
 */
export async function copyLines(
  tx: Transaction,
  table: string,
  columns: readonly string[],
  lines: Iterable<string>,
  onRefused?: OnRefused,
): Promise<void> {
  const into = `${table} (${columns.join(', ')})`;
  const batches = new Batches(lines);
  while (batches.more()) {
    if (onRefused === undefined) await send(tx, into, batches.pieces());
    else await sendOrTakeBack(tx, into, batches, onRefused);
  }
}

/** Streams whole lines as they come. */
export async function copyPieces(
  tx: Transaction,
  table: string,
  columns: readonly string[],
  pieces: Iterable<Buffer> | AsyncIterable<Buffer>,
): Promise<void> {
  await send(tx, `${table} (${columns.join(', ')})`, pieces);
}

async function send(
  tx: Transaction,
  into: string,
  pieces: Iterable<Buffer> | AsyncIterable<Buffer>,
): Promise<void> {
  const stream = tx.client.query(copyFrom(`COPY ${into} FROM STDIN`));
  await pipeline(Readable.from(pieces, { highWaterMark: 1 }), stream);
}

async function sendOrTakeBack(
  tx: Transaction,
  into: string,
  batches: Batches,
  onRefused: OnRefused,
): Promise<void> {
  await tx.execute('SAVEPOINT batch');
  try {
    await send(tx, into, batches.pieces());
  } catch (error) {
    await onRefused(error, batches.sent());
  }
  await tx.execute('RELEASE SAVEPOINT batch');
}

/** One buffer for all batches, so that sending makes no garbage and can be repeated. */
class Batches {
  private readonly lines: Iterator<string>;
  private readonly buffer = Buffer.allocUnsafeSlow(BATCH_BYTES);
  /** The buffer, or one line that is larger than it. */
  private current = this.buffer;
  private filled = 0;
  private next: IteratorResult<string, unknown>;

  constructor(lines: Iterable<string>) {
    this.lines = lines[Symbol.iterator]();
    this.next = this.lines.next();
  }

  more(): boolean {
    return this.next.done !== true;
  }

  sent(): Buffer {
    return this.current.subarray(0, this.filled);
  }

  *pieces(): Generator<Buffer> {
    this.current = this.buffer;
    this.filled = 0;
    let from = 0;
    while (this.next.done !== true && this.add(this.next.value)) {
      this.next = this.lines.next();
      if (this.filled - from < PIECE_BYTES) continue;
      yield this.current.subarray(from, this.filled);
      from = this.filled;
    }
    if (this.filled > from) yield this.current.subarray(from, this.filled);
  }

  private add(line: string): boolean {
    const room = this.current.length - this.filled;
    // A JavaScript character takes at most three bytes.
    if (line.length * 3 <= room || Buffer.byteLength(line) <= room) {
      this.filled += this.current.write(line, this.filled);
      return true;
    }
    if (this.filled > 0) return false;
    this.current = Buffer.from(line);
    this.filled = this.current.length;
    return true;
  }
}
