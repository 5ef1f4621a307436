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

/** The old app's *snapshots* layout, to the letter what it made. */
export const SNAPSHOTS_LAYOUT = `
CREATE TABLE tracks (track_id TEXT PRIMARY KEY, name TEXT, artist_name TEXT, album_name TEXT, duration_ms INTEGER, spotify_url TEXT, raw_json TEXT);
CREATE TABLE snapshots (track_id TEXT, snapshot_date TEXT, time_range TEXT, rank INTEGER, PRIMARY KEY (track_id, snapshot_date, time_range));`;

/** A file of the old app's *snapshots* layout that is being written beside the name it will get. */
export interface OldFile {
  readonly db: Database;
  /** Gives the finished file its name, never an existing file's; `fleeting`: it need not outlive a power cut. */
  keep(how?: { readonly fleeting?: boolean }): void;
  /** Removes what was written; does nothing once the file is kept. */
  discard(): void;
}

/** @throws AppError where the file cannot be written there, in a sentence that says why */
export async function createOldFile(file: string): Promise<OldFile> {
  const target = path.resolve(file);
  checkTarget(file, target);
  const Sqlite = await loadSqlite();
  const fresh = `${target}.${process.pid}.partial`;
  rmSync(fresh, { force: true });
  try {
    // Of its owner alone: it holds a whole archive.
    writeFileSync(fresh, '', { mode: 0o600, flag: 'wx' });
    const db = new Sqlite(fresh);
    // Nobody else knows the file yet, and a crash leaves nothing of its name: no journal is needed.
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
    throw new AppError(400, `There is no directory ${directory} to write ${path.basename(file)} into.`);
}

const alreadyThere = (file: string): AppError =>
  new AppError(409, `${file} is there already and is not overwritten: name a new file.`);

/** @returns the AppError to throw for whatever SQLite or the disk had to say */
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
  /** As it was asked for. */
  readonly file: string;
  readonly fleeting: boolean;
}

function keep(db: Database, { fresh, target, file, fleeting }: Finished): void {
  try {
    db.exec('COMMIT');
    // A rollback journal of the usual kind, as the old app expects to find it.
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

/** Creating the name empty, and only if it is not there, keeps everybody else from it until the file takes it. */
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
