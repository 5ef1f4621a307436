import type { Transaction } from '../db.ts';
import { quoteName } from '../database/sql-text.ts';

/** This database assigns them itself. */
const GIVEN: Readonly<Record<string, string>> = {
  capture_runs: 'run_id',
  imports: 'import_id',
  import_rejects: 'reject_id',
  history_imports: 'history_import_id',
};
/** Columns that refer to such numbers. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  capture_runs: ['run_id'],
  imports: ['import_id'],
  import_rejects: ['import_id', 'reject_id'],
  history_imports: ['history_import_id'],
  history_import_rows: ['history_import_id'],
  history_import_repeats: ['history_import_id'],
  history_import_tracks: ['history_import_id'],
  plays: ['history_import_id'],
  paired_plays: ['history_import_id'],
  play_gaps: ['history_import_id'],
};

/** A state that acts by itself is restored stopped, until its listener resumes it. */
const STOPPED = `CASE WHEN r.state IN ('waiting', 'sending') THEN 'stopped' ELSE r.state END`;

export const prepareNumbers = (tx: Transaction): Promise<number> =>
  tx.execute(
    `CREATE TEMP TABLE numbers (name text, old bigint, new bigint, PRIMARY KEY (name, old), UNIQUE (name, new))
     ON COMMIT DROP`,
  );

interface Renumbered {
  readonly names: readonly string[];
  /** SQL of each; `r` is the file's row. */
  readonly values: readonly string[];
  readonly joins: string;
}

/** New numbers in the batch's order, and the SQL to write rows with them. */
export async function numbersOf(
  tx: Transaction,
  table: string,
  columns: readonly string[],
  rows: string,
): Promise<Renumbered> {
  const given = GIVEN[table];
  if (given !== undefined)
    await tx.execute(
      `INSERT INTO numbers (name, old, new)
       SELECT $2, (row ->> $2)::bigint, nextval(pg_get_serial_sequence($3, $2))
       FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS given (row, place) ORDER BY place`,
      [rows, given, table],
    );
  const named = NAMED[table] ?? [];
  return {
    names: columns,
    values: columns.map((name) => {
      if (named.includes(name)) return `${name}_here.new`;
      return table === 'playlist_sendings' && name === 'state' ? STOPPED : `r.${quoteName(name)}`;
    }),
    joins: named
      .map(
        (name) =>
          `LEFT JOIN numbers AS ${name}_here ON ${name}_here.name = '${name}' AND ${name}_here.old = r.${name}`,
      )
      .join(' '),
  };
}

/** SQL: a column of a restored row `t` as the file has it. */
export const asInFile = (table: string, column: string): string =>
  NAMED[table]?.includes(column) === true
    ? `(SELECT old FROM numbers WHERE name = '${column}' AND new = t.${column}) AS ${column}`
    : `t.${quoteName(column)}`;

/** A line of the file with states that act by themselves stopped. */
export const asRestored = (table: string, line: string): string =>
  table === 'playlist_sendings' ? line.replace(/"state":"(?:waiting|sending)"/, '"state":"stopped"') : line;
