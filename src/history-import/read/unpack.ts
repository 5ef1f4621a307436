import type { Readable } from 'node:stream';
import zlib from 'node:zlib';

/** Of all files of one import; a heavy listener's whole history is 0.3 GB. */
const MOST_BYTES = 4 * 1024 ** 3;
/** Histories shrink to a twelfth: more than this is a trap. */
const MOST_SWELLING = 200;
const HARMLESS_BYTES = 64 * 1024 * 1024;
const CHUNK = 64 * 1024;

/** Shared by all files of one import. */
export class Allowance {
  private left = MOST_BYTES;

  /** @throws Fault */
  take(bytes: number): void {
    this.left -= bytes;
    if (this.left < 0) throw new Fault('Together these files are larger than 4 GB. The rest was not read.');
  }
}

/** `message` is a sentence for the listener. What was read before it counts. */
export class Fault extends Error {
  override readonly name = 'Fault';
}

/** `content` of a damaged file ends in a Fault; what comes before is good. */
export interface ZipContent {
  readonly name: string;
  /** `from` and `to`: its part of the ZIP, 0 to 1. `size`: its expected bytes. */
  readonly part: { readonly from: number; readonly to: number; readonly size: number };
  readonly content: () => AsyncGenerator<Buffer, unknown>;
}

/** Null: not known beforehand. */
export interface Packed {
  readonly method: number;
  readonly size: number | null;
  readonly crc: number | null;
}

/** @returns the number of packed bytes @throws Fault after what could be unpacked of a damaged entry */
export async function* unpack(
  packed: Readable,
  { method, size, crc }: Packed,
): AsyncGenerator<Buffer, number> {
  let [length, checksum] = [0, 0];
  const inflate =
    method === 8
      ? zlib.createInflateRaw({ chunkSize: CHUNK, finishFlush: zlib.constants.Z_SYNC_FLUSH })
      : null;
  if (inflate === null && method !== 0)
    throw new Fault('Its kind of compression is not supported. Unpack it yourself.');
  try {
    for await (const chunk of (inflate === null
      ? packed
      : follow(packed, inflate)) as AsyncIterable<Buffer>) {
      length += chunk.length;
      checksum = zlib.crc32(chunk, checksum);
      if (inflate !== null && length > HARMLESS_BYTES && length > MOST_SWELLING * inflate.bytesWritten)
        throw new Fault(BOMB);
      yield chunk;
    }
  } catch (error) {
    throw error instanceof Fault ? error : new Fault(DAMAGED, { cause: error });
  } finally {
    packed.destroy();
    inflate?.destroy();
  }
  if ((size !== null && size !== length) || (crc !== null && crc !== checksum)) throw new Fault(DAMAGED);
  return inflate?.bytesWritten ?? length;
}

export const LOCKED = 'It is protected by a password. Unpack it yourself.';
const BOMB = 'Unpacked, it is far larger than any history. The rest was not read.';
const DAMAGED = 'It is damaged or incomplete. What could be unpacked was read.';

/** pipe() does not pass errors on. */
function follow(packed: Readable, inflate: zlib.InflateRaw): zlib.InflateRaw {
  packed.on('error', (error) => inflate.destroy(error));
  return packed.pipe(inflate);
}
