import type { Transaction } from '../../../src/db.ts';
import { plural } from '../../print.ts';
import { createJsonJudge } from '../target/json-judge.ts';
import { REASON } from '../faults.ts';
import { GENERIC_REASON } from './convert-cell.ts';
import { keyBytes, MAX_KEY_BYTES } from './constraints.ts';
import { nameOf, sameKey, staged, stored, typed } from './create-tables.ts';
import type { Plan, PlannedColumn, PlannedForeignKey, PlannedTable } from './plan.ts';

/**
 * Sets aside what only the server can find: JSON it cannot store, keys that repeat or are too long, rows whose parent
 * is missing. The rest fits every constraint.
 */
export async function settle(tx: Transaction, schema: string, plan: Plan, isNew: boolean): Promise<void> {
  await createJsonJudge(tx);
  for (const table of plan.tables) {
    await judgeJson(tx, table);
    await refuseLongKeys(tx, table);
    if (table.hasPrimaryKey) await refuseRepeats(tx, table, table.key, REASON.sameKey);
    for (const unique of table.uniques) await refuseRepeats(tx, table, unique, GENERIC_REASON.sameUnique);
    if (table.key.length === 0) await numberRows(tx, table);
    if (isNew) continue;
    for (const unique of table.uniques) await refuseTaken(tx, schema, table, unique);
  }
  await leaveForeignKeys(tx, schema, plan, isNew);
  await refuseOrphans(tx, schema, plan);
}

async function judgeJson(tx: Transaction, table: PlannedTable): Promise<void> {
  for (const { staged: name, type, at, notNull } of table.columns) {
    if (type !== 'jsonb' && type !== 'json') continue;
    const bad = `bad AS MATERIALIZED (
      SELECT n, reason FROM (SELECT n, pg_temp.json_fault(${name}, '${type}') AS reason
                             FROM ${table.staged} WHERE ${name} IS NOT NULL OFFSET 0) AS judged
      WHERE reason IS NOT NULL)`;
    const mend = notNull
      ? `DELETE FROM ${table.staged} WHERE n IN (SELECT n FROM bad)`
      : `UPDATE ${table.staged} SET ${name} = NULL WHERE n IN (SELECT n FROM bad)`;
    await tx.execute(
      `WITH ${bad}, mended AS (${mend})
       INSERT INTO found_faults SELECT ${table.at}, n, ${notNull ? 'NULL' : at}, reason FROM bad`,
    );
  }
}

/** Removes whole rows from the staging table. @returns how many */
function refuse(tx: Transaction, table: PlannedTable, reason: string, condition: string): Promise<number> {
  return tx.execute(
    `WITH gone AS (DELETE FROM ${table.staged} AS s WHERE ${condition} RETURNING n)
     INSERT INTO found_faults SELECT ${table.at}, n, NULL, $1 FROM gone`,
    [reason],
  );
}

async function refuseLongKeys(tx: Transaction, table: PlannedTable): Promise<void> {
  if (!table.hasPrimaryKey) return;
  const bytes = keyBytes(table.key.map((column) => `s.${column.staged}`));
  await refuse(tx, table, REASON.keyTooLong, `${bytes} > ${MAX_KEY_BYTES}`);
}

/** Values that differ in SQLite may be equal here: the number 1 and the text 1, one instant in two zones. */
async function refuseRepeats(
  tx: Transaction,
  table: PlannedTable,
  columns: readonly PlannedColumn[],
  reason: string,
): Promise<void> {
  const list = columns.map((column) => column.staged);
  const isWhole = list.map((name) => `${name} IS NOT NULL`).join(' AND ');
  await refuse(
    tx,
    table,
    reason,
    `s.n IN (SELECT n FROM (
       SELECT n, row_number() OVER (PARTITION BY ${list.join(', ')} ORDER BY n) AS copy
       FROM ${table.staged} WHERE ${isWhole}) AS numbered WHERE copy > 1)`,
  );
}

export const numbered = (table: PlannedTable): string => `numbered_${table.at}`;

/** Rows without a key are identified by all their values and their number of earlier repetitions. */
function numberRows(tx: Transaction, table: PlannedTable): Promise<number> {
  const content = `md5(ROW(${table.columns.map((column) => typed(column)).join(', ')})::text)`;
  return tx.execute(
    `CREATE TEMP TABLE ${numbered(table)} ON COMMIT DROP AS
     SELECT n, content, row_number() OVER (PARTITION BY content ORDER BY n) AS copy
     FROM (SELECT n, ${content} AS content FROM ${table.staged} AS s) AS found`,
  );
}

/** The stored rows of such a table in the same way. */
export function numberedRows(schema: string, table: PlannedTable): string {
  const content = `md5(ROW(${table.columns.map((column) => stored(column)).join(', ')})::text)`;
  return `(SELECT place, content, row_number() OVER (PARTITION BY content) AS copy
           FROM (SELECT t.ctid AS place, ${content} AS content FROM ${nameOf(schema, table.name)} AS t) AS found)`;
}

