import type { Db, Queries } from '../db.ts';
import { AppError } from '../errors.ts';
import { heldFor, isHeld } from '../database/lease.ts';
import { log } from '../log.ts';
import { lockArchive } from '../users/lock-archive.ts';
import { requireState } from './import.ts';
import { TASK_SECONDS, type ImportProgress, type Task } from './imports.ts';
import type { Staged } from './stage.ts';

const RENEWED_EVERY_MS = 1_000;
const HELD = isHeld('leased_until', TASK_SECONDS);

/** Discards an interrupted upload. @throws AppError 409 if another one is under way; ArchiveGone */
export async function beginUpload(db: Db, userId: number): Promise<Hold> {
  const importId = await db.withTransaction(async (tx) => {
    await lockArchive(tx, userId);
    await tx.execute(
      `DELETE FROM history_imports WHERE user_id = $1 AND state = 'reading' AND task IS NOT NULL AND NOT ${HELD}`,
      [userId],
    );
    if ((await tx.maybeOne(UNDER_WAY, [userId])) !== null)
      throw new AppError(
        409,
        'Other files of yours are still arriving or being read. Wait for them, or open that import and cancel it.',
      );
    const { id } = await tx.one<{ id: number }>(
      `INSERT INTO history_imports (user_id, task, leased_until) VALUES ($1, 'upload', ${heldFor(TASK_SECONDS)})
       RETURNING history_import_id AS id`,
      [userId],
    );
    return id;
  });
  return new Hold(db, { userId, importId });
}

const UNDER_WAY = `
  SELECT FROM history_imports WHERE user_id = $1 AND task IN ('upload', 'read') AND ${HELD} LIMIT 1`;

/** @throws AppError 404; 409 if the import is in another state, or held */
export async function takeImport(
  db: Db,
  staged: Staged,
  state: ImportProgress['state'],
  task: Task,
): Promise<Hold> {
  const taken = await db.execute(
    `UPDATE history_imports SET task = $4, leased_until = ${heldFor(TASK_SECONDS)}, failure = NULL
     WHERE user_id = $1 AND history_import_id = $2 AND state = $3 AND NOT ${HELD}`,
    [staged.userId, staged.importId, state, task],
  );
  if (taken > 0) return new Hold(db, staged);
  await requireState(db, staged, state);
  throw new AppError(409, 'This import is being worked on. Wait until that is done.');
}

/** An import that this process works on, until it is released. */
export class Hold {
  readonly staged: Staged;
  progress = { share: 0, rows: 0 };
  private readonly db: Queries;
  private readonly gone = new AbortController();
  private readonly renewing: NodeJS.Timeout;
  private written: Promise<void> = Promise.resolve();

  constructor(db: Queries, staged: Staged) {
    this.db = db;
    this.staged = staged;
    this.renewing = setInterval(() => {
      this.write('').catch((error: unknown) =>
        log.warn({ err: error }, 'renewing a lease on an import failed'),
      );
    }, RENEWED_EVERY_MS);
  }

  /** Aborted when the import is cancelled or its listener deleted. */
  get signal(): AbortSignal {
    return this.gone.signal;
  }

  turnTo = (task: Task): Promise<void> => this.write(', task = $5', task);

  /** @param failure in words, if the task was not finished */
  async release(failure: string | null = null): Promise<void> {
    clearInterval(this.renewing);
    await this.write(
      ', leased_until = NULL, failure = $5, task = CASE WHEN $5::text IS NOT NULL THEN task END',
      failure,
    );
  }

  /** One after the other, so that nothing renews a released lease. */
  private write(change: string, ...values: readonly unknown[]): Promise<void> {
    const write = (): Promise<void> => this.update(change, values);
    return (this.written = this.written.then(write, write));
  }

  private async update(change: string, values: readonly unknown[]): Promise<void> {
    const { share, rows } = this.progress;
    const lease = change.includes('leased_until') ? '' : `, leased_until = ${heldFor(TASK_SECONDS)}`;
    const held = await this.db.execute(
      `UPDATE history_imports SET share_done = $3, rows_read = $4${lease}${change}
       WHERE user_id = $1 AND history_import_id = $2`,
      [this.staged.userId, this.staged.importId, share, rows, ...values],
    );
    if (held === 0) this.gone.abort();
  }
}
