import type { Db, Transaction } from '../../../src/db.ts';
import { rehearse } from '../../../src/database/rehearse.ts';
import { NothingWritten, VerificationFailed } from '../faults.ts';
import { openSource, type Source } from '../read/open-source.ts';
import { digestOf, findArchive, type Archive } from '../target/owner.ts';
import { silentProgress, type Progress } from '../progress.ts';
import { checkZone } from '../target/session.ts';
import { checkStructure } from './check-structure.ts';
import { compareTable, type ComparedRow, type FileAndArchive, type TableVerdict } from './compare-table.ts';
import { COMPARED, followReferences } from './compared-tables.ts';
import { planByKey, setPlanner } from './plan-by-key.ts';
import { createReaders } from './stored-rows.ts';

export interface VerifyOptions {
  readonly db: Db;
  readonly file: string;
  /** Spotify id; null: the archive is found by the file's content. */
  readonly owner: string | null;
  readonly assumedZone?: string;
  readonly progress?: Progress;
}

export interface Verification {
  readonly file: string;
  readonly layout: string;
  readonly archive: Archive;
  readonly tables: readonly TableVerdict[];
  /** Faults of the database as a whole. */
  readonly faults: readonly string[];
  readonly ok: boolean;
  readonly seconds: number;
}

/**
 * An independent second reading of the old file: every value must be in the archive or set aside unchanged. Writes
 * nothing.
 * @throws NothingWritten for a wrong file or option, VerificationFailed if this file was never moved
 */
export async function verifyArchive(options: VerifyOptions): Promise<Verification> {
  const started = performance.now();
  checkZone(options.assumedZone ?? 'UTC');
  const source = await openSource(options.file);
  try {
    const found = await inSnapshot(options.db, (tx) => verifyIn(tx, source, options));
    const seconds = Math.round((performance.now() - started) / 10) / 100;
    return { file: options.file, layout: source.layout, ...found, ok: isWhole(found), seconds };
  } finally {
    source.close();
  }
}

type Found = Pick<Verification, 'archive' | 'tables' | 'faults'>;

/** One state of the database for all tables; rolled back to remove the helper functions. */
const inSnapshot = (db: Db, work: (tx: Transaction) => Promise<Found>): Promise<Found> =>
  rehearse(db, async (tx) => {
    await tx.execute('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    return work(tx);
  });

async function verifyIn(tx: Transaction, source: Source, options: VerifyOptions): Promise<Found> {
  const archive = await findArchive(tx, options.owner, digestOf(source));
  if (archive === null) {
    throw new VerificationFailed('this file was not moved into any archive of this database.');
  }
  await setReadingSession(tx, options.assumedZone ?? 'UTC');
  const { userId } = archive;
  const tables = await compareTables({ tx, source, userId, progress: options.progress ?? silentProgress });
  return { archive, tables, faults: await checkStructure(tx) };
}

async function setReadingSession(tx: Transaction, zone: string): Promise<void> {
  const known = await tx.one<{ known: boolean }>(
    `SELECT $1 = 'UTC' OR EXISTS (SELECT FROM pg_timezone_names WHERE lower(name) = lower($1)) AS known`,
    [zone],
  );
  if (!known.known)
    throw new NothingWritten(`The database does not know the time zone ${zone}. Name another one.`);
  await tx.execute(
    `SELECT set_config('TimeZone', $1, true), set_config('DateStyle', 'ISO', true),
            set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)`,
    [zone],
  );
}

/** Parents first, in the given session and transaction. */
export async function compareTables(
  within: FileAndArchive,
  inspect?: (table: string, row: ComparedRow) => void,
): Promise<TableVerdict[]> {
  const { tx, source } = within;
  await createReaders(tx);
  followReferences(source);
  const before = await planByKey(tx);
  const verdicts: TableVerdict[] = [];
  for (const compared of COMPARED[source.layout]) {
    const table = source.tables.find(({ shape }) => shape === compared.source);
    if (table === undefined) continue;
    const see = inspect && ((row: ComparedRow) => inspect(compared.source, row));
    verdicts.push(await compareTable(within, table, compared, see));
  }
  await setPlanner(tx, before);
  return verdicts;
}

function isWhole({ tables, faults }: Found): boolean {
  const agree = tables.every(
    ({ missing, different, questions }) =>
      missing + different === 0 && questions.every((answer) => answer.source === answer.target),
  );
  return agree && faults.length === 0;
}
