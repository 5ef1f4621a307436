import type { Transaction } from '../../../src/db.ts';
import { type Row, type SourceRow } from '../read/cells.ts';
import { readArchiveRows } from '../read/rows.ts';
import type { Fault } from '../faults.ts';
import type { Source, SourceTable } from '../read/open-source.ts';
import { copyRejects, rejectLine } from './stage.ts';

const PAGE = 500;
const WAITING_CHARACTERS = 8 * 1024 * 1024;

interface FoundFault extends Fault {
  readonly n: number;
}

/**
 * The server names faults that only it can find (duplicate keys, missing parents, JSON it cannot store) by the row's
 * place in the file. Reads those rows again and sets them aside unchanged.
 */
export async function explainFaults(tx: Transaction, source: Source): Promise<void> {
  for (const table of source.tables) {
    const rows = readArchiveRows(source.db, table);
    let current: SourceRow | undefined;
    const rowAt = (n: number): Row => {
      while (current === undefined || current.n < n) current = rows.next().value ?? undefined;
      return current.row;
    };
    try {
      await inPages(tx, table, (fault) => rejectLine(table, rowAt(fault.n), fault));
    } finally {
      rows.return();
    }
  }
}

async function inPages(
  tx: Transaction,
  table: SourceTable,
  explain: (fault: FoundFault) => string,
): Promise<void> {
  let page = await listFaults(tx, table, 0);
  while (page.length > 0) {
    let lines: string[] = [];
    let waiting = 0;
    for (const fault of page) {
      const line = explain(fault);
      lines.push(line);
      waiting += line.length;
      if (waiting < WAITING_CHARACTERS) continue;
      await copyRejects(tx, lines);
      lines = [];
      waiting = 0;
    }
    await copyRejects(tx, lines);
    page = await listFaults(tx, table, page.at(-1)?.n ?? 0);
  }
}

/** A page holds all faults of a row. */
function listFaults(tx: Transaction, table: SourceTable, after: number): Promise<FoundFault[]> {
  return tx.many(
    `SELECT n, source_column AS column, reason FROM staged_faults
     WHERE source_table = $1 AND n IN (
       SELECT DISTINCT n FROM staged_faults WHERE source_table = $1 AND n > $2 ORDER BY n LIMIT ${PAGE})
     ORDER BY n, source_column`,
    [table.shape, after],
  );
}
