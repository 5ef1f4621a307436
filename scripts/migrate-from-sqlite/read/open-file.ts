import { chmodSync, closeSync, copyFileSync, openSync, readSync, statSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { loadSqlite } from '../../../src/load-sqlite.ts';
import { NothingWritten } from '../faults.ts';
import { codeOf, findDamage, isLacking } from './damage.ts';
import { beginReading, openAside, type Aside, type Driver } from './open-aside.ts';
import { listSql, readableCopy } from './readable-copy.ts';
import { hasForeignCollation } from './sql-text.ts';

export interface OpenFile {
  /** The file itself, for its schema and backups. */
  readonly original: Database;
  /** The same connection, unless SQLite lacks something: then a readable copy. */
  readonly db: Database;
  close(): void;
}

type Checked = OpenFile & { readonly damage: string | null };

/**
 * Opens any SQLite file read-only and checks it. One read transaction lasts until `close()`.
 * @throws NothingWritten with what is wrong
 */
export async function openReadOnly(file: string): Promise<OpenFile> {
  checkFile(file);
  const Sqlite = await loadSqlite().catch((error: Error) => {
    throw new NothingWritten(error.message);
  });
  let opened: Aside | undefined;
  try {
    opened = await openAt(Sqlite, file);
    const checked = checkAsIs(opened) ?? (await openCopy(Sqlite, opened));
    if (checked.damage === null) return checked;
    checked.close();
    throw new NothingWritten(`${file} is damaged (${checked.damage}). Nothing was moved. ${MEND}`);
  } catch (error) {
    if (opened) closeAll(opened.db, opened.remove);
    throw explain(file, error);
  }
}

async function openAt(Sqlite: Driver, file: string): Promise<Aside> {
  try {
    return { db: beginReading(Sqlite, file), remove: () => undefined };
  } catch (error) {
    if (!/^SQLITE_(CANTOPEN|READONLY)/.test(codeOf(error)) || hasLog(file)) throw error;
    return openClosedLog(Sqlite, file, error);
  }
}

/** After a closed write-ahead log the file is complete, but SQLite wants to create a log beside it and cannot. */
function openClosedLog(Sqlite: Driver, file: string, why: unknown): Promise<Aside> {
  return openAside(Sqlite, (copy) => {
    copyFileSync(file, copy);
    chmodSync(copy, 0o600);
    if (hasLog(file)) throw why;
    const db = new Sqlite(copy);
    db.pragma('journal_mode = DELETE');
    db.close();
    return Promise.resolve();
  });
}

const hasLog = (file: string): boolean => (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;

/** Null if SQLite lacks something the file needs. */
function checkAsIs({ db, remove }: Aside): Checked | null {
  if (listSql(db).some(({ sql }) => hasForeignCollation(sql))) return null;
  try {
    return { original: db, db, damage: findDamage(db), close: () => closeAll(db, remove) };
  } catch (error) {
    if (isLacking(error)) return null;
    throw error;
  }
}

async function openCopy(Sqlite: Driver, opened: Aside): Promise<Checked> {
  const { db, damage, remove } = await readableCopy(Sqlite, opened.db);
  const close = (): void => {
    closeAll(db, remove);
    closeAll(opened.db, opened.remove);
  };
  return { original: opened.db, db, damage, close };
}

function closeAll(db: Database, remove: () => void): void {
  db.close();
  remove();
}

const MEND = 'Try "sqlite3 FILE .recover", or an older copy of it.';

function checkFile(file: string): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found)
    throw new NothingWritten(
      `There is no file ${file}. Name the old archive: npm run migrate:sqlite -- FILE`,
    );
  if (found.isDirectory()) throw new NothingWritten(`${file} is a directory, not a SQLite file.`);
  if (found.size === 0) throw new NothingWritten(`${file} is empty. There is nothing to move.`);
  if (firstBytes(file) !== 'SQLite format 3\0') {
    throw new NothingWritten(`${file} is not a SQLite database, or it is encrypted.`);
  }
}

function firstBytes(file: string): string {
  const bytes = Buffer.alloc(16);
  try {
    const handle = openSync(file, 'r');
    readSync(handle, bytes, 0, 16, 0);
    closeSync(handle);
  } catch (error) {
    throw new NothingWritten(`${file} cannot be read: ${(error as Error).message}`);
  }
  return bytes.toString('latin1');
}

/** SQLite's result codes in words; any other error unchanged. */
export function explain(file: string, error: unknown): unknown {
  const code = codeOf(error);
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) {
    return new NothingWritten(`${file} is locked by another program. Stop the old app and try again.`);
  }
  if (/^SQLITE_(CORRUPT|IOERR)/.test(code)) {
    return new NothingWritten(`${file} is damaged. Nothing was moved. ${MEND}`);
  }
  if (code === 'SQLITE_NOTADB')
    return new NothingWritten(`${file} is not a SQLite database, or it is encrypted.`);
  if (/^SQLITE_(CANTOPEN|READONLY)/.test(code) && hasLog(file)) {
    return new NothingWritten(
      `${file} cannot be opened: its write-ahead log (a -wal file) is open and its directory is read-only. Copy both files to another directory and move the copy.`,
    );
  }
  return code === ''
    ? error
    : new NothingWritten(`${file} cannot be read (${(error as Error).message}). Nothing was moved.`);
}
