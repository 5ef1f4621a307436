import type { Transaction } from '../../../src/db.ts';
import { describeCell, describeKey, type Row, type SourceRow } from '../read/cells.ts';
import { readArchiveRows } from '../read/rows.ts';
import { conversionOf, convertRow } from './convert.ts';
import { copyLine, copyLines, copyPieces, type OnRefused } from '../../../src/database/copy-lines.ts';
import type { Fault } from '../faults.ts';
import type { Source, SourceTable } from '../read/open-source.ts';
import type { Progress } from '../progress.ts';
import type { ReadingRules } from '../read/fields.ts';
import { judgeJson } from './prepare.ts';
import { STAGED } from './staged-tables.ts';

/** At most so many characters of rejects wait in memory for the one connection. */
const WAITING_CHARACTERS = 8 * 1024 * 1024;
const REJECT_COLUMNS = ['source_table', 'source_key', 'source_column', 'reason', 'original'];

export interface Reading {
  rows: number;
  refusedRows: number;
  readonly conversions: Map<string, number>;
}

interface From {
  readonly source: Source;
  readonly rules: ReadingRules;
}

/** Streams a source table into its staging table, and what cannot be moved into staged_rejects. */
export async function stageTable(
  tx: Transaction,
  from: From,
  table: SourceTable,
  progress: Progress,
): Promise<Reading> {
  const { source } = from;
  const into = conversionOf(source.layout, table.shape).into;
  const columns = ['n', ...STAGED[into]];
  // The server decides for a batch whether its payloads are JSON objects it can store, and if not, row by row.
  const judge: OnRefused = async (error, bytes) => {
    if (!isAboutValues(error)) throw error;
    await tx.execute('ROLLBACK TO SAVEPOINT batch');
    await copyPieces(tx, 'judged_tracks', columns, [bytes]);
    await judgeJson(tx, reading.conversions);
  };
  const rows = readArchiveRows(source.db, table);
  const reading: Reading = { rows: 0, refusedRows: 0, conversions: new Map() };
  progress.start(`reading ${table.name}`, table.rows);
  try {
    for (let more = true; more;) {
      const batch = new Batch(from, table, rows, reading, progress);
      await copyLines(tx, into, columns, batch.lines(), into === 'staged_tracks' ? judge : undefined);
      await copyRejects(tx, batch.rejects);
      more = !batch.finished;
    }
  } finally {
    // A file cannot be closed while it is being read.
    rows.return();
    progress.finish();
  }
  await tx.execute(`ANALYZE ${into}`);
  return reading;
}

/** Data exceptions, program limits, and our own check that JSON is an object. */
export const isAboutValues = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^(22|54|23514)/.test(String(error.code));

/** Rows until their rejects have to be written. */
class Batch {
  finished = false;
  readonly rejects: string[] = [];
  private waiting = 0;
  private readonly from: From;
  private readonly table: SourceTable;
  private readonly rows: Iterator<SourceRow, void>;
  private readonly reading: Reading;
  private readonly progress: Progress;

  constructor(
    from: From,
    table: SourceTable,
    rows: Iterator<SourceRow, void>,
    reading: Reading,
    progress: Progress,
  ) {
    this.from = from;
    this.table = table;
    this.rows = rows;
    this.reading = reading;
    this.progress = progress;
  }

  *lines(): Generator<string> {
    const { source, rules } = this.from;
    const conversion = conversionOf(source.layout, this.table.shape);
    while (this.waiting < WAITING_CHARACTERS) {
      const next = this.rows.next();
      if (next.done === true) {
        this.finished = true;
        return;
      }
      const { n, row } = next.value;
      const { values, faults, conversions } = convertRow(conversion, row, this.table.extra, rules);
      this.note(row, faults, conversions);
      if (values === null) this.reading.refusedRows += 1;
      else yield copyLine([String(n), ...values]);
    }
  }

  private note(row: Row, faults: readonly Fault[], conversions: readonly string[]): void {
    this.reading.rows += 1;
    if (this.reading.rows % 1000 === 0) this.progress.advance(this.reading.rows);
    for (const fault of faults) {
      const line = rejectLine(this.table, row, fault);
      this.waiting += line.length;
      this.rejects.push(line);
    }
    const counts = this.reading.conversions;
    for (const what of conversions) counts.set(what, (counts.get(what) ?? 0) + 1);
  }
}

/** With the cell or the whole row unchanged. */
export function rejectLine(table: SourceTable, row: Row, fault: Fault): string {
  const original =
    fault.column === null
      ? Object.fromEntries(
          Object.entries(row).flatMap(([name, cell]) =>
            table.missing.includes(name) ? [] : [[name, describeCell(cell)]],
          ),
        )
      : describeCell(row[fault.column] ?? null);
  const key = describeKey(
    row,
    table.key.filter((column) => !table.missing.includes(column)),
  );
  return copyLine([table.shape, key, fault.column, fault.reason, JSON.stringify(original)]);
}

export async function copyRejects(tx: Transaction, lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await copyLines(tx, 'staged_rejects', REJECT_COLUMNS, lines);
}
