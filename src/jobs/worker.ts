import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '../db.ts';
import { AppError } from '../errors.ts';
import { enrichFeatures } from '../enrichment/enrich-features.ts';
import { NO_ENRICHMENT, type Enrichment } from '../enrichment/enrichment.ts';
import { refreshPayloads } from '../enrichment/refresh-payloads.ts';
import { log } from '../log.ts';
import { continueDueSendings, listDueSendings } from '../playlists/due-sendings.ts';
import { pollPlays } from '../plays/poll.ts';
import { recordMissedDays } from '../snapshots/capture-runs.ts';
import { captureSnapshots } from '../snapshots/capture.ts';
import { isNoAttempt } from '../users/attempts.ts';
import type { SpotifyAccess } from '../users/access-token.ts';
import { listDueCaptures, listDueFeatures, listDuePayloads, listDuePolls } from './due.ts';
import { openQueue, QUEUES, type Job, type Queue, type QueueName } from './queue.ts';

interface Means {
  readonly access: SpotifyAccess;
  readonly enrichment: Enrichment;
}

const DO: Readonly<Record<QueueName, (db: Db, userId: number, means: Means) => Promise<unknown>>> = {
  capture: (db, userId, { access }) => captureSnapshots(db, userId, access),
  plays: (db, userId, { access }) => pollPlays(db, userId, access),
  sendings: (db, userId, { access }) => continueDueSendings(db, userId, access),
  features: async (db, _, { enrichment: { features } }) =>
    features && enrichFeatures(db, features.provider, features.perDay),
  payloads: (db, userId, { access, enrichment }) =>
    refreshPayloads(db, userId, access, enrichment.payloadsPerDay),
};

/** Puts into the queue whatever is due now. Several workers may do so at once. */
export async function planJobs(
  db: Db,
  queue: Queue,
  { allowedSpotifyIds: allowed }: Pick<SpotifyAccess, 'allowedSpotifyIds'> = {},
  { features, payloadsPerDay }: Enrichment = NO_ENRICHMENT,
): Promise<void> {
  await recordMissedDays(db, allowed);
  await queue.add('capture', await listDueCaptures(db, allowed));
  await queue.add('plays', await listDuePolls(db, allowed));
  await queue.add('sendings', await listDueSendings(db, allowed));
  if (features) await queue.add('features', await listDueFeatures(db, features.perDay));
  if (payloadsPerDay > 0) await queue.add('payloads', await listDuePayloads(db, payloadsPerDay, allowed));
}

const AT_ONCE = 4;

/** Works off what the queue holds; answers how many jobs that were. One listener's trouble is not another's. */
export async function workOff(
  db: Db,
  queue: Queue,
  access: SpotifyAccess,
  enrichment: Enrichment = NO_ENRICHMENT,
): Promise<number> {
  const means = { access, enrichment };
  let done = 0;
  for (const name of QUEUES) {
    for (;;) {
      const jobs = await queue.take(name, AT_ONCE);
      if (jobs.length === 0) break;
      const attempted = await Promise.all(jobs.map((job) => perform(db, means, name, job)));
      for (const [index, job] of jobs.entries())
        await (attempted[index] ? queue.finish(name, job) : queue.giveBack(name, job));
      done += jobs.length;
    }
  }
  return done;
}

/**
 * What failed is written down by whoever failed; when to try again is decided anew from what is written. Where nothing
 * was tried (false), nothing is written, and the same job is planned again as soon as it may be.
 */
async function perform(db: Db, means: Means, name: QueueName, { userId }: Job): Promise<boolean> {
  try {
    await DO[name](db, userId, means);
    return true;
  } catch (error) {
    if (error instanceof AppError) log.info({ job: name, reason: error.message }, 'a job kept nothing');
    else log.error({ job: name, err: error }, 'a job failed');
    return !isNoAttempt(error);
  }
}

export interface RunningWorker {
  /** Resolves once the jobs under way are done. */
  stop(): Promise<void>;
}

const ROUND_MS = 15_000;

/**
 * Plans and works, round after round, until stopped. A round that fails (a database that restarts) is logged, and the
 * next one begins where the facts stand.
 */
export function startWorker(
  db: Db,
  access: SpotifyAccess,
  { roundMs = ROUND_MS, enrichment }: { roundMs?: number; enrichment?: Enrichment } = {},
): RunningWorker {
  const stopping = new AbortController();
  const ended = (async () => {
    let queue: Queue | null = null;
    while (!stopping.signal.aborted) {
      try {
        queue ??= await openQueue(db);
        await runRound(db, queue, access, enrichment);
      } catch (error) {
        log.warn({ err: error }, 'the worker will try again');
      }
      await sleep(roundMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

/** One round. */
export async function runRound(
  db: Db,
  queue: Queue,
  access: SpotifyAccess,
  enrichment: Enrichment = NO_ENRICHMENT,
): Promise<void> {
  await queue.tidy();
  await planJobs(db, queue, access, enrichment);
  await workOff(db, queue, access, enrichment);
}
