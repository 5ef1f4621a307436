import type { Queries } from '../db.ts';
import type { AllowedIds } from '../users/allowed.ts';
import { heldFor, isHeld } from '../database/lease.ts';
import { DUE, type JobName } from './due.ts';

/** Far longer than a capture takes: a late holder is gone. */
const LEASE_SECONDS = 120;

export interface TakenJob {
  readonly user_id: number;
  /** To the microsecond, so that it identifies the holder. */
  readonly lease: string;
}

/** In one statement, so that one worker gets it. Skips what another finished since it began: facts may be older. */
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

/** If it is still due for the same facts, it is not tried again before the lease would have ended. */
export const finishJob = (db: Queries, job: JobName, { user_id, lease }: TakenJob): Promise<number> =>
  db.execute(
    `UPDATE job_leases SET finished_at = now() WHERE user_id = $1 AND job = $2 AND leased_until = $3::timestamptz`,
    [user_id, job, lease],
  );

export const giveJobBack = (db: Queries, job: JobName, { user_id, lease }: TakenJob): Promise<number> =>
  db.execute(`DELETE FROM job_leases WHERE user_id = $1 AND job = $2 AND leased_until = $3::timestamptz`, [
    user_id,
    job,
    lease,
  ]);
