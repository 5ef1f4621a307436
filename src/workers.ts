import cluster, { type Worker } from 'node:cluster';
import { setTimeout as sleep } from 'node:timers/promises';
import { DRAIN_MS } from './http-server.ts';
import { log } from './log.ts';
import { isHeartbeat } from './watchdog.ts';

/** A worker that ends sooner than this after its start is not started again at once. */
const TOO_SOON_MS = 5_000;
const LONGEST_PAUSE_MS = 30_000;
/** A worker that reports nothing for so long has not even been ended by its own watchdog. */
const LONGEST_SILENCE_S = 12;
/** A worker that serves nobody by then never will. */
const LONGEST_START_MS = 60_000;

export interface WorkerSettings {
  readonly count: number;
  /** What each is told besides the environment of this process. */
  readonly env: Readonly<Record<string, string>>;
}

export interface Workers {
  /** Sends every worker to its end and waits for all of them. */
  stop(): Promise<void>;
  /**
   * Starts each anew, one after the other, and ends the old one once the new one serves: nobody waits at a closed
   * door. Where a new one does not come to serve, the old ones go on. Renewals follow each other, never overlap.
   */
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
    endIfSilent(worker);
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

  /** Whether another has taken its place. One that does not come to serve leaves things as they were. */
  const replace = async (worker: Worker): Promise<boolean> => {
    const successor = start();
    // Until it serves it is nobody's successor; whoever of the two ends now is not to be replaced by a third.
    leaving.add(successor).add(worker);
    const serves = await Promise.race([listens(successor), sleep(LONGEST_START_MS, false, { ref: false })]);
    leaving.delete(serves ? successor : worker);
    await end(serves ? worker : successor);
    if (!serves && worker.isDead() && !stopping) start();
    return serves;
  };

  const renewAll = async (): Promise<void> => {
    for (const worker of living()) {
      if (stopping) return;
      // One that has ended meanwhile has been replaced already.
      if (worker.isDead()) continue;
      if (!(await replace(worker)) && !stopping) {
        log.error({ worker: worker.id }, 'a new web worker did not come to serve; the old ones go on');
        return;
      }
    }
  };
  let renewal = Promise.resolve();
  let awaited = false;

  return {
    async stop() {
      stopping = true;
      await Promise.all(living().map(end));
    },
    async renew() {
      // Asked twice while one is under way: one more after it renews whatever both had in mind.
      if (!awaited) {
        awaited = true;
        renewal = renewal.then(() => {
          awaited = false;
          return renewAll();
        });
      }
      await renewal;
    },
  };
}

/** From its first report on (watchdog.ts). Seconds are counted, not read: after a machine has slept, nobody is at fault. */
function endIfSilent(worker: Worker): void {
  let silentS = 0;
  let underWay: readonly string[] | null = null;
  worker.on('message', (message: unknown) => {
    if (isHeartbeat(message)) [silentS, underWay] = [0, message.underWay];
  });
  const look = setInterval(() => {
    if (underWay === null) return;
    silentS += 1;
    if (silentS !== LONGEST_SILENCE_S) return;
    log.error({ worker: worker.id, silentS, underWay }, 'a web worker hangs and is ended');
    worker.process.kill('SIGKILL');
  }, 1_000);
  worker.once('exit', () => clearInterval(look));
}

const living = (): Worker[] => Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);

/** Whether it came to listen; false where it ended instead. */
const listens = (worker: Worker): Promise<boolean> =>
  new Promise((resolve) => {
    worker.once('listening', () => resolve(true));
    worker.once('exit', () => resolve(false));
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
