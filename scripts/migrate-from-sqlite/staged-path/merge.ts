import { recordAdded, recordBrought } from '../../../src/catalogue/files-and-spotify.ts';
import type { Transaction } from '../../../src/db.ts';
import { REASON } from '../faults.ts';
import {
  completed,
  completes,
  differs,
  filedColumns,
  joined,
  staged,
  type MergedColumn,
  type MergedTable,
} from './merge-tables.ts';

/** Every staged row is counted in exactly one of these. */
export interface Merged {
  readonly added: number;
  readonly completed: number;
  readonly kept: number;
  readonly alreadyThere: number;
}

/**
 * Adds new rows to the target and completes known ones; what the target knows otherwise stays and is recorded. Rows
 * that would not change are not written.
 */
export async function mergeTable(tx: Transaction, table: MergedTable, userId: number): Promise<Merged> {
  if (await isEmpty(tx, table, userId)) {
    return { added: await insertNew(tx, table, userId, ''), completed: 0, kept: 0, alreadyThere: 0 };
  }
  const before = await compare(tx, table, userId);
  const news = 'JOIN unlike AS u ON u.n = s.n AND u.is_new';
  const added = before.news === 0 ? 0 : await insertNew(tx, table, userId, news);
  const changed = before.completed === 0 ? 0 : await complete(tx, table, userId);
  if (changed !== before.completed)
    throw new Error(`${table.target} was changed by another process meanwhile`);
  await tx.execute('DROP TABLE unlike');
  return { added, completed: before.completed, kept: before.kept, alreadyThere: before.alreadyThere };
}

async function isEmpty(tx: Transaction, table: MergedTable, userId: number): Promise<boolean> {
  const found = await tx.one<{ empty: boolean }>(
    `SELECT NOT EXISTS (SELECT FROM ${table.target}
                        WHERE ${table.personal ? 'user_id = $1' : '$1::bigint IS NOT NULL'}) AS empty`,
    [userId],
  );
  return found.empty;
}

/** Leaves in `unlike` the staged rows that the target lacks or has otherwise, with the differences. */
async function compare(
  tx: Transaction,
  table: MergedTable,
  userId: number,
): Promise<Omit<Merged, 'added'> & { readonly news: number }> {
  const reason = (column: MergedColumn): string =>
    column.earliest ? REASON.keptTime : REASON[table.keptReason];
  const found = table.columns.map(
    (column, index) => `COALESCE(${differs(table, column)}, false) AS differs_${index}`,
  );
  const anyDiffers = table.columns.map((_, index) => `differs_${index}`).join(' OR ');
  await tx.execute(
    `CREATE TEMP TABLE unlike ON COMMIT DROP AS
     SELECT *, ${anyDiffers} AS differs FROM (
       SELECT s.n, t.found IS NULL AS is_new, COALESCE(${table.columns.map(completes).join(' OR ')}, false)
                AND t.found IS NOT NULL AS completes, ${found.join(', ')}
       FROM ${table.staged} AS s
       LEFT JOIN (SELECT *, ${table.key.at(-1)} AS found FROM ${table.target}) AS t ON ${joined(table)}
       OFFSET 0) AS compared
     WHERE is_new OR completes OR ${anyDiffers}`,
    [userId],
  );
  await tx.execute('ANALYZE unlike');
  await tx.execute(
    `INSERT INTO staged_faults
     SELECT '${table.source}', n, c.source_column, c.reason
     FROM unlike CROSS JOIN LATERAL (VALUES ${table.columns
       .map((column, index) => `('${column.source}', '${reason(column)}', differs_${index})`)
       .join(', ')}) AS c (source_column, reason, differs)
     WHERE NOT is_new AND c.differs`,
  );
  return tx.one(
    `SELECT count(*) FILTER (WHERE is_new)::int AS news,
            count(*) FILTER (WHERE completes)::int AS completed,
            count(*) FILTER (WHERE NOT is_new AND NOT completes)::int AS kept,
            (SELECT count(*)::int FROM ${table.staged}) - count(*)::int AS "alreadyThere"
     FROM unlike`,
  );
}

/** Columns that the payload or the artists give. */
const DERIVED_TRACK_COLUMNS: Readonly<Record<string, string>> = {
  artist_name: 's.artist_name',
  spotify_url: 'COALESCE(s.spotify_url, pg_temp.payload_url(p.payload))',
  release_date: 'COALESCE(s.release_date, r.release_date)',
  release_date_precision: 'COALESCE(s.release_date_precision, r.release_precision)',
  popularity: 'COALESCE(s.popularity, pg_temp.payload_popularity(p.payload))',
};

function insertNew(tx: Transaction, table: MergedTable, userId: number, only: string): Promise<number> {
  const values = new Map<string, string>(table.key.map((column) => [column, `s.${column}`]));
  if (table.personal) values.set('user_id', '$1::bigint');
  for (const column of table.columns) {
    for (const name of column.columns) {
      values.set(name, column.earliest ? `COALESCE(s.${name}, now())` : staged(column, name));
    }
    for (const [name, value] of Object.entries(column.alongside ?? {}))
      values.set(name, `CASE WHEN s.${column.columns[0]} IS NOT NULL THEN ${value} END`);
  }
  const isTracks = table.target === 'tracks';
  if (isTracks) for (const [name, value] of Object.entries(DERIVED_TRACK_COLUMNS)) values.set(name, value);
  // The empty path and OFFSET 0 make the server unpack a payload once for all reads and store the packed one.
  const payload = isTracks
    ? `CROSS JOIN LATERAL (SELECT s.raw_json #> '{}' AS payload OFFSET 0) AS p
       CROSS JOIN LATERAL pg_temp.payload_release(p.payload) AS r`
    : '';
  const key = table.key[0] ?? '';
  const insert = `INSERT INTO ${table.target} (${[...values.keys()].join(', ')})
     SELECT ${[...values.values()].join(', ')}
     FROM ${table.staged} AS s ${only} ${payload}
     WHERE $1::bigint IS NOT NULL
     ON CONFLICT DO NOTHING`;
  const brought = table.files && recordBrought(table.files, '$1::bigint', 'SELECT key FROM added');
  return tx.execute(
    brought === undefined ? insert : `WITH added (key) AS (${insert} RETURNING ${key}) ${brought}`,
    [userId],
  );
}

async function complete(tx: Transaction, table: MergedTable, userId: number): Promise<number> {
  await recordCompleted(tx, table, userId);
  return tx.execute(
    `UPDATE ${table.target} AS t
     SET ${table.columns.flatMap(completed).join(', ')}${table.touches}
     FROM ${table.staged} AS s
     WHERE ${joined(table)} AND (${table.columns.map(completes).join(' OR ')})`,
    [userId],
  );
}

/** Records that the listener's file gave what it completed in another's row. */
async function recordCompleted(tx: Transaction, table: MergedTable, userId: number): Promise<void> {
  const columns = filedColumns(table);
  if (table.files === undefined || columns.length === 0) return;
  const said = columns.flatMap((column) =>
    column.columns.map((name) => [name, `CASE WHEN ${completes(column)} THEN ${staged(column, name)} END`]),
  );
  const added = `
    SELECT s.${table.key[0]}, ${said.map(([name, value]) => `${value} AS ${name}`).join(', ')}
    FROM ${table.staged} AS s JOIN ${table.target} AS t ON ${joined(table)}
    WHERE ${columns.map(completes).join(' OR ')}`;
  const values = said.map(([name]) => String(name));
  await recordAdded(tx, userId, { files: table.files, values, added });
}
