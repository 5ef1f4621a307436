import { grouped } from '../../print.ts';
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
  /** Rejects of this file's earlier moves, all of which were tried. */
  readonly retried: number;
  /** Those whose value or row the archive now holds; they are rejects no more. */
  readonly mended: number;
  /** What is left of this file's rejects, those included that this run found. */
  readonly left: number;
  readonly move: MoveReport;
}

/**
 * Moves a file that was mended: what its rejects held back and is fine now goes where nothing is yet, and a reject
 * ends, in the same transaction, once the archive verifiably holds what has taken its place.
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
    `Nothing of this file was moved before${owner === null ? '' : ` for ${owner}`}: there are no rejects to try again. If mending changed its earliest rows, name its owner with --owner.`,
  );
}

/** The rejects of earlier moves of this file, found by its content or, where mending changed that, by its name. */
const OF_THIS_FILE = `
  user_id = $1 AND import_id IN (
    SELECT import_id FROM imports
    WHERE user_id = $1 AND source_layout = $2 AND (source_digest = $3 OR source_name = $4))`;

/** The value was moved by this run all the same: a reject that says how has taken this one's place. */
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

/** What was tried again, and below it the move that did it. */
export function printRetry({ retried, mended, left, move }: Retry): string {
  return [
    printReport(move),
    `${grouped(retried)} rejects were tried again: ${grouped(mended)} were mended and are in the archive now, ${grouped(left)} are still in import_rejects.`,
  ].join('\n');
}
