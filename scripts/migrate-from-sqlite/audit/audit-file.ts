import { statSync } from 'node:fs';
import path from 'node:path';
import type { Database } from 'better-sqlite3';
import { detectLayout, type Layout } from '../read/layouts.ts';
import { openReadOnly } from '../read/open-file.ts';
import type { AuditedColumn, AuditedTable } from './audited.ts';
import { countFits, type ChosenType, type PgType } from './choose-type.ts';
import { knownColumn } from './known-columns.ts';
import { readFileSchema, type FileObject, type FileSchema, type FileTable } from './read-schema.ts';
import { judgeSigns, lookAround, type FileFigures, type Sign } from './signs.ts';
import { typesOf, type TypeOf } from './types-of.ts';
import { surveyTable, type Survey, type SurveyedColumn } from './survey.ts';

export interface Audit {
  readonly file: string;
  readonly layout: Layout | null;
  readonly bytes: number;
  readonly encoding: string;
  readonly pageSize: number;
  readonly journalMode: string;
  readonly tables: readonly AuditedTable[];
  /** Views and triggers. */
  readonly others: readonly FileObject[];
  readonly signs: readonly Sign[];
}

/** Reads everything and changes nothing. */
export async function auditFile(file: string): Promise<Audit> {
  const missing = statSync(file, { throwIfNoEntry: false }) === undefined;
  const around = missing ? null : lookAround(file);
  const opened = await openReadOnly(file);
  const { original, db } = opened;
  try {
    const schema = readFileSchema(opened);
    const layout = layoutOf(schema);
    const surveys = schema.tables.map((table) =>
      surveyTable(table.kind === 'table' ? db : original, schema, table),
    );
    const typeOf = typesOf(schema, surveys);
    const tables = surveys.map((survey) => auditTable(survey, layout, typeOf));
    const figures = figuresOf(original, file);
    const signs = around === null ? [] : judgeSigns(figures, around, tables, schema.others);
    const { bytes, journalMode } = figures;
    const encoding = String(original.pragma('encoding', { simple: true }));
    const pageSize = Number(original.pragma('page_size', { simple: true }));
    const name = path.basename(file);
    return {
      file: name,
      layout,
      bytes,
      encoding,
      pageSize,
      journalMode,
      tables,
      others: schema.others,
      signs,
    };
  } finally {
    opened.close();
  }
}

function layoutOf(schema: FileSchema): Layout | null {
  const tracks = schema.tables.find((table) => table.name.toLowerCase() === 'tracks');
  return tracks ? detectLayout(tracks.columns.map((column) => column.name)) : null;
}

function figuresOf(db: Database, file: string): FileFigures {
  const figure = (pragma: string): number => Number(db.pragma(pragma, { simple: true }));
  return {
    bytes: statSync(file).size,
    freeBytes: figure('freelist_count') * figure('page_size'),
    journalMode: String(db.pragma('journal_mode', { simple: true })),
    applicationId: figure('application_id'),
    userVersion: figure('user_version'),
  };
}

function auditTable({ table, rows, columns }: Survey, layout: Layout | null, typeOf: TypeOf): AuditedTable {
  const { columns: _, rowidColumn: _rowid, keyIndex: _key, ...described } = table;
  return {
    ...described,
    rows,
    columns: columns.map((_column, at) => auditColumn(table, at, columns, layout, typeOf)),
  };
}

function auditColumn(
  table: FileTable,
  at: number,
  surveyed: readonly SurveyedColumn[],
  layout: Layout | null,
  typeOf: TypeOf,
): AuditedColumn {
  const column = table.columns[at];
  const found = surveyed[at];
  if (!column || !found) throw new Error(`no column ${at} in ${table.name}`);
  const { facts } = found;
  const chosen = following(found, typeOf(table, column.name));
  const known = layout === null ? null : knownColumn(layout, table.name, column.name);
  return {
    name: column.name,
    declaredType: column.declaredType,
    constraints: constraintsOf(table, column),
    nulls: facts.count('null'),
    holds: Object.fromEntries(facts.holds),
    forms: Object.fromEntries(facts.forms),
    range: facts.least === null ? null : { least: String(facts.least), greatest: String(facts.greatest) },
    beyond32Bits: facts.beyond32,
    lengths:
      facts.shortest === null || facts.longest === null
        ? null
        : { shortest: facts.shortest, longest: facts.longest },
    distinct: facts.distinct,
    samples: facts.samples,
    type: known?.type ?? chosen.type,
    identity: known === null && chosen.identity,
    why: known?.why ?? chosen.why,
    misfits: chosen.misfits,
    ...(known === null ? {} : { target: known.target }),
  };
}

/** A column that refers to another takes its type. */
function following({ facts, chosen }: SurveyedColumn, type: PgType): ChosenType {
  if (chosen.type === type) return chosen;
  const misfits = facts.values - countFits(type, facts);
  return { type, identity: false, why: 'the type of the column it refers to', misfits };
}

function constraintsOf(table: FileTable, column: FileTable['columns'][number]): string[] {
  const isUnique = table.uniques.some(
    (unique) => unique.columns.length === 1 && unique.columns[0]?.name === column.name,
  );
  const parents = table.foreignKeys.filter((key) => key.columns.includes(column.name));
  return [
    ...(table.primaryKey.includes(column.name) ? ['PRIMARY KEY'] : []),
    ...(table.autoincrement && column.name === table.rowidColumn ? ['AUTOINCREMENT'] : []),
    ...(column.notNull ? ['NOT NULL'] : []),
    ...(isUnique ? ['UNIQUE'] : []),
    ...(column.defaultSql === null ? [] : [`DEFAULT ${column.defaultSql}`]),
    ...(column.generated === null ? [] : [`GENERATED ${column.generated.toUpperCase()}`]),
    ...parents.map((key) => `REFERENCES ${key.parent}`),
  ];
}
