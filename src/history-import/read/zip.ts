import type { Readable } from 'node:stream';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import type { Bytes } from './bytes.ts';
import { sum } from '../../sum.ts';
import { entriesInFile } from './cut-zip.ts';
import { Fault, LOCKED, unpack, type ZipContent } from './unpack.ts';

const MOST_ENTRIES = 10_000;
const ZIP = Buffer.from('PK\u0003\u0004');
const EMPTY_ZIP = Buffer.from('PK\u0005\u0006');

export const isZip = (head: Buffer): boolean =>
  head.subarray(0, 4).equals(ZIP) || head.subarray(0, 4).equals(EMPTY_ZIP);

/** By its directory; if that is damaged, one entry after the other. @param say takes what is wrong with the ZIP */
export async function* filesOfZip(bytes: Bytes, say: (fault: string) => void): AsyncGenerator<ZipContent> {
  const listed = await list(bytes, say);
  if (listed === null) {
    say('The ZIP is damaged or incomplete. What could be found in it was read.');
    yield* entriesInFile(bytes);
    return;
  }
  try {
    const total = sum(listed.entries.map(({ uncompressedSize }) => uncompressedSize)) || 1;
    let before = 0;
    for (const entry of listed.entries) {
      const { uncompressedSize: size } = entry;
      const part = { from: before / total, to: (before + size) / total, size };
      before += size;
      yield { name: nameOf(entry), part, content: () => contentOf(listed.zip, entry) };
    }
  } finally {
    listed.zip.close();
  }
}

async function list(
  bytes: Bytes,
  say: (fault: string) => void,
): Promise<{ zip: ZipFile; entries: Entry[] } | null> {
  const zip = await bytes.openZip().catch(() => null);
  if (zip === null) return null;
  const entries: Entry[] = [];
  try {
    for await (const entry of zip.eachEntry()) {
      if (entries.length === MOST_ENTRIES) {
        say(`The ZIP has more than ${MOST_ENTRIES} files. The rest was not read.`);
        break;
      }
      entries.push(entry);
    }
    return { zip, entries };
  } catch {
    zip.close();
    return null;
  }
}

function contentOf(zip: ZipFile, entry: Entry): AsyncGenerator<Buffer, number> {
  if (entry.isEncrypted()) throw new Fault(LOCKED);
  return unpackEntry(zip, entry);
}

async function* unpackEntry(zip: ZipFile, entry: Entry): AsyncGenerator<Buffer, number> {
  const packed = await packedOf(zip, entry);
  const { compressionMethod: method, uncompressedSize: size, crc32: crc } = entry;
  return yield* unpack(packed, { method, size, crc });
}

async function packedOf(zip: ZipFile, entry: Entry): Promise<Readable> {
  try {
    return await zip.openReadStreamPromise(entry, { decodeFileData: false });
  } catch (error) {
    throw new Fault('It is damaged. Nothing in it could be read.', { cause: error });
  }
}

function nameOf(entry: Entry): string {
  return yauzl.getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);
}
