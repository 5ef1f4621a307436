import type { Transaction } from '../../../src/db.ts';
import { NothingWritten } from '../faults.ts';
import type { Progress } from '../progress.ts';

/** Any number that nothing else in this database uses. */
const LOCK = 7_041_968;

/** Moves run one after the other; the lock ends with the transaction. */
export async function takeTurn(tx: Transaction, progress: Progress): Promise<void> {
  // If this process dies, the server should notice soon and let the next move begin.
  await tx.execute(
    `DO $$ BEGIN PERFORM set_config('client_connection_check_interval', '2s', true);
     EXCEPTION WHEN invalid_parameter_value THEN NULL; END $$`,
  );
  const free = await tx.one<{ locked: boolean }>(`SELECT pg_try_advisory_xact_lock(${LOCK}) AS locked`);
  if (free.locked) return;
  progress.say('another move is running, waiting for it to end …');
  await tx.execute(
    `SELECT set_config('lock_timeout', '0', true), set_config('statement_timeout', '0', true)`,
  );
  await tx.execute(`SELECT pg_advisory_xact_lock(${LOCK})`);
}

/** Nested loops are off: the server takes the tables for empty and would scan all added rows for each row. */
export async function setSession(tx: Transaction, assumedZone: string): Promise<void> {
  await tx.execute(
    `SELECT set_config('enable_nestloop', 'off', true), set_config('statement_timeout', '0', true),
            set_config('lock_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true),
            set_config('work_mem', '64MB', true), set_config('TimeZone', $1, true)`,
    [await knownZone(tx, assumedZone)],
  );
}

/** The server reads times without a zone in the zone of its session. */
async function knownZone(tx: Transaction, zone: string): Promise<string> {
  if (zone === 'UTC') return zone;
  const found = await tx.one<{ known: boolean }>(
    'SELECT EXISTS (SELECT FROM pg_timezone_names WHERE lower(name) = lower($1)) AS known',
    [zone],
  );
  if (!found.known)
    throw new NothingWritten(`The database does not know the time zone ${zone}. Name another one.`);
  return zone;
}

/** PostgreSQL accepts any text as a zone, so check that it is a zone's name. */
export function checkZone(zone: string): void {
  try {
    if (!/^[A-Za-z]/.test(zone)) throw new RangeError(zone);
    new Intl.DateTimeFormat('en', { timeZone: zone }).format();
  } catch {
    throw new NothingWritten(`There is no time zone ${zone}. Name one such as Europe/Vienna.`);
  }
}
