import type { PgType } from '../audit/choose-type.ts';
import type { FileForeignKey, FileIndex, FileSchema, FileTable } from '../audit/read-schema.ts';
import type { TypeOf } from '../audit/types-of.ts';
import { NothingWritten } from '../faults.ts';
import { planDefault } from './defaults.ts';
import { noteCollations, noteColumnCollations, type LeftBehind } from './left-behind.ts';
import { legalName } from './names.ts';

export interface PlannedColumn {
  readonly source: string;
  readonly name: string;
  /** Its name in the staging table and its place in a source row. */
  readonly staged: string;
  readonly at: number;
  readonly type: PgType;
  readonly identity: boolean;
  readonly notNull: boolean;
  /** SQL; null for none. */
  readonly defaultSql: string | null;
}

export interface PlannedForeignKey {
  readonly columns: readonly PlannedColumn[];
  readonly parent: PlannedTable;
  readonly parentColumns: readonly PlannedColumn[];
  readonly onUpdate: string;
  readonly onDelete: string;
  /** If SQLite compares the two sides by one. */
  readonly collation: string | null;
}

export interface PlannedIndex {
  readonly name: string;
  readonly unique: boolean;
  readonly columns: readonly { readonly column: PlannedColumn; readonly descending: boolean }[];
}

export interface PlannedTable {
  readonly at: number;
  readonly source: FileTable;
  readonly name: string;
  readonly staged: string;
  readonly columns: readonly PlannedColumn[];
  /** The primary key, else a unique set without NULL; empty if nothing identifies the rows. */
  readonly key: readonly PlannedColumn[];
  readonly hasPrimaryKey: boolean;
  readonly uniques: readonly (readonly PlannedColumn[])[];
  readonly indexes: readonly PlannedIndex[];
  /** Complete once every table is planned. */
  readonly foreignKeys: PlannedForeignKey[];
}

export interface Plan {
  readonly tables: readonly PlannedTable[];
  readonly leftBehind: LeftBehind[];
}

export const REJECTS_TABLE = 'import_rejects';
const MAX_COLUMNS = 1_600;

/** Decides names, types and keys; writes nothing. */
export function planTables(schema: FileSchema, typeOf: TypeOf): Plan {
  const leftBehind: LeftBehind[] = [];
  const taken = new Set([REJECTS_TABLE]);
  const moved = schema.tables.filter((table) => table.kind === 'table' && table.columns.length > 0);
  const tables = moved.map((table, at) =>
    planTable(table, at, legalName(table.name, taken), typeOf, leftBehind),
  );
  for (const table of tables) {
    for (const key of table.source.foreignKeys) planForeignKey(tables, table, key, leftBehind);
  }
  noteOthers(schema, tables, leftBehind);
  return { tables, leftBehind };
}

function planTable(
  source: FileTable,
  at: number,
  name: string,
  typeOf: TypeOf,
  leftBehind: LeftBehind[],
): PlannedTable {
  if (source.columns.length > MAX_COLUMNS)
    throw new NothingWritten(
      `The table ${source.name} has ${source.columns.length} columns; PostgreSQL allows at most ${MAX_COLUMNS}.`,
    );
  const columns = planColumns(source, typeOf, leftBehind);
  const find = finder(columns);
  const indexes = source.indexes.flatMap((index) => planIndex(source, index, find, leftBehind));
  const uniques = source.uniques.map((unique) => unique.columns.flatMap((column) => find(column.name)));
  const keyIndexes = source.keyIndex === null ? [] : [source.keyIndex];
  for (const index of [...keyIndexes, ...source.uniques]) noteCollations(source, index, leftBehind);
  noteColumnCollations(source, leftBehind);
  const allUniques = [
    ...uniques,
    ...indexes.filter((index) => index.unique).map((index) => index.columns.map(({ column }) => column)),
  ];
  const primary = source.primaryKey.flatMap((column) => find(column));
  const standIn = allUniques.find((unique) => unique.every((column) => column.notNull)) ?? [];
  return {
    at,
    source,
    name,
    staged: `staged_${at}`,
    columns,
    key: primary.length > 0 ? primary : standIn,
    hasPrimaryKey: primary.length > 0,
    uniques: allUniques,
    indexes,
    foreignKeys: [],
  };
}

function planColumns(source: FileTable, typeOf: TypeOf, leftBehind: LeftBehind[]): PlannedColumn[] {
  const taken = new Set<string>();
  return source.columns.map((column, at) => {
    const type = typeOf(source, column.name);
    const defaultSql = planDefault(column.defaultSql, type);
    if (column.defaultSql !== null && defaultSql === null && column.defaultSql.toUpperCase() !== 'NULL')
      leftBehind.push({
        kind: 'default',
        name: `${source.name}.${column.name}`,
        why: `${column.defaultSql}: has no equivalent in PostgreSQL`,
      });
    const inKey = source.primaryKey.includes(column.name);
    return {
      source: column.name,
      name: legalName(column.name, taken),
      staged: `c${at}`,
      at,
      type,
      identity: column.name === source.rowidColumn,
      notNull: column.notNull || inKey,
      defaultSql,
    };
  });
}

