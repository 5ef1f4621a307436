import cluster, { type Worker } from 'node:cluster';
import { setTimeout as sleep } from 'node:timers/promises';
import { DRAIN_MS } from './http-server.ts';
import { log } from './log.ts';

/** A worker that ends sooner than this after its start is not started again at once. */
const TOO_SOON_MS = 5_000;
const LONGEST_PAUSE_MS = 30_000;

export interface WorkerSettings {
  readonly count: number;
  /** What each is told besides the environment of this process. */
  readonly env: Readonly<Record<string, string>>;
}

export interface Workers {
  /** Sends every worker to its end and waits for all of them. */
  stop(): Promise<void>;
  /** Starts each anew, one after the other, the next once the one before serves: nobody waits at a closed door. */
  renew(): Promise<void>;
}

/**
 * Keeps `count` web processes on one port. One that ends is replaced at once; one that cannot even start is tried
 * again after a growing pause, up to half a minute.
 */
export function startWorkers({ count, env }: WorkerSettings): Workers {
  let stopping = false;
  let misfires = 0;
  const leaving = new WeakSet<Worker>();

  const start = (): Worker => {
    const worker = cluster.fork(env);
    const startedAt = Date.now();
    worker.on('exit', (code, signal) => {
      if (stopping || leaving.has(worker)) return;
      misfires = Date.now() - startedAt < TOO_SOON_MS ? misfires + 1 : 0;
      const pauseMs = misfires < 2 ? 0 : Math.min(LONGEST_PAUSE_MS, 250 * 2 ** misfires);
      log.error({ worker: worker.id, code, signal, pauseMs }, 'a web worker ended and is replaced');
      setTimeout(() => void (stopping || start()), pauseMs);
    });
    return worker;
  };
  for (let n = 0; n < count; n += 1) start();

  return {
    async stop() {
      stopping = true;
      await Promise.all(living().map(end));
    },
    async renew() {
      for (const worker of living()) {
        if (stopping) return;
        const successor = start();
        await Promise.race([listens(successor), sleep(DRAIN_MS, undefined, { ref: false })]);
        leaving.add(worker);
        await end(worker);
      }
    },
  };
}

const living = (): Worker[] => Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);

const listens = (worker: Worker): Promise<void> =>
  new Promise((resolve) => {
    worker.once('listening', () => resolve());
    worker.once('exit', () => resolve());
  });

/** Asks it to finish what is under way; what still hangs after that is killed. */
function end(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    if (worker.isDead()) return resolve();
    const kill = setTimeout(() => worker.process.kill('SIGKILL'), DRAIN_MS + 3_000);
    worker.once('exit', () => {
      clearTimeout(kill);
      resolve();
    });
    worker.process.kill('SIGTERM');
    return undefined;
  });
}
