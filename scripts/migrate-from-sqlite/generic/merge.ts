import type { Transaction } from '../../../src/db.ts';
import { quoteName } from '../../../src/database/sql-text.ts';
import { REASON } from '../faults.ts';
import { listOf, nameOf, sameKey, staged, stored, typed } from './create-tables.ts';
import type { PlannedColumn, PlannedTable } from './plan.ts';
import { isStored } from './settle.ts';

export interface Merged {
  /** Rows added or completed. */
  readonly moved: number;
  readonly alreadyThere: number;
  /** The database has something else, which stays; the file's values become rejects. */
  readonly kept: number;
}

/** Existing rows stay; missing ones are added. */
export async function mergeTable(
  tx: Transaction,
  schema: string,
  table: PlannedTable,
  isNew: boolean,
): Promise<Merged> {
  if (isNew) return { moved: await insert(tx, schema, table, 'true'), alreadyThere: 0, kept: 0 };
  const kept = await noteDifferences(tx, schema, table);
  const filled = await fillIn(tx, schema, table);
  const before = await tx.one<{ count: number }>(
    `SELECT count(*)::int AS count FROM ${table.staged} AS s WHERE ${isStored(schema, table)}`,
  );
  const added = await insert(tx, schema, table, `NOT ${isStored(schema, table)}`);
  return { moved: added + filled, alreadyThere: before.count - kept - filled, kept };
}

function insert(tx: Transaction, schema: string, table: PlannedTable, condition: string): Promise<number> {
  return tx.execute(
    `INSERT INTO ${nameOf(schema, table.name)} (${listOf(table.columns)})
     SELECT ${table.columns.map((column) => typed(column)).join(', ')}
     FROM ${table.staged} AS s WHERE ${condition} ORDER BY s.n`,
  );
}

/** Values without a constraint, which may fill in NULLs. */
const mayFill = (table: PlannedTable, column: PlannedColumn): boolean =>
  ![table.key, ...table.uniques].some((columns) => columns.includes(column));

/** @returns how many rows have another value than the file */
async function noteDifferences(tx: Transaction, schema: string, table: PlannedTable): Promise<number> {
  if (table.key.length === 0) return 0;
  for (const column of table.columns.filter((one) => !table.key.includes(one))) {
    const isFree = mayFill(table, column) ? `AND ${stored(column)} IS NOT NULL` : '';
    await tx.execute(
      `INSERT INTO found_faults
       SELECT ${table.at}, s.n, ${column.at}, $1
       FROM ${table.staged} AS s JOIN ${nameOf(schema, table.name)} AS t ON ${sameKey(table)}
       WHERE ${staged(column)} IS DISTINCT FROM ${stored(column)} ${isFree}
         AND NOT EXISTS (SELECT FROM found_faults AS f WHERE f.t = ${table.at} AND f.n = s.n AND f.c = ${column.at})`,
      [REASON.keptValue],
    );
  }
  const found = await tx.one<{ count: number }>(
    'SELECT count(DISTINCT n)::int AS count FROM found_faults WHERE t = $1 AND reason = $2',
    [table.at, REASON.keptValue],
  );
  return found.count;
}

/** @returns how many rows were completed and differ in nothing else */
async function fillIn(tx: Transaction, schema: string, table: PlannedTable): Promise<number> {
  const columns = table.columns.filter((column) => mayFill(table, column) && !column.notNull);
  if (table.key.length === 0 || columns.length === 0) return 0;
  const set = columns.map(
    (column) => `${quoteName(column.name)} = COALESCE(t.${quoteName(column.name)}, ${typed(column)})`,
  );
  const lacks = columns.map(
    (column) => `t.${quoteName(column.name)} IS NULL AND s.${column.staged} IS NOT NULL`,
  );
  const found = await tx.one<{ count: number }>(
    `WITH filled AS (
       UPDATE ${nameOf(schema, table.name)} AS t SET ${set.join(', ')} FROM ${table.staged} AS s
       WHERE ${sameKey(table)} AND (${lacks.join(' OR ')}) RETURNING s.n)
     SELECT count(*)::int AS count FROM filled WHERE NOT EXISTS (
       SELECT FROM found_faults AS f WHERE f.t = $1 AND f.n = filled.n AND f.reason = $2)`,
    [table.at, REASON.keptValue],
  );
  return found.count;
}
