import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import type { Db, Transaction } from '../db.ts';
import {
  CSV_FILES,
  csvHeader,
  csvLines,
  csvQuery,
  sizeOfCsvRow,
  type CsvFile,
  type CsvRow,
} from './csv-files.ts';
import { dataFileOf, EXPORT_FORMAT, EXPORT_VERSION, MANIFEST, type TableFile } from './manifest.ts';
import { fillOldFile } from './old-copy.ts';
import { readMe } from './read-me.ts';
import { beginReading, readRows } from './read-rows.ts';
import { EXPORTED, linesQuery, listColumns, NOT_EXPORTED, ofRow, type ExportedTable } from './tables.ts';

export interface PackOptions {
  readonly directory: string;
  readonly signal: AbortSignal;
  /** @param bytes of the ZIP written so far */
  readonly onWritten: (bytes: number) => void;
}

export const zipPathIn = (directory: string): string => path.join(directory, 'archive.zip');

/** As of one moment. @throws AppError if the disk or the database fails */
export async function packArchive(db: Db, userId: number, options: PackOptions): Promise<void> {
  await db.withTransaction(async (tx) => {
    await beginReading(tx, userId);
    await writeZip(tx, options);
  });
}

async function writeZip(tx: Transaction, { directory, signal, onWritten }: PackOptions): Promise<void> {
  const zip = new ZipFile();
  const failing = new AbortController();
  zip.on('error', (error: Error) => failing.abort(error));
  const either = AbortSignal.any([signal, failing.signal]);
  await addFiles(zip, tx, directory, either);
  zip.end();
  const file = createWriteStream(zipPathIn(directory), { mode: 0o600 });
  // The pipeline reports errors; later ones of the streams are not news.
  for (const stream of [zip.outputStream, file] as NodeJS.EventEmitter[]) stream.on('error', () => undefined);
  file.on('drain', () => onWritten(file.bytesWritten));
  await pipeline(zip.outputStream, file, { signal: either }).catch((error: unknown) => {
    throw failing.signal.aborted ? failing.signal.reason : error;
  });
  onWritten(file.bytesWritten);
}

async function addFiles(
  zip: ZipFile,
  tx: Transaction,
  directory: string,
  signal: AbortSignal,
): Promise<void> {
  const columns = await listColumns(tx, EXPORTED);
  const { spotify_id: spotifyId, now } = await tx.one<{ spotify_id: string; now: Date }>(
    `SELECT spotify_id, now() FROM users WHERE user_id = current_setting('export.user_id')::bigint`,
  );
  zip.addBuffer(Buffer.from(readMe(now)), 'README.txt');
  const files: TableFile[] = [];
  for (const table of EXPORTED) {
    addStream(zip, dataFileOf(table.name), () =>
      tableLines(tx, { table, columns: columns.get(table.name) ?? [], files, signal }),
    );
  }
  for (const file of CSV_FILES) addStream(zip, `csv/${file.name}`, () => csvOf(tx, file, signal));
  addStream(zip, 'old-app/music_time_machine.db', () => oldFile(tx, directory, signal));
  addStream(zip, MANIFEST, () => [
    JSON.stringify(
      {
        format: EXPORT_FORMAT,
        version: EXPORT_VERSION,
        exported_at: now.toISOString(),
        spotify_id: spotifyId,
        tables: files,
        not_exported: NOT_EXPORTED,
      },
      null,
      2,
    ),
  ]);
}

function addStream(
  zip: ZipFile,
  name: string,
  contentOf: () => Iterable<string> | AsyncIterable<string | Buffer>,
): void {
  zip.addReadStreamLazy(name, (done) => {
    const content = Readable.from(contentOf(), { objectMode: false });
    content.on('error', (error) => zip.emit('error', error));
    done(null, content);
  });
}

interface TableOptions {
  readonly table: ExportedTable;
  readonly columns: readonly string[];
  readonly sqlOf?: (column: string) => string;
  readonly files: TableFile[];
  readonly signal?: AbortSignal;
}

/** At the end `files` has its number of rows and checksum. */
export async function* tableLines(
  tx: Transaction,
  { table, columns, sqlOf = ofRow, files, signal }: TableOptions,
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let [rows, bytes] = [0, 0];
  const query = linesQuery(table, columns.map(sqlOf));
  for await (const batch of readRows<{ line: string }>(tx, query, ({ line }) => line.length, signal)) {
    const text = Buffer.from(batch.map(({ line }) => `${line}\n`).join(''));
    hash.update(text);
    rows += batch.length;
    bytes += text.length;
    yield text;
  }
  files.push({ table: table.name, columns: [...columns], rows, bytes, sha256: hash.digest('hex') });
}

async function* csvOf(tx: Transaction, file: CsvFile, signal: AbortSignal): AsyncGenerator<string> {
  yield csvHeader(file);
  for await (const rows of readRows<CsvRow>(tx, csvQuery(file), sizeOfCsvRow, signal)) yield csvLines(rows);
}

async function* oldFile(tx: Transaction, directory: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  const file = await fillOldFile(tx, path.join(directory, 'old.db'), signal);
  const stream = createReadStream(file, { signal });
  // The reader gets the error; after the ZIP has failed there is none.
  stream.on('error', () => undefined);
  try {
    yield* stream as AsyncIterable<Buffer>;
  } finally {
    // Packed now: free the space before a slow download ends.
    await rm(file, { force: true });
  }
}
