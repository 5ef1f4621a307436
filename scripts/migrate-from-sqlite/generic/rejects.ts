import type { Database } from 'better-sqlite3';
import type { Transaction } from '../../../src/db.ts';
import { plural } from '../../print.ts';
import { readable } from '../audit/survey.ts';
import { describeCell, describeKey, type Row, type SourceRow } from '../read/cells.ts';
import { readRows } from '../read/rows.ts';
import { copyLine, copyLines } from '../../../src/database/copy-lines.ts';
import { VerificationFailed } from '../faults.ts';
import type { RejectCount } from '../rejects/rejects.ts';
import { nameOf } from './create-tables.ts';
import { REJECTS_TABLE, type Plan, type PlannedTable } from './plan.ts';

const PAGE = 2_000;
const WAITING_CHARACTERS = 8 * 1024 * 1024;
const COLUMNS = ['source_table', 'source_key', 'source_column', 'reason', 'original'];

interface FoundFault {
  readonly n: number;
  readonly at: number | null;
  readonly reason: string;
}

/** Reads every faulty row again and stages it, or the faulty cell, unchanged. */
export async function describeFaults(tx: Transaction, source: Database, plan: Plan): Promise<void> {
  await tx.execute('CREATE INDEX ON found_faults (t, n, (COALESCE(c, -1)))');
  await tx.execute('ANALYZE found_faults');
  for (const table of plan.tables) {
    const rows = readRows(source, readable(table.source));
    let current: SourceRow | undefined;
    const rowAt = (n: number): Row => {
      while (current === undefined || current.n < n) current = rows.next().value ?? undefined;
      return current.row;
    };
    try {
      await inPages(tx, table, (fault) => rejectLine(table, fault, rowAt(fault.n)));
    } finally {
      rows.return();
    }
  }
}

async function inPages(
  tx: Transaction,
  table: PlannedTable,
  describe: (fault: FoundFault) => string,
): Promise<void> {
  let page = await listFaults(tx, table, { n: 0, at: -1 });
  while (page.length > 0) {
    let lines: string[] = [];
    let waiting = 0;
    for (const fault of page) {
      const line = describe(fault);
      lines.push(line);
      waiting += line.length;
      if (waiting < WAITING_CHARACTERS) continue;
      await copyLines(tx, 'found_rejects', COLUMNS, lines);
      lines = [];
      waiting = 0;
    }
    await copyLines(tx, 'found_rejects', COLUMNS, lines);
    const last = page.at(-1);
    page = last ? await listFaults(tx, table, { n: last.n, at: last.at ?? -1 }) : [];
  }
}

function listFaults(
  tx: Transaction,
  table: PlannedTable,
  after: { readonly n: number; readonly at: number },
): Promise<FoundFault[]> {
  return tx.many(
    `SELECT n, c AS at, reason FROM found_faults
     WHERE t = $1 AND (n, COALESCE(c, -1)) > ($2::bigint, $3::int) ORDER BY n, COALESCE(c, -1) LIMIT ${PAGE}`,
    [table.at, after.n, after.at],
  );
}

function rejectLine(table: PlannedTable, { n, at, reason }: FoundFault, row: Row): string {
  const named = Object.fromEntries(table.columns.map(({ source, staged }) => [source, row[staged] ?? null]));
  const column = at === null ? null : (table.columns[at]?.source ?? null);
  const cells = Object.entries(named).map(([name, cell]) => [name, describeCell(cell)] as const);
  const original = column === null ? Object.fromEntries(cells) : describeCell(named[column] ?? null);
  return copyLine([
    printable(table.source.name),
    rowName(table, named, n),
    column === null ? null : printable(column),
    reason,
    JSON.stringify(original),
  ]);
}

/** By its primary key; without a complete one, by its place in the file. */
export function rowName(table: PlannedTable, row: Row, n: number): string {
  const key = table.source.primaryKey;
  const isWhole = key.length > 0 && key.every((name) => (row[name] ?? null) !== null);
  const parts = [...(key.length > 0 ? [describeKey(row, key)] : []), ...(isWhole ? [] : [`row ${n}`])];
  return parts.join(', ');
}

const printable = (name: string): string => name.replaceAll('\0', '');

const fresh = (schema: string): string => `
  FROM found_rejects AS s
  WHERE NOT EXISTS (
    SELECT FROM ${nameOf(schema, REJECTS_TABLE)} AS r WHERE r.source_table = s.source_table
      AND md5(r.source_key) = md5(s.source_key) AND r.source_column IS NOT DISTINCT FROM s.source_column
      AND r.reason = s.reason AND md5(r.original::text) = md5(s.original::text) AND r.original = s.original)`;

/** @returns how many are new, and all rejects of this run by reason */
export async function storeRejects(
  tx: Transaction,
  schema: string,
): Promise<{ readonly stored: number; readonly rejects: RejectCount[] }> {
  const columns = COLUMNS.join(', ');
  const stored = await tx.execute(
    `INSERT INTO ${nameOf(schema, REJECTS_TABLE)} (${columns}) SELECT ${columns} ${fresh(schema)}`,
  );
  const left = await tx.one<{ count: number }>(`SELECT count(*)::int AS count ${fresh(schema)}`);
  if (left.count > 0) throw new VerificationFailed(`${plural(left.count, 'reject')} could not be stored.`);
  const rejects = await tx.many<RejectCount>(
    `SELECT source_table AS table, source_column AS column, reason, count(*)::int AS count
     FROM found_rejects GROUP BY 1, 2, 3
     ORDER BY source_table COLLATE "C", source_column COLLATE "C" NULLS FIRST, reason COLLATE "C"`,
  );
  return { stored, rejects };
}
