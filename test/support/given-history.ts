import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { readHistoryFiles } from '../../src/history-import/read/read-history.ts';
import type { FilePlay, FileReport, ReadRow } from '../../src/history-import/row.ts';

/** What a test reads happened before this. */
export const NOW = Date.UTC(2026, 10, 30);

export interface Read {
  readonly rows: readonly ReadRow[];
  readonly files: readonly FileReport[];
  /** What became of each row: `play`, or its bucket. */
  readonly fates: readonly string[];
  readonly plays: readonly FilePlay[];
}

export async function readPaths(paths: readonly string[]): Promise<Read> {
  const reading = readHistoryFiles(
    paths.map((file) => ({ path: file, name: path.basename(file) })),
    NOW,
  );
  const rows: ReadRow[] = [];
  for await (const batch of reading) rows.push(...batch);
  return {
    rows,
    files: reading.files,
    fates: rows.map((row) => (row.kind === 'play' ? 'play' : row.bucket)),
    plays: rows.flatMap((row) => (row.kind === 'play' ? [row.play] : [])),
  };
}

/** Reads contents as files of these names. */
export async function readFiles(files: Readonly<Record<string, string | Buffer>>): Promise<Read> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mtm-history-'));
  try {
    const paths = Object.entries(files).map(([name, content]) => {
      const file = path.join(directory, name);
      writeFileSync(file, content);
      return file;
    });
    return await readPaths(paths);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

export const readOne = (content: string | Buffer, name = 'anything.txt'): Promise<Read> =>
  readFiles({ [name]: content });

/** A ZIP with sizes behind the data, as Spotify's are. */
export async function zipOf(files: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(files)) {
    if (name.endsWith('/')) zip.addEmptyDirectory(name);
    else zip.addReadStreamLazy(name, (done) => done(null, streamOf(Buffer.from(content as string))));
  }
  zip.end();
  return packed(zip);
}

export const packed = (zip: ZipFile): Promise<Buffer> =>
  buffer(zip.outputStream as NodeJS.ReadableStream & AsyncIterable<Buffer>);

const streamOf = (bytes: Buffer): Readable => Readable.from([bytes], { objectMode: false });

export const TRACK_ID = '0aB1cD2eF3gH4iJ5kL6mN7';

/** A row of the extended history; what a test is about is changed in it. */
export const extendedRow = (changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  ts: '2025-03-02T19:04:11Z',
  platform: 'android',
  ms_played: 201_340,
  conn_country: 'SE',
  ip_addr: '192.0.2.17',
  master_metadata_track_name: 'Lantern Weather',
  master_metadata_album_artist_name: 'The Paper Harbour',
  master_metadata_album_album_name: 'Low Tide Almanac',
  spotify_track_uri: `spotify:track:${TRACK_ID}`,
  episode_name: null,
  episode_show_name: null,
  spotify_episode_uri: null,
  reason_start: 'trackdone',
  reason_end: 'trackdone',
  shuffle: false,
  skipped: false,
  offline: false,
  offline_timestamp: 1_740_941_848,
  incognito_mode: false,
  ...changes,
});

export const extendedList = (...changes: readonly Readonly<Record<string, unknown>>[]): string =>
  JSON.stringify(changes.map(extendedRow), null, 2);

/** Rows that can be told apart by their order. */
export const numberedRows = (count: number): Record<string, unknown>[] =>
  Array.from({ length: count }, (_, n) => extendedRow({ ms_played: n }));
