import type { Database } from 'better-sqlite3';
import { type ReadableTable } from '../read/cells.ts';
import { readRows } from '../read/rows.ts';
import { chooseType, type ChosenType } from './choose-type.ts';
import { ColumnFacts } from './column-facts.ts';
import type { FileSchema, FileTable } from './read-schema.ts';

export interface SurveyedColumn {
  readonly facts: ColumnFacts;
  readonly chosen: ChosenType;
}

export interface Survey {
  readonly table: FileTable;
  /** Null: the table needs an extension that is missing. */
  readonly rows: number | null;
  readonly columns: readonly SurveyedColumn[];
}

/** Columns by place (`c0`, `c1` …), since a column may have any name. */
export function readable(table: FileTable): ReadableTable {
  return { name: table.name, columns: new Map(table.columns.map((column, at) => [`c${at}`, column.name])) };
}

export function surveyTable(
  db: Database,
  schema: FileSchema,
  table: FileTable,
  zoneIsKnown = false,
  onRow: (done: number) => void = () => undefined,
): Survey {
  const facts = table.columns.map(() => new ColumnFacts());
  let rows: number | null = 0;
  try {
    for (const { n, row } of readRows(db, readable(table))) {
      facts.forEach((fact, at) => fact.add(row[`c${at}`] ?? null));
      rows = n;
      if (n % 1000 === 0) onRow(n);
    }
  } catch (error) {
    if (table.kind === 'table') throw error;
    rows = null;
  }
  const indexed = indexedColumns(schema, table);
  const unique = uniqueColumns(table);
  const columns = table.columns.map((column, at) => {
    const fact = facts[at] ?? new ColumnFacts();
    const isRowid = column.name === table.rowidColumn;
    const name = column.name.toLowerCase();
    const isUnique = unique.has(name);
    const mayBeNull = !column.notNull && !table.primaryKey.includes(column.name);
    const around = { isRowid, isIndexed: indexed.has(name), isUnique, mayBeNull, zoneIsKnown };
    return { facts: fact, chosen: chooseType(column, fact, around) };
  });
  return { table, rows, columns };
}

/** Columns in a primary key or unique set, in lower case. */
function uniqueColumns(table: FileTable): Set<string> {
  const uniques = [...table.uniques, ...table.indexes.filter((index) => index.unique)];
  const named = uniques.flatMap((index) => index.columns.flatMap(({ name }) => name ?? []));
  return new Set([...table.primaryKey, ...named].map((name) => name.toLowerCase()));
}

/** Columns in any key, unique constraint, index or foreign key, in lower case. */
function indexedColumns(schema: FileSchema, table: FileTable): Set<string> {
  const inIndexes = [...table.uniques, ...table.indexes].flatMap((index) =>
    index.columns.flatMap(({ name }) => name ?? []),
  );
  const referred = schema.tables
    .flatMap((other) => other.foreignKeys)
    .filter((key) => key.parent.toLowerCase() === table.name.toLowerCase())
    .flatMap((key) => key.parentColumns ?? []);
  const own = table.foreignKeys.flatMap((key) => key.columns);
  return new Set([...table.primaryKey, ...inIndexes, ...referred, ...own].map((name) => name.toLowerCase()));
}
