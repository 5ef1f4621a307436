import type { Transaction } from '../db.ts';

const BEGIN_WITH_ROWS = 16;
const MOST_ROWS = 2_000;
const ENOUGH_CHARACTERS = 1_000_000;

/** What makes the listener's rows the only ones a query of an export sees, and its texts the same everywhere. */
export async function beginReading(tx: Transaction, userId: number): Promise<void> {
  await tx.execute('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
  await describeRows(tx, userId);
}

/** The settings alone, for a transaction that writes as well. */
export async function describeRows(tx: Transaction, userId: number): Promise<void> {
  await tx.execute(
    `SELECT set_config('export.user_id', $1, true), set_config('TimeZone', 'UTC', true),
       set_config('DateStyle', 'ISO', true), set_config('extra_float_digits', '1', true),
       set_config('jit', 'off', true), set_config('idle_in_transaction_session_timeout', '60s', true)`,
    [String(userId)],
  );
}

let cursors = 0;

/**
 * What a query finds, a few rows at a time: as many as come to about a million characters, so that memory is bounded
 * whatever the rows weigh and no statement runs into a time limit.
 * @param sizeOf characters of a row
 */
export async function* readRows<Row>(
  tx: Transaction,
  query: string,
  sizeOf: (row: Row) => number,
  signal?: AbortSignal,
): AsyncGenerator<Row[]> {
  const cursor = `export_${(cursors += 1)}`;
  await tx.execute(`DECLARE ${cursor} NO SCROLL CURSOR FOR ${query}`);
  for (let rows = BEGIN_WITH_ROWS; ;) {
    signal?.throwIfAborted();
    const found = await tx.many<Row>(`FETCH ${rows} FROM ${cursor}`);
    if (found.length > 0) yield found;
    if (found.length < rows) break;
    const characters = found.reduce((sum, row) => sum + sizeOf(row), 1);
    rows = Math.max(1, Math.min(MOST_ROWS, rows * 4, Math.floor((rows * ENOUGH_CHARACTERS) / characters)));
  }
  signal?.throwIfAborted();
  await tx.execute(`CLOSE ${cursor}`);
}
