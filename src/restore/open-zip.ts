import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { AppError } from '../errors.ts';
import {
  dataFileOf,
  EXPORT_FORMAT,
  EXPORT_VERSION,
  MANIFEST,
  manifestShape,
  type Manifest,
  type TableFile,
} from '../exports/manifest.ts';

const MOST_ENTRIES = 200;
const LARGEST_MANIFEST = 1_000_000;
/** One payload of an old archive may be 50 MB; JSON escapes can double it. */
const LONGEST_LINE = 128 * 1024 * 1024;
/** JSON payloads compress to a tenth; a thousandth is a trap. */
const MOST_SWELLING = 200;
const HARMLESS_BYTES = 256 * 1024 * 1024;

export const damaged = (what: string, cause?: unknown): AppError =>
  new AppError(
    400,
    `This file is not a complete export of Music Time Machine: ${what}. Nothing was written.`,
    {
      cause,
    },
  );

/** Names, sizes and manifest are checked. Nothing of it is written to disk. */
export class ExportZip {
  private constructor(
    private readonly zip: ZipFile,
    private readonly entries: ReadonlyMap<string, Entry>,
    readonly manifest: Manifest,
  ) {}

  static async open(file: string): Promise<ExportZip> {
    const zip = await openFile(file);
    try {
      const entries = await listEntries(zip);
      checkSizes(file, entries);
      return new ExportZip(zip, entries, await readManifest(zip, entries));
    } catch (error) {
      zip.close();
      throw error instanceof AppError ? error : damaged(messageOf(error), error);
    }
  }

  close(): void {
    this.zip.close();
  }

  /** A table's lines, in memory only by the chunk. Fails as soon as they differ from the manifest. */
  async *lines(file: TableFile): AsyncGenerator<string[]> {
    const name = dataFileOf(file.table);
    const entry = this.entries.get(name);
    if (!entry) throw damaged(`${name} is missing`);
    const hash = createHash('sha256');
    let [rows, bytes] = [0, 0];
    for await (const chunk of readLines(await openEntry(this.zip, entry), (data) => {
      hash.update(data);
      bytes += data.length;
    })) {
      rows += chunk.length;
      if (rows > file.rows) throw damaged(`${name} has more rows than the manifest says`);
      const empty = chunk.indexOf('');
      if (empty !== -1) throw damaged(`${name}, row ${rows - chunk.length + empty + 1}: the line is empty`);
      yield chunk;
    }
    if (rows !== file.rows || bytes !== file.bytes || hash.digest('hex') !== file.sha256)
      throw damaged(`${name} is not what the manifest says it is`);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function openFile(file: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    yauzl.open(file, { lazyEntries: true, autoClose: false }, (error, zip) =>
      error ? reject(damaged(error.message, error)) : resolve(zip),
    );
  });
}

/** yauzl refuses names that lead out of a directory. */
function listEntries(zip: ZipFile): Promise<ReadonlyMap<string, Entry>> {
  return new Promise((resolve, reject) => {
    const entries = new Map<string, Entry>();
    zip.on('entry', (entry: Entry) => {
      if (isOfTheMac(entry.fileName)) return zip.readEntry();
      if (entries.has(entry.fileName)) return reject(damaged(`it holds ${entry.fileName} twice`));
      if (entries.size === MOST_ENTRIES) return reject(damaged('it holds too many files'));
      entries.set(entry.fileName, entry);
      zip.readEntry();
    });
    zip.on('end', () => resolve(withoutCommonFolder(entries)));
    zip.on('error', reject);
    zip.readEntry();
  });
}

/** macOS adds such entries to every ZIP. */
const isOfTheMac = (name: string): boolean =>
  name.startsWith('__MACOSX/') || /(^|\/)(\._[^/]*|\.DS_Store)$/.test(name) || name.endsWith('/');

/** After unpacking and packing again, everything may be in one folder. */
function withoutCommonFolder(entries: ReadonlyMap<string, Entry>): ReadonlyMap<string, Entry> {
  const [folder] = /^[^/]+\//.exec([...entries.keys()][0] ?? '') ?? [];
  if (entries.has(MANIFEST) || folder === undefined) return entries;
  if (![...entries.keys()].every((name) => name.startsWith(folder))) return entries;
  return new Map([...entries].map(([name, entry]) => [name.slice(folder.length), entry]));
}

function checkSizes(file: string, entries: ReadonlyMap<string, Entry>): void {
  const unpacked = [...entries.values()].reduce((sum, entry) => sum + entry.uncompressedSize, 0);
  if (unpacked > HARMLESS_BYTES && unpacked > statSync(file).size * MOST_SWELLING)
    throw damaged('it would unpack to far more than an archive can be');
}

function openEntry(zip: ZipFile, entry: Entry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(stream)));
  });
}

async function readManifest(zip: ZipFile, entries: ReadonlyMap<string, Entry>): Promise<Manifest> {
  const entry = entries.get(MANIFEST);
  if (!entry) throw damaged(`it has no ${MANIFEST}`);
  if (entry.uncompressedSize > LARGEST_MANIFEST) throw damaged(`its ${MANIFEST} is too large`);
  const chunks: Buffer[] = [];
  for await (const chunk of (await openEntry(zip, entry)) as AsyncIterable<Buffer>) chunks.push(chunk);
  const given = JSON.parse(Buffer.concat(chunks).toString()) as unknown;
  const { format, version } = (given ?? {}) as { format?: unknown; version?: unknown };
  if (format === EXPORT_FORMAT && !isKnown(version))
    throw damaged(
      `its layout has version ${String(version).slice(0, 20)}, but this app reads 1 to ${EXPORT_VERSION}`,
    );
  const manifest = manifestShape.safeParse(given);
  if (!manifest.success) throw damaged(`its ${MANIFEST} is not one of Music Time Machine`);
  return manifest.data;
}

const isKnown = (version: unknown): boolean =>
  Number.isInteger(version) && Number(version) >= 1 && Number(version) <= EXPORT_VERSION;

const NEWLINE = 0x0a;

async function* readLines(stream: Readable, onData: (chunk: Buffer) => void): AsyncGenerator<string[]> {
  let partial: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    onData(chunk);
    const end = chunk.lastIndexOf(NEWLINE);
    length += chunk.length;
    if (length > LONGEST_LINE) throw damaged('a line is longer than any row can be');
    if (end === -1) {
      partial.push(chunk);
      continue;
    }
    yield Buffer.concat([...partial, chunk.subarray(0, end)])
      .toString()
      .split('\n');
    partial = [chunk.subarray(end + 1)];
    length = partial[0]?.length ?? 0;
  }
  if (length > 0) throw damaged('a file ends in the middle of a line');
}
