import type { Transaction } from '../../../src/db.ts';
import { grouped, plural } from '../../print.ts';
import { REASON, VerificationFailed } from '../faults.ts';
import { arrived, joined, type MergedTable } from '../staged-path/merge-tables.ts';

/**
 * Compares every staged value with the target. It may differ only if the target's earlier value was kept and the
 * source's is a reject.
 * @throws VerificationFailed with the table and the number of missing or different rows
 */
export async function verifyTable(tx: Transaction, table: MergedTable, userId: number): Promise<void> {
  const accounted = table.columns.map(
    (column) => `(${arrived(table, column)} OR '${column.source}' = ANY (f.columns))`,
  );
  const objects = table.columns
    .filter((column) => column.json)
    .map((column) => `(s.${column.source} IS NULL OR jsonb_typeof(t.${column.source}) = 'object')`);
  const found = await tx.one<{ missing: number; different: number }>(
    `SELECT count(*) FILTER (WHERE t.track IS NULL)::int AS missing,
            count(*) FILTER (WHERE t.track IS NOT NULL AND (${[...accounted, ...objects].join(' AND ')}) IS NOT TRUE)::int AS different
     FROM ${table.staged} AS s
     LEFT JOIN (SELECT *, ${table.key.at(-1)} AS track FROM ${table.target}) AS t ON ${joined(table)}
     LEFT JOIN (SELECT n, array_agg(source_column) AS columns FROM staged_faults
                WHERE source_table = '${table.source}' AND reason = ANY ($2) GROUP BY n) AS f ON f.n = s.n`,
    [userId, [REASON.keptValue, REASON.keptRank, REASON.keptTime]],
  );
  if (found.missing + found.different === 0) return;
  throw new VerificationFailed(
    `${table.target}: ${plural(found.missing, 'row')} missing, ${grouped(found.different)} different from the file.`,
  );
}

/** Every reject is stored, and every track of the file is in the listener's library. */
export async function verifyWhole(tx: Transaction, userId: number): Promise<void> {
  const left = await tx.one<{ rejects: number; tracks: number }>(
    `SELECT (SELECT count(*) FROM staged_rejects AS s WHERE NOT EXISTS (
               SELECT FROM import_rejects AS r WHERE r.user_id = $1 AND r.source_table = s.source_table
                 AND md5(r.source_key) = md5(s.source_key) AND r.source_column IS NOT DISTINCT FROM s.source_column
                 AND r.reason = s.reason AND md5(r.original::text) = md5(s.original::text)
                 AND r.original = s.original))::int AS rejects,
            (SELECT count(*) FROM staged_tracks AS s WHERE NOT EXISTS (
               SELECT FROM library_tracks AS a WHERE a.user_id = $1 AND a.track_id = s.track_id))::int AS tracks`,
    [userId],
  );
  if (left.rejects > 0)
    throw new VerificationFailed(`${plural(left.rejects, 'reject')} could not be stored.`);
  if (left.tracks > 0)
    throw new VerificationFailed(
      `${plural(left.tracks, 'track')} could not be added to the listener’s library.`,
    );
}
