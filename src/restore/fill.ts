import type { Transaction } from '../db.ts';
import { AppError } from '../errors.ts';
import type { TableFile } from '../exports/manifest.ts';
import { quoteName } from '../database/sql-text.ts';
import { INSERTS, prepareCatalogue } from './catalogue.ts';
import { badRow } from './judge-row.ts';
import { numbersOf, prepareNumbers } from './numbers.ts';
import type { ExportZip } from './open-zip.ts';

const ENOUGH_CHARACTERS = 1_000_000;
const ENOUGH_ROWS = 5_000;

export interface Filled {
  readonly table: string;
  readonly file: TableFile;
}

export async function prepare(tx: Transaction): Promise<void> {
  await prepareNumbers(tx);
  await prepareCatalogue(tx);
}

/** @returns how many rows were new, or gained features */
export async function fill(tx: Transaction, userId: number, zip: ExportZip, filled: Filled): Promise<number> {
  let [added, row, waiting, characters] = [0, 1, [] as string[], 0];
  const write = async (): Promise<void> => {
    added += await writeRows(tx, userId, filled, { lines: waiting, row });
    row += waiting.length;
    [waiting, characters] = [[], 0];
  };
  for await (const lines of zip.lines(filled.file)) {
    for (const line of lines) {
      waiting.push(line);
      characters += line.length;
      if (characters > ENOUGH_CHARACTERS || waiting.length >= ENOUGH_ROWS) await write();
    }
  }
  if (waiting.length > 0) await write();
  return added;
}

interface Rows {
  readonly lines: readonly string[];
  readonly row: number;
}

/** All at once; if the database refuses them, one by one to find which. */
async function writeRows(
  tx: Transaction,
  userId: number,
  filled: Filled,
  { lines, row }: Rows,
): Promise<number> {
  await tx.execute('SAVEPOINT rows');
  try {
    const added = await insert(tx, userId, filled, lines);
    await tx.execute('RELEASE SAVEPOINT rows');
    return added;
  } catch (error) {
    if (!isOfTheData(error)) throw error;
    if (lines.length === 1) throw refusal(filled.file, row, error);
    await tx.execute('ROLLBACK TO SAVEPOINT rows');
  }
  let added = 0;
  for (const [at, line] of lines.entries())
    added += await writeRows(tx, userId, filled, { lines: [line], row: row + at });
  return added;
}

/** SQLSTATE classes: a value that fits no column (22), a row that violates a key (23), a limit of the server (54). */
const isOfTheData = (error: unknown): error is Error =>
  error instanceof Error &&
  !(error instanceof AppError) &&
  'code' in error &&
  /^(?:2[23]|54)[0-9A-Z]{3}$/.test(String(error.code));

function refusal(file: TableFile, row: number, error: Error): AppError {
  const { column, constraint } = error as { column?: string; constraint?: string };
  const where = column ?? constraint;
  return badRow(file, row, `${where === undefined ? '' : `${where}: `}${error.message}`, error);
}

async function insert(
  tx: Transaction,
  userId: number,
  { table, file: { columns } }: Filled,
  lines: readonly string[],
): Promise<number> {
  const rows = `[${lines.join(',')}]`;
  const shared = INSERTS[table];
  if (shared) return shared(tx, columns, rows);
  const { names, values, joins } = await numbersOf(tx, table, columns, rows);
  return tx.execute(
    `INSERT INTO ${table} (user_id, ${names.map(quoteName).join(', ')})
     SELECT $2, ${values.join(', ')} FROM jsonb_populate_recordset(NULL::${table}, $1::jsonb) AS r ${joins}`,
    [rows, userId],
  );
}
