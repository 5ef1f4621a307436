import { quoteName } from '../../../src/sql-text.ts';
import type { Database } from 'better-sqlite3';
import { listChecks, usesKeyword } from './sql-text.ts';

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
  /** null: the parent's primary key. */
  readonly parentColumns: readonly string[] | null;
  readonly onUpdate: string;
  readonly onDelete: string;
}

export interface FileIndex {
  readonly name: string;
  /** null: an expression. */
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
  /** The column that is the row number itself (INTEGER PRIMARY KEY), which SQLite fills by itself. */
  readonly rowidColumn: string | null;
  readonly autoincrement: boolean;
  readonly uniques: readonly FileIndex[];
  readonly indexes: readonly FileIndex[];
  readonly foreignKeys: readonly FileForeignKey[];
  readonly checks: readonly string[];
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

/** Every table, view and trigger of a file with all that SQLite knows of them, in the order of their names. */
export function readFileSchema(db: Database): FileSchema {
  const listed = db
    .prepare<[], { name: string; type: string; wr: number; strict: number }>(
      `SELECT name, type, wr, strict FROM pragma_table_list
       WHERE schema = 'main' AND type IN ('table', 'virtual') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`,
    )
    .all();
  const tables = listed.map(({ name, type, wr, strict }) => {
    const kind = type === 'virtual' ? ('virtual table' as const) : ('table' as const);
    return { name, kind, withoutRowid: wr === 1, strict: strict === 1, ...describeTable(db, name) };
  });
  return { tables, others: listOthers(db) };
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

function describeTable(db: Database, table: string): Described {
  const sql =
    db
      .prepare<[string], string>(`SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?`)
      .pluck()
      .get(table) ?? '';
  const infos = listColumns(db, table);
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
