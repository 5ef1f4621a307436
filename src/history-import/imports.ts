import type { Db, Queries } from '../db.ts';
import { notFound } from '../errors.ts';
import { heldFor, isHeld } from '../lease.ts';
import { lockArchive } from '../users/lock-archive.ts';
import type { Account } from './account.ts';
import type { FileReport } from './row.ts';
import type { Staged } from './stage.ts';

export interface HistoryImport {
  readonly history_import_id: number;
  readonly state: 'reading' | 'read' | 'done';
  readonly leaves_out_private: boolean;
  readonly files: readonly FileReport[];
  readonly counts: Account['counts'];
  readonly account: Account | null;
  readonly started_at: Date;
  readonly finished_at: Date | null;
}

const COLUMNS = `history_import_id, state, leaves_out_private, files, counts, account, started_at, finished_at`;

/** Newest first. */
export const listHistoryImports = (db: Queries, userId: number): Promise<HistoryImport[]> =>
  db.many<HistoryImport>(
    `SELECT ${COLUMNS} FROM history_imports WHERE user_id = $1 ORDER BY history_import_id DESC`,
    [userId],
  );

/** @throws AppError 404 */
export async function getHistoryImport(db: Queries, { userId, importId }: Staged): Promise<HistoryImport> {
  const found = await db.maybeOne<HistoryImport>(
    `SELECT ${COLUMNS} FROM history_imports WHERE user_id = $1 AND history_import_id = $2`,
    [userId, importId],
  );
  if (found === null) throw notFound();
  return found;
}

const READING_SECONDS = 120;

/** Makes room for the rows of some files; whoever reads them says so with keepReading(). @throws ArchiveGone */
export const beginHistoryImport = (db: Db, userId: number): Promise<Staged> =>
  db.withTransaction(async (tx) => {
    await lockArchive(tx, userId);
    const { id } = await tx.one<{ id: number }>(
      `INSERT INTO history_imports (user_id, leased_until) VALUES ($1, ${heldFor(READING_SECONDS)})
       RETURNING history_import_id AS id`,
      [userId],
    );
    return { userId, importId: id };
  });

/** To be called at least once a minute while files are read. */
export const keepReading = (db: Queries, { userId, importId }: Staged): Promise<number> =>
  db.execute(
    `UPDATE history_imports SET leased_until = ${heldFor(READING_SECONDS)}
     WHERE user_id = $1 AND history_import_id = $2 AND state = 'reading'`,
    [userId, importId],
  );

/** Forgets files that were not imported: nothing of them is in the archive. @throws AppError 404 */
export async function discardHistoryImport(db: Queries, { userId, importId }: Staged): Promise<void> {
  const deleted = await db.execute(
    `DELETE FROM history_imports WHERE user_id = $1 AND history_import_id = $2 AND state <> 'done'`,
    [userId, importId],
  );
  if (deleted === 0) throw notFound();
}

/** A yes that does not come within a day is a no; who reads no longer has been killed. For the worker. */
export const discardAbandonedImports = (db: Queries): Promise<number> =>
  db.execute(
    `DELETE FROM history_imports
     WHERE state = 'reading' AND NOT ${isHeld('leased_until', READING_SECONDS)}
       OR state = 'read' AND read_at < now() - interval '1 day'`,
  );
