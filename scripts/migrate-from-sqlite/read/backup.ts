import {
  chmodSync,
  createReadStream,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { Database } from 'better-sqlite3';
import { NothingWritten } from '../faults.ts';
import { findDamage, isLacking } from './damage.ts';

/**
 * Makes a checked, dated copy with SQLite's online backup, even while the old app writes. An earlier copy is never
 * overwritten and is reused if it is equal. Only readers of the archive may read it.
 * @returns the copy's path
 */
export async function backUp(db: Database, file: string, today: Date): Promise<string> {
  const { dir, name } = path.parse(file);
  const stem = path.join(dir, `${name}_backup_`);
  const fresh = `${stem}${process.pid}.partial`;
  try {
    sweep(stem);
    writeFileSync(fresh, '', { mode: 0o600 });
    await db.backup(fresh);
    await settle(fresh);
    chmodSync(fresh, statSync(file).mode & 0o777);
    return (await findSame(fresh, stem)) ?? keep(fresh, `${stem}${dated(today)}`);
  } catch (error) {
    throw new NothingWritten(
      `The backup copy beside ${file} failed (${(error as Error).message}). Make the directory writable, or skip the copy with --no-backup.`,
      { cause: error },
    );
  } finally {
    rmSync(fresh, { force: true });
  }
}

/** Turns a copy with a write-ahead log into a plain file, which opens even in a read-only directory. */
async function settle(copy: string): Promise<void> {
  const { default: Sqlite } = await import('better-sqlite3');
  const db = new Sqlite(copy, { fileMustExist: true });
  try {
    if (db.pragma('journal_mode', { simple: true }) === 'wal') db.pragma('journal_mode = DELETE');
    const damage = findCopied(db);
    if (damage !== null) throw new Error(`the copy is damaged: ${damage}`);
  } finally {
    db.close();
  }
}

/** If SQLite lacks something, a readable copy was checked instead. */
function findCopied(db: Database): string | null {
  try {
    return findDamage(db);
  } catch (error) {
    if (isLacking(error)) return null;
    throw error;
  }
}

/** Removes what a killed run left. */
function sweep(stem: string): void {
  const { dir, base } = path.parse(stem);
  for (const name of readdirSync(dir === '' ? '.' : dir)) {
    const pid = name.startsWith(base) ? /^(\d+)\.partial/.exec(name.slice(base.length))?.[1] : undefined;
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(path.join(dir, name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function dated(day: Date): string {
  const [year, month, date] = [day.getFullYear(), day.getMonth() + 1, day.getDate()];
  return [year, String(month).padStart(2, '0'), String(date).padStart(2, '0')].join('_');
}

/** Reserves the first free name by creating it empty. */
function keep(fresh: string, wanted: string): string {
  for (let count = 1; ; count += 1) {
    const target = `${wanted}${count === 1 ? '' : `_${count}`}.db`;
    try {
      writeFileSync(target, '', { flag: 'wx' });
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') continue;
      throw error;
    }
    renameSync(fresh, target);
    return target;
  }
}

async function findSame(fresh: string, stem: string): Promise<string | null> {
  const { dir, base } = path.parse(stem);
  const earlier = readdirSync(dir === '' ? '.' : dir)
    .filter((name) => name.startsWith(base) && name.endsWith('.db'))
    .map((name) => path.join(dir, name));
  for (const file of earlier.toSorted()) {
    if (await sameBytes(fresh, file)) return file;
  }
  return null;
}

async function sameBytes(one: string, other: string): Promise<boolean> {
  if (statSync(one).size !== statSync(other).size) return false;
  const right = createReadStream(other)[Symbol.asyncIterator]();
  for await (const chunk of createReadStream(one)) {
    const next = await right.next();
    if (next.done === true || !(chunk as Buffer).equals(next.value as Buffer)) return false;
  }
  return true;
}
