import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '../db.ts';
import { AppError } from '../errors.ts';
import { enrichFeatures } from '../enrichment/enrich-features.ts';
import { NO_ENRICHMENT, type Enrichment } from '../enrichment/enrichment.ts';
import { refreshPayloads } from '../enrichment/refresh-payloads.ts';
import { log } from '../log.ts';
import { discardAbandonedImports } from '../history-import/imports.ts';
import { continueDueSendings, listDueSendings } from '../playlists/due-sendings.ts';
import { pollPlays } from '../plays/poll.ts';
import { recordMissedDays } from '../snapshots/capture-runs.ts';
import { captureSnapshots, failureOf } from '../snapshots/capture.ts';
import { isNoAttempt } from '../users/attempts.ts';
import { begin } from '../process/under-way.ts';
import type { SpotifyAccess } from '../users/access-token.ts';
import { findCourier, isFetchingDue, listDue, type JobName } from './due.ts';
import { finishJob, giveJobBack, takeJobs } from './job-leases.ts';

const DO: Readonly<Record<JobName, (db: Db, userId: number, access: SpotifyAccess) => Promise<unknown>>> = {
  capture: async (db, userId, access) => {
    const failure = failureOf(await captureSnapshots(db, userId, access, { onlyOpen: true }));
    if (failure !== undefined) throw failure;
  },
  plays: pollPlays,
};

export async function runRound(
  db: Db,
  access: SpotifyAccess,
  enrichment: Enrichment = NO_ENRICHMENT,
): Promise<void> {
  const allowed = access.allowedSpotifyIds ?? [];
  await recordMissedDays(db, allowed);
  await doDue(db, 'capture', access);
  await doDue(db, 'plays', access);
  await inBatches(await listDueSendings(db, allowed), (some) =>
    Promise.all(some.map((userId) => perform('sendings', () => continueDueSendings(db, userId, access)))),
  );
  await perform('history imports', () => discardAbandonedImports(db));
  await enrich(db, access, enrichment);
}

const doDue = async (db: Db, job: JobName, access: SpotifyAccess): Promise<void> =>
  inBatches(await listDue(db, job, access.allowedSpotifyIds), async (userIds) => {
    const taken = await takeJobs(db, job, userIds, access.allowedSpotifyIds);
    await Promise.all(
      taken.map(async (one) => {
        const attempted = await perform(job, () => DO[job](db, one.user_id, access));
        await (attempted ? finishJob : giveJobBack)(db, job, one);
      }),
    );
  });

const AT_ONCE = 4;

async function inBatches(
  userIds: readonly number[],
  work: (some: readonly number[]) => Promise<unknown>,
): Promise<void> {
  for (let at = 0; at < userIds.length; at += AT_ONCE) await work(userIds.slice(at, at + AT_ONCE));
}

async function enrich(
  db: Db,
  access: SpotifyAccess,
  { features, payloadsPerDay }: Enrichment,
): Promise<void> {
  if (features) await perform('features', () => enrichFeatures(db, features.provider, features.perDay));
  if (payloadsPerDay === 0 || (await isFetchingDue(db, access.allowedSpotifyIds))) return;
  const courier = await findCourier(db, access.allowedSpotifyIds);
  if (courier !== null) await perform('payloads', () => refreshPayloads(db, courier, access, payloadsPerDay));
}

/** False: nothing was tried or recorded. A recorded failure decides the next try. */
async function perform(job: string, work: () => Promise<unknown>): Promise<boolean> {
  const doing = begin(`job ${job}`);
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof AppError) log.info({ job, reason: error.message }, 'a job could not be done');
    else log.error({ job, err: error }, 'a job failed');
    return !isNoAttempt(error);
  } finally {
    doing.end();
  }
}

export interface RunningWorker {
  stop(): Promise<void>;
}

const ROUND_MS = 15_000;

/** A round that fails (a database restart) is logged; the next one starts afresh. */
export function startWorker(
  db: Db,
  access: SpotifyAccess,
  { roundMs = ROUND_MS, enrichment }: { roundMs?: number; enrichment?: Enrichment } = {},
): RunningWorker {
  const stopping = new AbortController();
  const ended = (async () => {
    while (!stopping.signal.aborted) {
      await runRound(db, access, enrichment).catch((error: unknown) =>
        log.warn({ err: error }, 'the worker will try again'),
      );
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