/** True if the target has the staged row `s`, with whatever other values. */
export function isStored(schema: string, table: PlannedTable): string {
  if (table.key.length > 0)
    return `EXISTS (SELECT FROM ${nameOf(schema, table.name)} AS t WHERE ${sameKey(table)})`;
  return `s.n IN (SELECT m.n FROM ${numbered(table)} AS m
                  JOIN ${numberedRows(schema, table)} AS t USING (content, copy))`;
}

function refuseTaken(
  tx: Transaction,
  schema: string,
  table: PlannedTable,
  unique: readonly PlannedColumn[],
): Promise<number> {
  const same = unique.map((column) => `${staged(column)} = ${stored(column)}`).join(' AND ');
  return refuse(
    tx,
    table,
    GENERIC_REASON.takenUnique,
    `EXISTS (SELECT FROM ${nameOf(schema, table.name)} AS t WHERE ${same}) AND NOT ${isStored(schema, table)}`,
  );
}

/**
 * Where SQLite compares a key by a collation, a child may spell its parent differently. A foreign key here compares
 * byte by byte, so it is left behind and the rows stay.
 */
async function leaveForeignKeys(tx: Transaction, schema: string, plan: Plan, isNew: boolean): Promise<void> {
  for (const table of plan.tables) {
    for (const key of table.foreignKeys.filter(({ collation }) => collation !== null)) {
      const why = isNew
        ? await spelledOtherwise(tx, schema, table, key)
        : await notMade(tx, schema, table, key);
      if (why === null) continue;
      table.foreignKeys.splice(table.foreignKeys.indexOf(key), 1);
      const columns = key.columns.map(({ source }) => source).join(', ');
      const name = `${table.source.name} (${columns}) → ${key.parent.source.name}`;
      plan.leftBehind.push({ kind: 'foreign key', name, why });
    }
  }
}

async function spelledOtherwise(
  tx: Transaction,
  schema: string,
  table: PlannedTable,
  key: PlannedForeignKey,
): Promise<string | null> {
  const collation = key.collation?.toUpperCase() ?? '';
  const same = SAME_BY[collation];
  const pairs = key.columns.map((column, at) => [`s.${column.staged}`, `p.${key.parentColumns[at]?.staged}`]);
  const match = pairs
    .map(([child = '', parent = '']) => `${same?.(child) ?? child} = ${same?.(parent) ?? parent}`)
    .join(' AND ');
  const hasParent = same ? `EXISTS (SELECT FROM ${key.parent.staged} AS p WHERE ${match})` : 'true';
  const { rows } = await tx.one<{ rows: number }>(
    `SELECT count(*)::int AS rows FROM ${table.staged} AS s WHERE ${isOrphan(schema, key)} AND ${hasParent}`,
  );
  return rows === 0
    ? null
    : `${plural(rows, 'row spells', 'rows spell')} the key differently, which ${collation} treats as equal`;
}

/** SQLite's own collations, which ignore the case of ASCII letters or spaces at the end. */
const SAME_BY: Readonly<Record<string, (text: string) => string>> = {
  NOCASE: (text) => `lower(${text}::text COLLATE "C")`,
  RTRIM: (text) => `rtrim(${text}::text, ' ')`,
};

async function notMade(
  tx: Transaction,
  schema: string,
  table: PlannedTable,
  key: PlannedForeignKey,
): Promise<string | null> {
  const found = await tx.one<{ made: boolean }>(
    `SELECT EXISTS (
       SELECT FROM pg_constraint WHERE contype = 'f' AND conrelid = $1::regclass AND confrelid = $2::regclass
         AND ARRAY(SELECT attname::text FROM unnest(conkey) WITH ORDINALITY AS k (num, n)
                   JOIN pg_attribute ON attrelid = conrelid AND attnum = num ORDER BY n) = $3::text[]) AS made`,
    [nameOf(schema, table.name), nameOf(schema, key.parent.name), key.columns.map(({ name }) => name)],
  );
  return found.made ? null : `${key.collation} treats some of its rows as equal; it was not created`;
}

/** Repeats, since a row set aside may orphan others. */
async function refuseOrphans(tx: Transaction, schema: string, plan: Plan): Promise<void> {
  for (let gone = 1; gone > 0;) {
    gone = 0;
    for (const table of plan.tables) {
      for (const key of table.foreignKeys)
        gone += await refuse(tx, table, GENERIC_REASON.orphan, isOrphan(schema, key));
    }
  }
}

function isOrphan(schema: string, { columns, parent, parentColumns }: PlannedForeignKey): string {
  const refers = columns.map((column) => `s.${column.staged} IS NOT NULL`).join(' AND ');
  const match = (side: (column: PlannedColumn) => string): string =>
    columns
      .flatMap((column, at) => {
        const other = parentColumns[at];
        return other ? [`s.${column.staged} = ${side(other)}`] : [];
      })
      .join(' AND ');
  return `${refers}
    AND NOT EXISTS (SELECT FROM ${parent.staged} AS p WHERE ${match((column) => `p.${column.staged}`)})
    AND NOT EXISTS (SELECT FROM ${nameOf(schema, parent.name)} AS t WHERE ${match(stored)})`;
}
