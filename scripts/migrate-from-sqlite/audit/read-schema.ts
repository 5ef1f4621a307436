import { quoteName } from '../../../src/database/sql-text.ts';
import type { Database } from 'better-sqlite3';
import { isLacking } from '../read/damage.ts';
import type { OpenFile } from '../read/open-file.ts';
import { whyUnreadable } from '../read/readable-columns.ts';
import { listChecks, listCollations, usesKeyword, type ColumnCollation } from '../read/sql-text.ts';
import { isOwnShadow, type Listed } from './shadow-tables.ts';

export interface FileColumn {
  readonly name: string;
  readonly declaredType: string;
  readonly notNull: boolean;
  readonly defaultSql: string | null;
  readonly generated: 'virtual' | 'stored' | null;
}

export interface FileForeignKey {
  readonly columns: readonly string[];
  readonly parent: string;
  /** Null: the parent's primary key. */
  readonly parentColumns: readonly string[] | null;
  readonly onUpdate: string;
  readonly onDelete: string;
}

export interface FileIndex {
  readonly name: string;
  /** Null: an expression. */
  readonly columns: readonly {
    readonly name: string | null;
    readonly descending: boolean;
    readonly collation: string;
  }[];
  readonly unique: boolean;
  readonly partial: boolean;
}

export interface FileTable {
  readonly name: string;
  readonly kind: 'table' | 'virtual table';
  readonly withoutRowid: boolean;
  readonly strict: boolean;
  readonly columns: readonly FileColumn[];
  readonly primaryKey: readonly string[];
  /** The INTEGER PRIMARY KEY, which is SQLite's row number. */
  readonly rowidColumn: string | null;
  readonly autoincrement: boolean;
  readonly uniques: readonly FileIndex[];
  readonly indexes: readonly FileIndex[];
  readonly foreignKeys: readonly FileForeignKey[];
  readonly checks: readonly string[];
  /** The index of a primary key other than the row number. */
  readonly keyIndex: FileIndex | null;
  readonly collations: readonly ColumnCollation[];
  /** Generated columns that only the file's own program can compute. */
  readonly unreadable: readonly { readonly name: string; readonly why: string }[];
}

export interface FileObject {
  readonly kind: 'view' | 'trigger';
  readonly name: string;
  readonly table: string;
  readonly sql: string;
}

export interface FileSchema {
  readonly tables: readonly FileTable[];
  readonly others: readonly FileObject[];
}

/** Ordered by name. */
export function readFileSchema({ original: db, db: readable }: OpenFile): FileSchema {
  const listed = db
    .prepare<[], Listed & { wr: number; strict: number }>(
      `SELECT l.name, l.type, wr, strict, COALESCE(s.sql, '') AS sql
       FROM pragma_table_list AS l LEFT JOIN sqlite_schema AS s ON s.type = 'table' AND s.name = l.name
       WHERE schema = 'main' AND l.type IN ('table', 'virtual', 'shadow') AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
       ORDER BY l.name`,
    )
    .all();
  const own = listed.filter((table) => !isOwnShadow(table, listed, () => columnNames(db, table.name)));
  const tables = own.map(({ name, type, wr, strict, sql }) => {
    const flags = { name, withoutRowid: wr === 1, strict: strict === 1 };
    if (type === 'virtual') return { ...flags, kind: 'virtual table' as const, ...describeVirtual(db, name) };
    return { ...flags, kind: 'table' as const, ...describeTable(db, readable, name, sql) };
  });
  return { tables, others: listOthers(db) };
}

const columnNames = (db: Database, table: string): string[] => listColumns(db, table).map(({ name }) => name);

/** The module of a virtual table may be missing. */
function describeVirtual(db: Database, name: string): Described {
  const nothing = { primaryKey: [], uniques: [], indexes: [], foreignKeys: [], checks: [], collations: [] };
  const described = { ...nothing, rowidColumn: null, autoincrement: false, keyIndex: null, unreadable: [] };
  try {
    return { ...described, columns: listColumns(db, name).map(describeColumn) };
  } catch (error) {
    if (isLacking(error)) return { ...described, columns: [] };
    throw error;
  }
}

function listOthers(db: Database): FileObject[] {
  return db
    .prepare<[], FileObject>(
      `SELECT type AS kind, name, tbl_name AS "table", sql FROM sqlite_schema WHERE type IN ('view', 'trigger')
       ORDER BY type DESC, name`,
    )
    .all();
}

