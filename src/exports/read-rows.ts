import type { Transaction } from '../db.ts';

const BEGIN_WITH_ROWS = 16;
const MOST_ROWS = 2_000;
const ENOUGH_CHARACTERS = 1_000_000;

/** Only the listener's rows, with texts that are the same everywhere. */
export async function beginReading(tx: Transaction, userId: number): Promise<void> {
  await tx.execute('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
  await describeRows(tx, userId);
}

/** Only the settings, for a transaction that also writes. */
export async function describeRows(tx: Transaction, userId: number): Promise<void> {
  await tx.execute(
    `SELECT set_config('export.user_id', $1, true), set_config('TimeZone', 'UTC', true),
       set_config('DateStyle', 'ISO', true), set_config('extra_float_digits', '1', true),
       set_config('idle_in_transaction_session_timeout', '60s', true)`,
    [String(userId)],
  );
}

let cursors = 0;

/** In batches of about a million characters, to bound memory and each statement's time. */
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
