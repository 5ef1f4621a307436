import { createHash } from 'node:crypto';
import type { Transaction } from '../../../src/db.ts';
import { quoteName } from '../../../src/database/sql-text.ts';
import type { PgType } from '../audit/choose-type.ts';
import type { FileSchema } from '../audit/read-schema.ts';
import { columnId, type TypeOf } from '../audit/types-of.ts';
import { NothingWritten } from '../faults.ts';
import { planTables } from './plan.ts';

/** By its tables and columns, which stay when the file grows. */
export function digestOf(schema: FileSchema): string {
  const definitions = schema.tables.map((table) => [
    table.name,
    table.primaryKey,
    table.columns.map((column) => [column.name, column.declaredType]),
  ]);
  return createHash('sha256').update(JSON.stringify(definitions)).digest('hex');
}

const comment = (file: string, digest: string): string =>
  `Moved by migrate:sqlite from ${file.replaceAll(/\s+/g, ' ')}; source ${digest}`;

/** Whether the schema exists. @throws NothingWritten if it was not made from a file with these tables */
export async function findSchema(tx: Transaction, name: string, digest: string): Promise<boolean> {
  const found = await tx.maybeOne<{ made: string | null }>(
    `SELECT obj_description(oid, 'pg_namespace') AS made FROM pg_namespace WHERE nspname = $1`,
    [name],
  );
  if (!found) return false;
  const made = /^Moved by migrate:sqlite from .*; source ([0-9a-f]{64})$/.exec(found.made ?? '');
  if (!made)
    throw new NothingWritten(
      `The schema ${name} exists and was not made by this command. Name another one with --schema.`,
    );
  if (made[1] !== digest)
    throw new NothingWritten(
      `The schema ${name} was made from a file with other tables or columns. Name another one with --schema.`,
    );
  return true;
}

/** @throws NothingWritten without the privilege to create it */
export async function createSchema(
  tx: Transaction,
  name: string,
  file: string,
  digest: string,
): Promise<void> {
  await tx.execute(`CREATE SCHEMA ${quoteName(name)}`).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === '42501')
      throw new NothingWritten(
        'This database user may not make a schema: GRANT CREATE ON DATABASE … would let it.',
      );
    throw error;
  });
  const text = comment(file, digest).replaceAll("'", "''");
  await tx.execute(`COMMENT ON SCHEMA ${quoteName(name)} IS '${text}'`);
}

const TYPE_NAMES: Readonly<Record<string, PgType>> = {
  'timestamp without time zone': 'timestamp',
  'timestamp with time zone': 'timestamptz',
};
const PG_TYPES: ReadonlySet<string> = new Set<PgType>([
  ...(['integer', 'bigint', 'numeric', 'double precision', 'boolean', 'text', 'date'] as const),
  ...(['jsonb', 'json', 'bytea'] as const),
]);

/**
 * The types that earlier runs chose.
 * @throws NothingWritten if a table or column was changed and no longer fits the file
 */
export async function typesInPlace(tx: Transaction, name: string, schema: FileSchema): Promise<TypeOf> {
  const rows = await tx.many<{ table: string; column: string; type: string }>(
    `SELECT relname AS table, attname AS column, format_type(atttypid, NULL) AS type
     FROM pg_attribute JOIN pg_class AS c ON c.oid = attrelid
     WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)
       AND relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped`,
    [name],
  );
  const there = new Map(rows.map(({ table, column, type }) => [`${table}\0${column}`, type]));
  const types = new Map<string, PgType>();
  for (const table of planTables(schema, () => 'text').tables) {
    for (const column of table.columns) {
      const type = there.get(`${table.name}\0${column.name}`) ?? 'not there';
      const known = TYPE_NAMES[type] ?? (PG_TYPES.has(type) ? (type as PgType) : null);
      if (known === null)
        throw new NothingWritten(
          `The column ${name}.${table.name}.${column.name} has been changed (it is ${type}). Name another schema.`,
        );
      types.set(columnId(table.source.name, column.source), known);
    }
  }
  return (table, column) => types.get(columnId(table.name, column)) ?? 'text';
}
