import type { Queries } from '../db.ts';
import type { AllowedIds } from '../users/allowed.ts';
import { heldFor, isHeld } from '../lease.ts';
import { DUE, type JobName } from './due.ts';

/** Far longer than a capture may take: who holds a job longer is gone, and another takes it over. */
const LEASE_SECONDS = 120;

export interface TakenJob {
  readonly user_id: number;
  /** When its lease ends, to the microsecond: it tells this holder from the next. */
  readonly lease: string;
}

/**
 * Takes a job for those of these listeners it is still due for, in one statement: however many workers ask, one gets it.
 * What another finished since this statement began is left: the facts may have been read before the last of them stood.
 */
export const takeJobs = (
  db: Queries,
  job: JobName,
  userIds: readonly number[],
  allowed: AllowedIds = [],
): Promise<TakenJob[]> =>
  db.many<TakenJob>(
    `INSERT INTO job_leases AS held (user_id, job, due_for, leased_until)
     SELECT user_id, $3, due_for, ${heldFor(LEASE_SECONDS)} FROM (${DUE[job]}) AS due
     ORDER BY user_id
     ON CONFLICT (user_id, job) DO UPDATE SET
       due_for = excluded.due_for, leased_until = excluded.leased_until, finished_at = NULL
     WHERE NOT ${isHeld('held.leased_until', LEASE_SECONDS)}
       OR (held.due_for <> excluded.due_for AND held.finished_at NOT BETWEEN now() AND now() + interval '1 minute')
     RETURNING user_id, leased_until::text AS lease`,
    [allowed, userIds, job],
  );

/** Should it be due for the same facts still, it is not tried again before the lease would have ended. */
export const finishJob = (db: Queries, job: JobName, { user_id, lease }: TakenJob): Promise<number> =>
  db.execute(
    `UPDATE job_leases SET finished_at = now() WHERE user_id = $1 AND job = $2 AND leased_until = $3::timestamptz`,
    [user_id, job, lease],
  );

/** As if it had never been taken: whoever finds it due may take it at once. */
export const giveJobBack = (db: Queries, job: JobName, { user_id, lease }: TakenJob): Promise<number> =>
  db.execute(`DELETE FROM job_leases WHERE user_id = $1 AND job = $2 AND leased_until = $3::timestamptz`, [
    user_id,
    job,
    lease,
  ]);