type Find = (name: string | null) => PlannedColumn[];

/** SQLite's names ignore case. */
const finder =
  (columns: readonly PlannedColumn[]): Find =>
  (name) =>
    columns.filter((column) => column.source.toLowerCase() === name?.toLowerCase());

function planIndex(
  source: FileTable,
  index: FileIndex,
  find: Find,
  leftBehind: LeftBehind[],
): PlannedIndex[] {
  const columns = index.columns.flatMap(({ name, descending }) =>
    find(name).map((column) => ({ column, descending })),
  );
  const why = index.partial
    ? 'a partial index'
    : columns.length < index.columns.length
      ? 'an index on an expression'
      : null;
  if (why !== null) leftBehind.push({ kind: 'index', name: index.name, why });
  else noteCollations(source, index, leftBehind);
  return why === null ? [{ name: index.name, unique: index.unique, columns }] : [];
}

function planForeignKey(
  tables: readonly PlannedTable[],
  table: PlannedTable,
  key: FileForeignKey,
  leftBehind: LeftBehind[],
): void {
  const parent = tables.find((other) => other.source.name.toLowerCase() === key.parent.toLowerCase());
  const columns = key.columns.flatMap((name) => finder(table.columns)(name));
  const wanted = key.parentColumns ?? parent?.source.primaryKey ?? [];
  const parentColumns = parent ? wanted.flatMap((name) => finder(parent.columns)(name)) : [];
  const why = obstacle(parent, columns, parentColumns);
  if (why === null && parent)
    table.foreignKeys.push({
      columns,
      parent,
      parentColumns,
      onUpdate: key.onUpdate,
      onDelete: key.onDelete,
      collation: collationOf(parent, parentColumns),
    });
  else
    leftBehind.push({
      kind: 'foreign key',
      name: `${table.source.name} (${key.columns.join(', ')}) → ${key.parent}`,
      why: why ?? '',
    });
}

function collationOf(parent: PlannedTable, columns: readonly PlannedColumn[]): string | null {
  const named = parent.source.collations.find(({ column }) =>
    columns.some(({ source, type }) => type === 'text' && source.toLowerCase() === column.toLowerCase()),
  );
  return named?.collation ?? null;
}

function obstacle(
  parent: PlannedTable | undefined,
  columns: readonly PlannedColumn[],
  parentColumns: readonly PlannedColumn[],
): string | null {
  if (!parent) return 'the table does not exist';
  const isKey = [...parent.uniques, ...(parent.hasPrimaryKey ? [parent.key] : [])].some(
    (unique) =>
      unique.length === parentColumns.length && unique.every((column) => parentColumns.includes(column)),
  );
  if (!isKey || columns.length !== parentColumns.length) return 'it does not refer to a key';
  const fits = columns.every((column, at) => column.type === parentColumns[at]?.type);
  return fits ? null : 'the two sides have different types';
}

function noteOthers(schema: FileSchema, tables: readonly PlannedTable[], leftBehind: LeftBehind[]): void {
  for (const { kind, name } of schema.others) leftBehind.push({ kind, name, why: 'its SQL is SQLite’s' });
  for (const table of schema.tables) {
    if (table.kind === 'virtual table')
      leftBehind.push({ kind: table.kind, name: table.name, why: 'it belongs to an extension of SQLite' });
    for (const check of table.checks)
      leftBehind.push({ kind: 'check', name: table.name, why: `${check}: its SQL is SQLite’s` });
    for (const { name, why } of table.unreadable)
      leftBehind.push({ kind: 'column', name: `${table.name}.${name}`, why: `it cannot be read: ${why}` });
    for (const column of table.columns.filter(({ generated }) => generated !== null))
      leftBehind.push({
        kind: 'generated column',
        name: `${table.name}.${column.name}`,
        why: 'its values moved as plain data',
      });
  }
  for (const { source, name, columns } of tables) {
    const renamed = [
      ...(name === source.name ? [] : [[source.name, name]]),
      ...columns.flatMap((column) =>
        column.name === column.source ? [] : [[`${source.name}.${column.source}`, column.name]],
      ),
    ];
    for (const [from = '', to = ''] of renamed)
      leftBehind.push({ kind: 'name', name: from, why: `not possible in PostgreSQL; renamed to ${to}` });
  }
}
