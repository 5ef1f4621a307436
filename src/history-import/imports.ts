import type { Db, Queries } from '../db.ts';
import { notFound } from '../errors.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { heldFor, isHeld } from '../database/lease.ts';
import { lockArchive } from '../users/lock-archive.ts';
import type { Account } from './account.ts';
import type { FileReport } from './row.ts';
import type { Staged } from './stage.ts';

/** A listener waits for it. */
export type Task = 'upload' | 'read' | 'compare' | 'import' | 'undo';

export interface ImportProgress {
  readonly state: 'reading' | 'read' | 'done';
  /** Under way, or left unfinished by its process. */
  readonly task: Task | null;
  /** The task's process is alive. */
  readonly is_held: boolean;
  /** 0 to 1 */
  readonly share_done: number;
  readonly rows_read: number;
  readonly failure: string | null;
}

export interface ListedImport extends ImportProgress {
  readonly history_import_id: number;
  readonly first_file: string | null;
  readonly file_count: number;
  readonly counts: Account['counts'];
  readonly started_at: Date;
  readonly finished_at: Date | null;
}

export interface HistoryImport extends ListedImport {
  readonly leaves_out_private: boolean;
  readonly files: readonly FileReport[];
  readonly account: Account | null;
}

/** After so long a killed process is noticed. */
export const TASK_SECONDS = 30;

const PROGRESS = `state, task, ${isHeld('leased_until', TASK_SECONDS)} AS is_held, share_done, rows_read, failure`;
const LISTED = `history_import_id, files -> 0 ->> 'file' AS first_file, jsonb_array_length(files) AS file_count,
  counts, started_at, finished_at, ${PROGRESS}`;

export const listHistoryImports = (db: Queries, userId: number): Promise<ListedImport[]> =>
  db.many<ListedImport>(ALL, [userId]);

const ALL = hotQuery(
  'history import: all',
  `SELECT ${LISTED} FROM history_imports WHERE user_id = $1 ORDER BY history_import_id DESC`,
);

/** @throws AppError 404 */
export async function getHistoryImport(db: Queries, { userId, importId }: Staged): Promise<HistoryImport> {
  const found = await db.maybeOne<HistoryImport>(ONE, [userId, importId]);
  if (found === null) throw notFound();
  return found;
}

const ONE = hotQuery(
  'history import: one',
  `SELECT ${LISTED}, leaves_out_private, files, account
   FROM history_imports WHERE user_id = $1 AND history_import_id = $2`,
);

export const findImportProgress = (
  db: Queries,
  { userId, importId }: Staged,
): Promise<ImportProgress | null> => db.maybeOne<ImportProgress>(FAR, [userId, importId]);

const FAR = hotQuery(
  'history import: how far',
  `SELECT ${PROGRESS} FROM history_imports WHERE user_id = $1 AND history_import_id = $2`,
);

const READING_SECONDS = 120;

/** The reader must call keepReading(). @throws ArchiveGone */
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

/** At least once a minute while files are read. */
export const keepReading = (db: Queries, { userId, importId }: Staged): Promise<number> =>
  db.execute(
    `UPDATE history_imports SET leased_until = ${heldFor(READING_SECONDS)}
     WHERE user_id = $1 AND history_import_id = $2 AND state = 'reading'`,
    [userId, importId],
  );

/** Before it is imported: nothing of it is in the archive. @throws AppError 404 */
export async function discardHistoryImport(db: Queries, { userId, importId }: Staged): Promise<void> {
  const deleted = await db.execute(
    `DELETE FROM history_imports WHERE user_id = $1 AND history_import_id = $2 AND state <> 'done'`,
    [userId, importId],
  );
  if (deleted === 0) throw notFound();
}

/** Not confirmed within a day, or its reader was killed. A failed task's message stays for a day. */
export const discardAbandonedImports = (db: Queries): Promise<number> =>
  db.execute(
    `DELETE FROM history_imports
     WHERE state <> 'done' AND NOT ${isHeld('leased_until', READING_SECONDS)}
       AND (state = 'reading' AND task IS NULL OR COALESCE(read_at, started_at) < now() - interval '1 day')`,
  );
