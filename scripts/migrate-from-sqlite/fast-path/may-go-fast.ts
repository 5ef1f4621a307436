import type { Database } from 'better-sqlite3';
import { VerificationFailed } from '../faults.ts';
import type { Source, SourceTable } from '../read/open-source.ts';
import { isAboutValues } from '../staged-path/stage.ts';

/** A file, table or row that is not as the old app wrote it: the staged path judges each of its values. */
export class NotForFastPath extends Error {
  override readonly name = 'NotForFastPath';
}

/** Whether the file can go unstaged into empty tables: the snapshots layout, only known columns, unique keys. */
export function mayTakeFastPath({ db, layout, tables }: Source): boolean {
  if (layout !== 'snapshots' || tables.length < 2) return false;
  if (db.pragma('encoding', { simple: true }) !== 'UTF-8') return false;
  return tables.every((table) => table.extra.length === 0 && hasRowid(db, table) && hasUniqueKey(db, table));
}

function hasRowid(db: Database, { name }: SourceTable): boolean {
  const found = db
    .prepare<[string], bigint | number>(
      `SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND name = ? AND NOT wr AND type = 'table'`,
    )
    .pluck()
    .get(name);
  const shadowed = db
    .prepare<[string], number>(`SELECT count(*) FROM pragma_table_xinfo(?) WHERE lower(name) = '_rowid_'`)
    .pluck()
    .get(name);
  return Number(found) === 1 && Number(shadowed) === 0;
}

/** A complete unique index over the key that compares byte by byte. */
function hasUniqueKey(db: Database, { name, key, columns }: SourceTable): boolean {
  const wanted = new Set(key.map((column) => columns.get(column)?.toLowerCase()));
  const indexes = db
    .prepare<[string], string>('SELECT name FROM pragma_index_list(?) WHERE "unique" AND NOT partial')
    .pluck()
    .all(name);
  const keyed = db.prepare<[string], { name: string | null; coll: string }>(
    'SELECT name, coll FROM pragma_index_xinfo(?) WHERE "key"',
  );
  // An index over part of the key keeps the whole key unique too.
  return indexes.some((index) =>
    keyed.all(index).every((part) => part.coll === 'BINARY' && wanted.has(part.name?.toLowerCase())),
  );
}

/** Not plain enough, refused by the server, or breaking a rule. */
export function isForStagedPath(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return (
    error instanceof NotForFastPath ||
    error instanceof VerificationFailed ||
    code.startsWith('23') ||
    isAboutValues(error)
  );
}
