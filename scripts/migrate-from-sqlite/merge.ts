import type { Transaction } from '../../src/db.ts';
import { REASON } from './faults.ts';
import {
  completed,
  completes,
  differs,
  joined,
  staged,
  type MergedColumn,
  type MergedTable,
} from './merge-tables.ts';

/** What became of the staged rows of one table; every row is in exactly one of these. */
export interface Merged {
  readonly added: number;
  readonly completed: number;
  readonly kept: number;
  readonly alreadyThere: number;
}

/**
 * Brings one staged table into its target: new rows are added, what the target does not know is completed, what
 * it knows otherwise is left as it is and noted. Rows that would not change are not touched.
 */
export async function mergeTable(tx: Transaction, table: MergedTable, userId: number): Promise<Merged> {
  const before = await compare(tx, table, userId);
  const added = await insertNew(tx, table, userId);
  const changed = await complete(tx, table, userId);
  if (changed !== before.completed) throw new Error(`${table.target} was changed by somebody else meanwhile`);
  return { added, ...before };
}

async function compare(tx: Transaction, table: MergedTable, userId: number): Promise<Omit<Merged, 'added'>> {
  const reason = (column: MergedColumn): string =>
    column.earliest ? REASON.keptTime : REASON[table.keptReason];
  await tx.execute(
    `INSERT INTO staged_faults
     SELECT '${table.source}', s.n, c.source_column, c.reason
     FROM ${table.staged} AS s JOIN ${table.target} AS t ON ${joined(table)}
     CROSS JOIN LATERAL (VALUES ${table.columns
       .map((column) => `('${column.source}', '${reason(column)}', ${differs(column)})`)
       .join(', ')}) AS c (source_column, reason, differs)
     WHERE c.differs`,
    [userId],
  );
  return tx.one(
    `SELECT count(*) FILTER (WHERE completes)::int AS completed,
            count(*) FILTER (WHERE NOT completes AND differs)::int AS kept,
            count(*) FILTER (WHERE NOT completes AND NOT differs)::int AS "alreadyThere"
     FROM (SELECT COALESCE(${table.columns.map(completes).join(' OR ')}, false) AS completes, f.n IS NOT NULL AS differs
           FROM ${table.staged} AS s JOIN ${table.target} AS t ON ${joined(table)}
           LEFT JOIN (SELECT DISTINCT n FROM staged_faults
                      WHERE source_table = '${table.source}' AND reason = ANY ($2)) AS f ON f.n = s.n) AS compared`,
    [userId, [REASON.keptValue, REASON.keptRank, REASON.keptTime]],
  );
}

/** Columns that the file does not name but its payload or its artists tell. */
const DERIVED_TRACK_COLUMNS: Readonly<Record<string, string>> = {
  artist_name: 's.artist_name',
  spotify_url: 'COALESCE(s.spotify_url, pg_temp.payload_url(p.raw_json))',
  release_date: 'COALESCE(s.release_date, r.release_date)',
  release_date_precision: 'COALESCE(s.release_date_precision, r.release_precision)',
  popularity: 'COALESCE(s.popularity, pg_temp.payload_popularity(p.raw_json))',
  raw_json: 'p.raw_json',
};

function insertNew(tx: Transaction, table: MergedTable, userId: number): Promise<number> {
  const values = new Map<string, string>(table.key.map((column) => [column, `s.${column}`]));
  if (table.personal) values.set('user_id', '$1::bigint');
  for (const column of table.columns) {
    for (const name of column.columns) {
      values.set(name, column.earliest ? `COALESCE(s.${name}, now())` : staged(column, name));
    }
  }
  const isTracks = table.target === 'tracks';
  if (isTracks) for (const [name, value] of Object.entries(DERIVED_TRACK_COLUMNS)) values.set(name, value);
  // OFFSET 0 keeps the server from parsing the payload once for every use of it.
  const payload = isTracks
    ? `CROSS JOIN LATERAL (SELECT s.raw_json::jsonb AS raw_json OFFSET 0) AS p
       CROSS JOIN LATERAL pg_temp.payload_release(p.raw_json) AS r`
    : '';
  return tx.execute(
    `INSERT INTO ${table.target} (${[...values.keys()].join(', ')})
     SELECT ${[...values.values()].join(', ')}
     FROM ${table.staged} AS s ${payload}
     WHERE NOT EXISTS (SELECT FROM ${table.target} AS t WHERE ${joined(table)})
     ON CONFLICT DO NOTHING`,
    [userId],
  );
}

function complete(tx: Transaction, table: MergedTable, userId: number): Promise<number> {
  return tx.execute(
    `UPDATE ${table.target} AS t
     SET ${table.columns.flatMap(completed).join(', ')}${table.touches}
     FROM ${table.staged} AS s
     WHERE ${joined(table)} AND (${table.columns.map(completes).join(' OR ')})`,
    [userId],
  );
}
