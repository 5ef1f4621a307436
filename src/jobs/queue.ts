import PgBoss from 'pg-boss';
import type { Db } from '../db.ts';
import type { DueJob } from './due.ts';

export const QUEUES = ['capture', 'plays', 'sendings', 'features', 'payloads'] as const;
export type QueueName = (typeof QUEUES)[number];

export interface Job {
  readonly id: string;
  /** 0: it concerns nobody in particular. */
  readonly userId: number;
}

/** The job queue in the database: what is put there is done once, by whichever worker takes it. */
export interface Queue {
  /** What is there already (waiting, under way or done) is not put there again. */
  add(name: QueueName, jobs: readonly DueJob[]): Promise<void>;
  /** Up to this many, which nobody else gets. */
  take(name: QueueName, limit: number): Promise<Job[]>;
  finish(name: QueueName, job: Job): Promise<void>;
  /** As if it had never been put there: the same thing may be planned again at once. */
  giveBack(name: QueueName, job: Job): Promise<void>;
  /** Gives back what workers that are gone had taken, and clears away what is long done. */
  tidy(): Promise<void>;
}

/** Some of pg-boss's statements are several between a BEGIN and a COMMIT, and would leave it open where one fails. */
const withoutOwnTransaction = (text: string): string => text.replace(/^\s*BEGIN;|COMMIT;\s*$/g, '');

/**
 * pg-boss keeps the queue; the loop that works it off is ours (worker.ts), as are the connections: pg-boss's own loop
 * leaves a promise unwatched when the database goes away, which would end the process. The schema comes with our
 * migrations.
 * @throws Error where the queue's schema is not the one this pg-boss knows
 */
export async function openQueue(db: Db): Promise<Queue> {
  const boss = new PgBoss({
    db: {
      executeSql: (text, values) =>
        db.withTransaction((tx) => tx.client.query(withoutOwnTransaction(text), values)),
    },
    migrate: false,
    schedule: false,
    supervise: false,
  });
  await boss.start();
  return {
    async add(name, jobs) {
      if (jobs.length === 0) return;
      await boss.insert(jobs.map((job) => ({ id: job.job_id, name, data: { userId: job.user_id } })));
    },
    async take(name, limit) {
      const jobs = await boss.fetch<{ userId: number }>(name, { batchSize: limit });
      return jobs.map(({ id, data }) => ({ id, userId: data.userId }));
    },
    async finish(name, job) {
      await boss.complete(name, job.id);
    },
    async giveBack(name, job) {
      await boss.deleteJob(name, job.id);
    },
    tidy: () => boss.maintain(),
  };
}
