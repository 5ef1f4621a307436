import type { Bytes } from './bytes.ts';
import { Fault, LOCKED, unpack, type ZipContent } from './unpack.ts';

const LOCAL_HEADER = Buffer.from('PK\u0003\u0004');
const HEADER_BYTES = 30;
const WINDOW = 256 * 1024;

interface Header {
  readonly name: string;
  readonly isEncrypted: boolean;
  readonly method: number;
  /** Null: it is written after the data. */
  readonly size: number | null;
  readonly begin: number;
}

/** Without the ZIP's directory: each entry says itself where it ends. */
export async function* entriesInFile(bytes: Bytes): AsyncGenerator<ZipContent> {
  for (let at = await nextHeader(bytes, 0); at !== null;) {
    const header = await readHeader(bytes, at);
    if (header === null) return;
    let end = header.begin + (header.size ?? 0);
    yield {
      name: header.name,
      part: { from: at / bytes.size, to: at / bytes.size, size: 1 },
      async *content() {
        end = header.begin + (yield* contentBehind(bytes, header));
      },
    };
    at = await nextHeader(bytes, end);
  }
}

async function* contentBehind(
  bytes: Bytes,
  { isEncrypted, method, size, begin }: Header,
): AsyncGenerator<Buffer, number> {
  if (isEncrypted) throw new Fault(LOCKED);
  if (method === 0 && size === null) throw new Fault('It is damaged, and where it ends is unknown.');
  const end = method === 0 && size !== null ? begin + size : undefined;
  return yield* unpack(bytes.stream(begin, end), { method, size: method === 0 ? size : null, crc: null });
}

async function readHeader(bytes: Bytes, at: number): Promise<Header | null> {
  const fixed = await bytes.read(at, HEADER_BYTES);
  if (fixed.length < HEADER_BYTES) return null;
  const [flags, nameBytes, extraBytes] = [
    fixed.readUInt16LE(6),
    fixed.readUInt16LE(26),
    fixed.readUInt16LE(28),
  ];
  const name = await bytes.read(at + HEADER_BYTES, nameBytes);
  return {
    name: name.toString(),
    isEncrypted: (flags & 1) !== 0,
    method: fixed.readUInt16LE(8),
    size: (flags & 8) === 0 ? fixed.readUInt32LE(18) : null,
    begin: at + HEADER_BYTES + nameBytes + extraBytes,
  };
}

async function nextHeader(bytes: Bytes, from: number): Promise<number | null> {
  for (let at = from; at < bytes.size; at += WINDOW - LOCAL_HEADER.length) {
    const found = (await bytes.read(at, WINDOW)).indexOf(LOCAL_HEADER);
    if (found !== -1) return at + found;
  }
  return null;
}