type Described = Omit<FileTable, 'name' | 'kind' | 'withoutRowid' | 'strict'>;

function describeTable(db: Database, readable: Database, table: string, sql: string): Described {
  const all = listColumns(db, table);
  const unreadable = all.flatMap(({ name, hidden }) => {
    const why = hidden === 2 ? whyUnreadable(readable, table, name) : null;
    return why === null ? [] : [{ name, why }];
  });
  const infos = all.filter((column) => !unreadable.some(({ name }) => name === column.name));
  const indexes = listIndexes(db, table);
  const key = infos.filter((column) => column.pk > 0).toSorted((one, other) => one.pk - other.pk);
  const [only] = key;
  const isRowid =
    key.length === 1 &&
    only?.type.toUpperCase() === 'INTEGER' &&
    !indexes.some((index) => index.origin === 'pk');
  return {
    columns: infos.map(describeColumn),
    primaryKey: key.map((column) => column.name),
    rowidColumn: isRowid ? only.name : null,
    autoincrement: usesKeyword(sql, 'AUTOINCREMENT'),
    uniques: indexes.filter((index) => index.origin === 'u').map(withoutOrigin),
    indexes: indexes.filter((index) => index.origin === 'c').map(withoutOrigin),
    foreignKeys: listForeignKeys(db, table),
    checks: listChecks(sql),
    keyIndex: indexes.find((index) => index.origin === 'pk') ?? null,
    collations: listCollations(sql).filter(({ collation }) => collation.toUpperCase() !== 'BINARY'),
    unreadable,
  };
}

interface ColumnInfo {
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
  readonly dflt_value: string | null;
  readonly pk: number;
  readonly hidden: number;
}

function listColumns(db: Database, table: string): ColumnInfo[] {
  return db
    .prepare<[string], ColumnInfo>(
      'SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?) WHERE hidden <> 1 ORDER BY cid',
    )
    .all(table);
}

const describeColumn = (info: ColumnInfo): FileColumn => ({
  name: info.name,
  declaredType: info.type,
  notNull: info.notnull > 0,
  defaultSql: info.dflt_value,
  generated: info.hidden === 2 ? 'virtual' : info.hidden === 3 ? 'stored' : null,
});

type OriginIndex = FileIndex & { readonly origin: string };

function listIndexes(db: Database, table: string): OriginIndex[] {
  const listed = db
    .prepare<[string], { name: string; unique: number; origin: string; partial: number }>(
      'SELECT name, "unique", origin, partial FROM pragma_index_list(?) ORDER BY name',
    )
    .all(table);
  const columns = db.prepare<[string], { name: string | null; desc: number; coll: string }>(
    'SELECT name, "desc", coll FROM pragma_index_xinfo(?) WHERE key = 1 ORDER BY seqno',
  );
  return listed.map(({ name, unique, origin, partial }) => ({
    name,
    origin,
    unique: unique === 1,
    partial: partial === 1,
    columns: columns
      .all(name)
      .map((column) => ({ name: column.name, descending: column.desc === 1, collation: column.coll })),
  }));
}

const withoutOrigin = ({ name, columns, unique, partial }: OriginIndex): FileIndex => ({
  name,
  columns,
  unique,
  partial,
});

function listForeignKeys(db: Database, table: string): FileForeignKey[] {
  const lines = db
    .prepare<
      [string],
      { id: number; parent: string; from: string; to: string | null; on_update: string; on_delete: string }
    >(
      `SELECT id, "table" AS parent, "from", "to", on_update, on_delete FROM pragma_foreign_key_list(?)
       ORDER BY id, seq`,
    )
    .all(table);
  const ids = [...new Set(lines.map((line) => line.id))];
  return ids.flatMap((id) => {
    const own = lines.filter((line) => line.id === id);
    const [first] = own;
    if (!first) return [];
    const to = own.flatMap((line) => (line.to === null ? [] : [line.to]));
    return [
      {
        columns: own.map((line) => line.from),
        parent: first.parent,
        parentColumns: to.length === own.length ? to : null,
        onUpdate: first.on_update,
        onDelete: first.on_delete,
      },
    ];
  });
}

export function countRows(db: Database, table: string): number {
  const count = db.prepare<[], number>(`SELECT count(*) FROM ${quoteName(table)}`).pluck();
  return count.get() ?? 0;
}
