import type { Transaction } from '../../../src/db.ts';
import { NothingWritten } from '../faults.ts';
import type { Progress } from '../progress.ts';

/** Any number will do, as long as nobody else in this database takes it. */
const LOCK = 7_041_968;

/** Two runs at once wait for one another; the lock ends with the transaction. */
export async function takeTurn(tx: Transaction, progress: Progress): Promise<void> {
  // A server that learns of our death soon lets the next run begin; where it cannot, that one waits longer.
  await tx.execute(
    `DO $$ BEGIN PERFORM set_config('client_connection_check_interval', '2s', true);
     EXCEPTION WHEN invalid_parameter_value THEN NULL; END $$`,
  );
  const free = await tx.one<{ locked: boolean }>(`SELECT pg_try_advisory_xact_lock(${LOCK}) AS locked`);
  if (free.locked) return;
  progress.say('another move is under way: waiting for it to end …');
  await tx.execute(
    `SELECT set_config('lock_timeout', '0', true), set_config('statement_timeout', '0', true)`,
  );
  await tx.execute(`SELECT pg_advisory_xact_lock(${LOCK})`);
}

/**
 * Settings of this transaction. Nested loops are off because on a table the server takes for empty it would scan,
 * for each row, all those just added; the penalty that stands for "off" would then start the compiler for nothing.
 */
export async function setSession(tx: Transaction, assumedZone: string): Promise<void> {
  await tx.execute(
    `SELECT set_config('enable_nestloop', 'off', true), set_config('jit', 'off', true),
            set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true),
            set_config('idle_in_transaction_session_timeout', '0', true), set_config('work_mem', '64MB', true),
            set_config('TimeZone', $1, true)`,
    [await knownZone(tx, assumedZone)],
  );
}

/** Times without a zone are read by the server in the zone of its session. */
async function knownZone(tx: Transaction, zone: string): Promise<string> {
  if (zone === 'UTC') return zone;
  const found = await tx.one<{ known: boolean }>(
    'SELECT EXISTS (SELECT FROM pg_timezone_names WHERE lower(name) = lower($1)) AS known',
    [zone],
  );
  if (!found.known) throw new NothingWritten(`The database knows no time zone ${zone}: name another one.`);
  return zone;
}

/** PostgreSQL takes any text for a zone; only a name that is one is safe. */
export function checkZone(zone: string): void {
  try {
    if (!/^[A-Za-z]/.test(zone)) throw new RangeError(zone);
    new Intl.DateTimeFormat('en', { timeZone: zone }).format();
  } catch {
    throw new NothingWritten(`There is no time zone ${zone}: name one such as Europe/Vienna.`);
  }
}
