import type { Transaction } from '../../../src/db.ts';
import { quoteName } from '../../../src/database/sql-text.ts';
import { type Cell } from '../read/cells.ts';
import type { Database } from 'better-sqlite3';
import { listOf, nameOf } from './create-tables.ts';
import type { LeftBehind } from './left-behind.ts';
import { legalName } from './names.ts';
import type { Plan, PlannedColumn, PlannedForeignKey, PlannedIndex, PlannedTable } from './plan.ts';

/** A B-tree entry holds 2,704 bytes. */
export const MAX_KEY_BYTES = 2_600;

/** Bytes of these columns in an index, as SQL. */
export const keyBytes = (names: readonly string[]): string =>
  names.map((name) => `COALESCE(octet_length(${name}::text), 0)`).join(' + ');

/** The rows already fit all of them. */
export async function addConstraints(tx: Transaction, schema: string, plan: Plan): Promise<void> {
  for (const table of plan.tables) {
    const name = nameOf(schema, table.name);
    if (table.hasPrimaryKey) await tx.execute(`ALTER TABLE ${name} ADD PRIMARY KEY (${listOf(table.key)})`);
    for (const unique of table.uniques) await addUnique(tx, name, table, unique, plan.leftBehind);
  }
  const relations = await tx.many<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)`,
    [schema],
  );
  const taken = new Set(relations.map((relation) => relation.name));
  for (const table of plan.tables) {
    for (const index of table.indexes) await addIndex(tx, schema, table, index, taken, plan.leftBehind);
  }
  for (const table of plan.tables) {
    for (const key of table.foreignKeys) await addForeignKey(tx, schema, table, key, plan.leftBehind);
    await tx.execute(`ANALYZE ${nameOf(schema, table.name)}`);
  }
}

/** A unique index of the file gets its own name below; a declared constraint becomes a constraint. */
async function addUnique(
  tx: Transaction,
  name: string,
  table: PlannedTable,
  unique: readonly PlannedColumn[],
  leftBehind: LeftBehind[],
): Promise<void> {
  const hasIndex = table.indexes.some(
    (index) => index.unique && index.columns.every(({ column }, at) => column === unique[at]),
  );
  if (hasIndex || (await isTooLong(tx, name, unique, 'unique', listOf(unique), leftBehind))) return;
  await tx.execute(`ALTER TABLE ${name} ADD UNIQUE (${listOf(unique)})`);
}

async function addIndex(
  tx: Transaction,
  schema: string,
  table: PlannedTable,
  index: PlannedIndex,
  taken: Set<string>,
  leftBehind: LeftBehind[],
): Promise<void> {
  const name = nameOf(schema, table.name);
  const columns = index.columns.map(({ column }) => column);
  if (await isTooLong(tx, name, columns, 'index', index.name, leftBehind)) return;
  const own = legalName(index.name, taken);
  if (own !== index.name)
    leftBehind.push({ kind: 'name', name: index.name, why: `not possible in PostgreSQL; renamed to ${own}` });
  const list = index.columns.map(
    ({ column, descending }) => quoteName(column.name) + (descending ? ' DESC' : ''),
  );
  await tx.execute(
    `CREATE ${index.unique ? 'UNIQUE ' : ''}INDEX ${quoteName(own)} ON ${name} (${list.join(', ')})`,
  );
}

async function isTooLong(
  tx: Transaction,
  table: string,
  columns: readonly PlannedColumn[],
  kind: string,
  name: string,
  leftBehind: LeftBehind[],
): Promise<boolean> {
  const bytes = keyBytes(columns.map((column) => quoteName(column.name)));
  const found = await tx.one<{ long: boolean }>(
    `SELECT EXISTS (SELECT FROM ${table} WHERE ${bytes} > ${MAX_KEY_BYTES}) AS long`,
  );
  if (found.long) leftBehind.push({ kind, name, why: 'a value is too long for a PostgreSQL index' });
  return found.long;
}

/** Deferrable, so that a later run may add rows that refer to each other in a circle. */
async function addForeignKey(
  tx: Transaction,
  schema: string,
  table: PlannedTable,
  key: PlannedForeignKey,
  leftBehind: LeftBehind[],
): Promise<void> {
  await tx.execute('SAVEPOINT before_foreign_key');
  try {
    await tx.execute(
      `ALTER TABLE ${nameOf(schema, table.name)} ADD FOREIGN KEY (${listOf(key.columns)})
       REFERENCES ${nameOf(schema, key.parent.name)} (${listOf(key.parentColumns)})
       ON UPDATE ${key.onUpdate} ON DELETE ${key.onDelete} DEFERRABLE INITIALLY IMMEDIATE`,
    );
  } catch (error) {
    // The unique set it refers to was too long for an index and was not created.
    if (!(error instanceof Error && 'code' in error && error.code === '42830')) throw error;
    await tx.execute('ROLLBACK TO SAVEPOINT before_foreign_key');
    const name = `${table.source.name} (${key.columns.map((column) => column.source).join(', ')})`;
    leftBehind.push({
      kind: 'foreign key',
      name,
      why: `${key.parent.source.name} has no unique key to refer to`,
    });
  }
}

/** Continues SQLite's numbers; never moves a counter back. */
export async function advanceIdentities(
  tx: Transaction,
  schema: string,
  plan: Plan,
  source: Database,
): Promise<void> {
  for (const table of plan.tables) {
    const column = table.columns.find(({ identity }) => identity);
    if (!column) continue;
    const name = nameOf(schema, table.name);
    const { sequence } = await tx.one<{ sequence: string }>(
      'SELECT pg_get_serial_sequence($1, $2) AS sequence',
      [name, column.name],
    );
    await tx.execute(
      `SELECT setval($1::regclass, wanted) FROM (
         SELECT greatest(max(${quoteName(column.name)}), $2::bigint) AS wanted FROM ${name}) AS found
       WHERE wanted > COALESCE(pg_sequence_last_value($1::regclass), 0)`,
      [sequence, lastGiven(source, table).toString()],
    );
  }
}

/** AUTOINCREMENT never reuses a number, even of a deleted row. */
function lastGiven(source: Database, table: PlannedTable): bigint {
  if (!table.source.autoincrement) return 0n;
  const found = source
    .prepare<[string], Cell>('SELECT max(seq) FROM sqlite_sequence WHERE name = ?')
    .safeIntegers()
    .pluck()
    .get(table.source.name);
  return typeof found === 'bigint' ? found : 0n;
}
