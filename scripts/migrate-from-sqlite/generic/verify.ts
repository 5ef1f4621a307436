import type { Database } from 'better-sqlite3';
import type { Transaction } from '../../../src/db.ts';
import { quoteName } from '../../../src/database/sql-text.ts';
import { readable } from '../audit/survey.ts';
import type { Row } from '../read/cells.ts';
import { readRows } from '../read/rows.ts';
import { VerificationFailed } from '../faults.ts';
import { nameOf, sameKey } from './create-tables.ts';
import { matches } from './matches.ts';
import type { PlannedColumn, PlannedTable } from './plan.ts';
import { readCopy } from './read-copy.ts';
import { rowName } from './rejects.ts';
import { numbered, numberedRows } from './settle.ts';

const NAMED = 5;

/**
 * Compares a second reading of the file's table with the database, value by value. Only rejects may differ.
 * @throws VerificationFailed with the table and the first rows
 */
export async function verifyTable(
  tx: Transaction,
  source: Database,
  schema: string,
  table: PlannedTable,
  zone: string,
): Promise<void> {
  const rows = readRows(source, readable(table.source));
  const wrong: string[] = [];
  let count = 0;
  const note = (what: string): void => {
    count += 1;
    if (wrong.length < NAMED) wrong.push(what);
  };
  try {
    for await (const [n, whole, faulty, isThere, ...values] of readCopy(tx, sideBySide(schema, table))) {
      const next = rows.next();
      if (next.done === true || String(next.value.n) !== n) {
        note(`row ${n} is not accounted for`);
        break;
      }
      if (whole === 't') continue;
      const skipped = new Set(faulty?.split(','));
      const what = isThere === 't' ? difference(table, next.value.row, values, skipped, zone) : 'missing';
      if (what !== null) note(`${rowName(table, namedRow(table, next.value.row), next.value.n)}: ${what}`);
    }
    if (count === 0 && rows.next().done !== true) note('rows of the file are not accounted for');
  } finally {
    rows.return();
  }
  if (count > 0)
    throw new VerificationFailed(`${schema}.${table.name}: ${count} rows differ (${wrong.join('; ')}).`);
}

/** Every row of the file, set aside or beside its stored row. */
function sideBySide(schema: string, table: PlannedTable): string {
  const columns = table.columns.map(written);
  const target = nameOf(schema, table.name);
  const joined =
    table.key.length > 0
      ? `LEFT JOIN ${target} AS t ON ${sameKey(table)}`
      : `LEFT JOIN ${numbered(table)} AS m ON m.n = s.n
         LEFT JOIN ${numberedRows(schema, table)} AS r ON r.content = m.content AND r.copy = m.copy
         LEFT JOIN ${target} AS t ON t.ctid = r.place`;
  return `SELECT COALESCE(s.n, f.n), f.whole, f.columns, t.ctid IS NOT NULL, ${columns.join(', ')}
    FROM ${table.staged} AS s
    FULL JOIN (SELECT n, bool_or(c IS NULL) AS whole, string_agg(c::text, ',') AS columns
               FROM found_faults WHERE t = ${table.at} GROUP BY n) AS f ON f.n = s.n
    ${joined} ORDER BY 1`;
}

const written = (column: PlannedColumn): string => {
  const name = `t.${quoteName(column.name)}`;
  return column.type === 'timestamptz' ? `${name} AT TIME ZONE 'UTC'` : name;
};

function difference(
  table: PlannedTable,
  row: Row,
  values: readonly (string | null)[],
  skipped: ReadonlySet<string>,
  zone: string,
): string | null {
  const column = table.columns.find(
    ({ at, staged, type }) =>
      !skipped.has(String(at)) && !matches(row[staged] ?? null, values[at] ?? null, type, zone),
  );
  return column === undefined ? null : `${column.source} differs`;
}

const namedRow = (table: PlannedTable, row: Row): Row =>
  Object.fromEntries(table.columns.map(({ source, staged }) => [source, row[staged] ?? null]));

/** The next number must be free. */
export async function verifyIdentities(
  tx: Transaction,
  schema: string,
  tables: readonly PlannedTable[],
): Promise<void> {
  for (const table of tables) {
    const column = table.columns.find(({ identity }) => identity);
    if (!column) continue;
    const name = nameOf(schema, table.name);
    const found = await tx.one<{ behind: boolean }>(
      `SELECT COALESCE(max(${quoteName(column.name)}), 0) >
              COALESCE(pg_sequence_last_value(pg_get_serial_sequence($1, $2)::regclass), 0) AS behind FROM ${name}`,
      [name, column.name],
    );
    if (found.behind) throw new VerificationFailed(`${name}: its counter is behind its largest number.`);
  }
}
