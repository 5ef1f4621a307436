import type { PgType } from './choose-type.ts';
import type { FileSchema, FileTable } from './read-schema.ts';
import type { Survey } from './survey.ts';

/** On a second run, the type that the column has. */
export type TypeOf = (table: FileTable, column: string) => PgType;

/** SQLite's names ignore case and cannot contain the character between them. */
export const columnId = (table: string, column: string): string =>
  `${table.toLowerCase()}\0${column.toLowerCase()}`;

/** The surveyed types, except that a column that refers to another takes its type. */
export function typesOf(schema: FileSchema, surveys: readonly Survey[]): TypeOf {
  const types = new Map<string, PgType>();
  for (const { table, columns } of surveys) {
    table.columns.forEach((column, at) =>
      types.set(columnId(table.name, column.name), columns[at]?.chosen.type ?? 'text'),
    );
  }
  const references = schema.tables.flatMap((table) => referencesOf(schema, table));
  // A chain of references passes its type on link by link.
  for (const _ of references) {
    for (const [child, parent] of references) {
      const type = types.get(parent);
      if (type !== undefined) types.set(child, type);
    }
  }
  return (table, column) => types.get(columnId(table.name, column)) ?? 'text';
}

function referencesOf(schema: FileSchema, table: FileTable): (readonly [string, string])[] {
  return table.foreignKeys.flatMap((key) => {
    const parent = schema.tables.find((other) => other.name.toLowerCase() === key.parent.toLowerCase());
    const wanted = key.parentColumns ?? parent?.primaryKey ?? [];
    if (!parent || wanted.length !== key.columns.length) return [];
    return key.columns.flatMap((column, at) => {
      const target = wanted[at];
      const isFree = column.toLowerCase() !== table.rowidColumn?.toLowerCase();
      return target !== undefined && isFree
        ? [[columnId(table.name, column), columnId(parent.name, target)] as const]
        : [];
    });
  });
}
