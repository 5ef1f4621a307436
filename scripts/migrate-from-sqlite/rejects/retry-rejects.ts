import { grouped, plural } from '../../print.ts';
import path from 'node:path';
import type { Transaction } from '../../../src/db.ts';
import { NothingWritten, REASON } from '../faults.ts';
import { moveArchive } from '../move-archive.ts';
import type { MoveOptions } from '../options.ts';
import type { Source } from '../read/open-source.ts';
import { digestOf, findArchive, type Archive } from '../target/owner.ts';
import { silentProgress } from '../progress.ts';
import { printReport, type MoveReport } from '../report.ts';
import { MendedRejects } from './mended-rejects.ts';
import { compareTables } from '../verify/verify-archive.ts';

export interface Retry {
  /** Rejects of this file's earlier moves. */
  readonly retried: number;
  /** Those whose value or row the archive has now; they are deleted. */
  readonly mended: number;
  /** Rejects of this file, including new ones. */
  readonly left: number;
  readonly move: MoveReport;
}

/**
 * Moves a mended file: values go where the archive has none. In the same transaction, a reject is deleted once the
 * archive verifiably has its mended value.
 */
export async function retryRejects(options: MoveOptions): Promise<Retry> {
  let done = { retried: 0, mended: 0, left: 0 };
  const move = await moveArchive({
    ...options,
    findArchive: findMovedArchive,
    afterwards: async (tx, source, archive) => {
      done = await removeMended(tx, source, archive.userId, options);
    },
  });
  return { ...done, move };
}

async function findMovedArchive(tx: Transaction, owner: string | null, source: Source): Promise<Archive> {
  const digest = digestOf(source);
  const found = await findArchive(tx, owner, digest);
  if (found) return found;
  throw new NothingWritten(
    `This file was not moved before${owner === null ? '' : ` for ${owner}`}, so it has no rejects to retry. If mending changed its earliest rows, name its owner with --owner.`,
  );
}

/** Found by the file's content or, if mending changed that, by its name. */
const OF_THIS_FILE = `
  user_id = $1 AND import_id IN (
    SELECT import_id FROM imports
    WHERE user_id = $1 AND source_layout = $2 AND (source_digest = $3 OR source_name = $4))`;

/** This run moved the value by repairing it: the reject that says so replaces this one. */
const IS_REPAIRED = `EXISTS (
  SELECT FROM tried JOIN staged_rejects AS s USING (source_table, source_key, source_column, original)
  WHERE tried.reject_id = r.reject_id AND s.reason = $3 AND r.reason <> $3)`;

async function removeMended(
  tx: Transaction,
  source: Source,
  userId: number,
  options: MoveOptions,
): Promise<Omit<Retry, 'move'>> {
  const values = [userId, source.layout, digestOf(source), path.basename(options.file)];
  await tx.execute(
    `CREATE TEMP TABLE tried ON COMMIT DROP AS
     SELECT reject_id, source_table, source_key, source_column, reason, original,
            EXISTS (SELECT FROM staged_rejects AS s
                    WHERE s.source_table = r.source_table AND s.source_key = r.source_key
                      AND s.source_column IS NOT DISTINCT FROM r.source_column
                      AND s.reason = r.reason AND s.original = r.original) AS again
     FROM import_rejects AS r WHERE ${OF_THIS_FILE} AND r.xmin <> pg_current_xact_id()::xid`,
    values,
  );
  const mended = new MendedRejects(
    await tx.many(
      `SELECT reject_id, source_table, source_key, source_column, reason,
              CASE WHEN source_column IS NULL THEN original END AS original
       FROM tried WHERE NOT again ORDER BY reject_id`,
    ),
    source,
  );
  const progress = options.progress ?? silentProgress;
  await compareTables({ tx, source, userId, progress }, (table, row) => mended.see(table, row));
  const removed = await tx.execute(
    `DELETE FROM import_rejects AS r WHERE user_id = $1 AND (reject_id = ANY ($2::bigint[]) OR ${IS_REPAIRED})`,
    [userId, mended.list(), REASON.repairedJson],
  );
  const counted = await tx.one<{ left: number }>(
    `SELECT count(*)::int AS left FROM import_rejects WHERE ${OF_THIS_FILE}`,
    values,
  );
  const tried = await tx.one<{ count: number }>('SELECT count(*)::int AS count FROM tried');
  return { retried: tried.count, mended: removed, left: counted.left };
}

export function printRetry({ retried, mended, left, move }: Retry): string {
  return [
    printReport(move),
    `Retried ${plural(retried, 'reject')}: ${grouped(mended)} moved to the archive, ${grouped(left)} still in import_rejects.`,
  ].join('\n');
}
