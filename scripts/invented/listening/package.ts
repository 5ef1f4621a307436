import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { inventPlays, type InventedPlay } from './plays.ts';
import { extendedRows, type Fate, type InventedRow } from './spotify.ts';

export interface PackageSize {
  readonly seed: number;
  readonly rows: number;
  readonly files: number;
}

/** What a reader must find. */
export interface PackageReceipt {
  rows: number;
  /** Bytes of JSON. */
  bytes: number;
  readonly fates: Record<Fate, number>;
}

/** Writes a ZIP as Spotify sends it: its folder, files one after the other, sizes behind the data, a PDF beside them. */
export async function writeExtendedPackage(
  file: string,
  size: PackageSize,
  plays: Iterable<InventedPlay> = inventPlays(size.seed, size.rows),
): Promise<PackageReceipt> {
  const receipt: PackageReceipt = {
    rows: 0,
    bytes: 0,
    fates: { play: 0, again: 0, podcast: 0, audiobook: 0, 'no track': 0, unreadable: 0 },
  };
  const rows = extendedRows(size.seed, plays);
  const zip = new ZipFile();
  const folder = 'Spotify Extended Streaming History/';
  zip.addBuffer(Buffer.from('%PDF-1.4\n'), `${folder}ReadMeFirst_ExtendedStreamingHistory.pdf`);
  for (let n = 0; n < size.files; n += 1) {
    const name = `${folder}Streaming_History_Audio_${2016 + n}_${n}.json`;
    const share = n === size.files - 1 ? Number.POSITIVE_INFINITY : Math.ceil(size.rows / size.files);
    // (One is packed after the other, so that each takes the rows behind those of the one before.)
    zip.addReadStreamLazy(name, (done) => done(null, Readable.from(jsonOf(rows, share, receipt))));
  }
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(file));
  return receipt;
}

const PIECE = 200;

/** A list as Spotify prints it since 2024, two blanks deep. */
function* jsonOf(rows: Iterator<InventedRow>, most: number, receipt: PackageReceipt): Generator<Buffer> {
  let pieces: string[] = [];
  let isFirst = true;
  const flush = (): Buffer => {
    const bytes = Buffer.from(pieces.join(''));
    pieces = [];
    receipt.bytes += bytes.length;
    return bytes;
  };
  for (let n = 0; n < most; n += 1) {
    const next = rows.next();
    if (next.done === true) break;
    receipt.rows += 1;
    receipt.fates[next.value.fate] += 1;
    const text = JSON.stringify(next.value.row, null, 2).replaceAll('\n', '\n  ');
    pieces.push(`${isFirst ? '[\n  ' : ',\n  '}${text}`);
    isFirst = false;
    if (pieces.length === PIECE) yield flush();
  }
  pieces.push(isFirst ? '[]' : '\n]');
  yield flush();
}
