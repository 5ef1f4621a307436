import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { Database } from 'better-sqlite3';
import { AppError } from '../errors.ts';
import { loadSqlite } from '../load-sqlite.ts';

export const SNAPSHOTS_LAYOUT = `
CREATE TABLE tracks (track_id TEXT PRIMARY KEY, name TEXT, artist_name TEXT, album_name TEXT, duration_ms INTEGER, spotify_url TEXT, raw_json TEXT);
CREATE TABLE snapshots (track_id TEXT, snapshot_date TEXT, time_range TEXT, rank INTEGER, PRIMARY KEY (track_id, snapshot_date, time_range));`;

/** A file in the old app's *snapshots* layout, written beside its final name. */
export interface OldFile {
  readonly db: Database;
  /** Never over an existing file. `fleeting`: it need not survive a power cut. */
  keep(how?: { readonly fleeting?: boolean }): void;
  discard(): void;
}

/** @throws AppError if the file cannot be written there */
export async function createOldFile(file: string): Promise<OldFile> {
  const target = path.resolve(file);
  checkTarget(file, target);
  const Sqlite = await loadSqlite();
  const fresh = `${target}.${process.pid}.partial`;
  rmSync(fresh, { force: true });
  try {
    writeFileSync(fresh, '', { mode: 0o600, flag: 'wx' });
    const db = new Sqlite(fresh);
    // A crash leaves nothing under the final name, so no journal is needed.
    db.pragma('journal_mode = OFF');
    db.pragma('synchronous = OFF');
    db.exec(SNAPSHOTS_LAYOUT);
    db.exec('BEGIN');
    return {
      db,
      keep: ({ fleeting = false } = {}) => keep(db, { fresh, target, file, fleeting }),
      discard: () => discard(db, fresh),
    };
  } catch (error) {
    throw unwritable(file, error);
  }
}

function checkTarget(file: string, target: string): void {
  if (lstatSync(target, { throwIfNoEntry: false })) throw alreadyThere(file);
  const directory = path.dirname(target);
  if (!existsSync(directory) || !statSync(directory).isDirectory())
    throw new AppError(400, `There is no directory ${directory} for ${path.basename(file)}.`);
}

const alreadyThere = (file: string): AppError =>
  new AppError(409, `${file} already exists and is not overwritten. Name a new file.`);

export const unwritable = (file: string, error: unknown): AppError =>
  new AppError(
    500,
    `${file} cannot be written (${error instanceof Error ? error.message : String(error)}). Nothing was kept.`,
    {
      cause: error,
    },
  );

interface Finished {
  readonly fresh: string;
  readonly target: string;
  readonly file: string;
  readonly fleeting: boolean;
}

function keep(db: Database, { fresh, target, file, fleeting }: Finished): void {
  try {
    db.exec('COMMIT');
    // The old app expects a rollback journal.
    db.pragma('journal_mode = DELETE');
    db.close();
    if (!fleeting) flush(fresh);
  } catch (error) {
    throw unwritable(file, error);
  }
  reserve(target, file);
  renameSync(fresh, target);
  if (!fleeting) flush(path.dirname(target));
}

function reserve(target: string, file: string): void {
  try {
    writeFileSync(target, '', { flag: 'wx' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw alreadyThere(file);
    throw unwritable(file, error);
  }
}

function flush(what: string): void {
  const handle = openSync(what, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function discard(db: Database, fresh: string): void {
  db.close();
  rmSync(fresh, { force: true });
}
