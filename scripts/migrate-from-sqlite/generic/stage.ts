import type { Database } from 'better-sqlite3';
import type { Transaction } from '../../../src/db.ts';
import { readable } from '../audit/survey.ts';
import { type Row, type SourceRow } from '../read/cells.ts';
import { readRows } from '../read/rows.ts';
import { copyLine, copyLines } from '../../../src/database/copy-lines.ts';
import { NothingWritten, REASON } from '../faults.ts';
import type { Progress } from '../progress.ts';
import { convertCell, GENERIC_REASON } from './convert-cell.ts';
import type { PlannedTable } from './plan.ts';

/** At most so many characters of faults wait in memory for the one connection. */
const WAITING_CHARACTERS = 4 * 1024 * 1024;

/** The row's values in column order, or null; for each fault the column's place (null: the whole row). */
interface ConvertedRow {
  readonly values: readonly (string | null)[] | null;
  readonly faults: readonly { readonly at: number | null; readonly reason: string }[];
}

/** A value that does not fit becomes NULL; in a NOT NULL column it sets the row aside. */
function convertRow(table: PlannedTable, row: Row, zone: string): ConvertedRow {
  const values: (string | null)[] = [];
  const faults: { at: number; reason: string }[] = [];
  for (const column of table.columns) {
    const { value, reason } = convertCell(row[column.staged] ?? null, column.type, zone);
    if (value === null && column.notNull)
      return { values: null, faults: [{ at: null, reason: reason ?? missing(table, column.source) }] };
    if (reason !== null) faults.push({ at: column.at, reason });
    values.push(value);
  }
  return { values, faults };
}

const missing = (table: PlannedTable, column: string): string =>
  table.source.primaryKey.includes(column) ? REASON.keyMissing : GENERIC_REASON.missing;

/** @returns the number of rows */
export async function stageTable(
  tx: Transaction,
  source: Database,
  table: PlannedTable,
  zone: string,
  progress: Progress,
): Promise<number> {
  const rows = readRows(source, readable(table.source));
  const batch = new Batch(table, rows, zone, progress);
  try {
    while (!batch.finished) {
      const columns = ['n', ...table.columns.map((column) => column.staged)];
      await copyLines(tx, table.staged, columns, batch.lines()).catch((error: unknown) => {
        throw tooLarge(table, error);
      });
      await copyLines(tx, 'found_faults', ['t', 'n', 'c', 'reason'], batch.takeFaults());
    }
  } finally {
    // A file cannot be closed while it is being read.
    rows.return();
    progress.finish();
  }
  await tx.execute(`ANALYZE ${table.staged}`);
  return batch.rows;
}

/** A row too large for a page even after compression: no run could move it. */
function tooLarge({ source }: PlannedTable, error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('54'))) return error;
  return new NothingWritten(
    `A row of the table ${source.name} is too large for PostgreSQL (${error.message}). Nothing was written.`,
  );
}

/** Rows until their faults have to be written. */
class Batch {
  finished = false;
  rows = 0;
  private faults: string[] = [];
  private waiting = 0;
  private readonly table: PlannedTable;
  private readonly source: Iterator<SourceRow, void>;
  private readonly zone: string;
  private readonly progress: Progress;

  constructor(table: PlannedTable, source: Iterator<SourceRow, void>, zone: string, progress: Progress) {
    this.table = table;
    this.source = source;
    this.zone = zone;
    this.progress = progress;
  }

  *lines(): Generator<string> {
    while (this.waiting < WAITING_CHARACTERS) {
      const next = this.source.next();
      if (next.done === true) {
        this.finished = true;
        return;
      }
      const { n, row } = next.value;
      const { values, faults } = convertRow(this.table, row, this.zone);
      for (const { at, reason } of faults) this.note(n, at, reason);
      this.rows += 1;
      if (n % 1000 === 0) this.progress.advance(n);
      if (values !== null) yield copyLine([String(n), ...values]);
    }
  }

  takeFaults(): string[] {
    const taken = this.faults;
    this.faults = [];
    this.waiting = 0;
    return taken;
  }

  private note(n: number, at: number | null, reason: string): void {
    const line = copyLine([String(this.table.at), String(n), at === null ? null : String(at), reason]);
    this.faults.push(line);
    this.waiting += line.length;
  }
}
