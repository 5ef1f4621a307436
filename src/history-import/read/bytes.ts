import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import yauzl, { type ZipFile } from 'yauzl';

export interface Bytes {
  readonly size: number;
  /** @param end the first byte that is not read */
  stream(start?: number, end?: number): Readable;
  read(start: number, length: number): Promise<Buffer>;
  openZip(): Promise<ZipFile>;
}

/** Names are never used for a path on the disk, so yauzl need not refuse odd ones. */
const ZIP_OPTIONS = { lazyEntries: true, autoClose: false, decodeStrings: false, validateEntrySizes: false };
const PIECE = 64 * 1024;

export async function bytesOfFile(path: string): Promise<Bytes> {
  const { size } = await stat(path);
  return {
    size,
    stream: (start = 0, end = Number.POSITIVE_INFINITY) =>
      createReadStream(path, { start, end: end - 1, highWaterMark: PIECE }),
    openZip: () => yauzl.openPromise(path, ZIP_OPTIONS),
    async read(start, length) {
      const file = await open(path);
      try {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, start);
        return buffer.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    },
  };
}

export function bytesInMemory(bytes: Buffer): Bytes {
  return {
    size: bytes.length,
    stream: (start, end) => Readable.from(pieces(bytes.subarray(start, end)), { objectMode: false }),
    read: (start, length) => Promise.resolve(bytes.subarray(start, start + length)),
    openZip: () => yauzl.fromBufferPromise(bytes, ZIP_OPTIONS),
  };
}

function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}
