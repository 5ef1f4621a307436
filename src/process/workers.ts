import cluster, { type Worker } from 'node:cluster';
import { setTimeout as sleep } from 'node:timers/promises';
import { DRAIN_MS } from './http-server.ts';
import { log } from '../log.ts';
import { isHeartbeat } from './watchdog.ts';

/** A worker that ends this soon after its start is not replaced at once. */
const TOO_SOON_MS = 5_000;
const LONGEST_PAUSE_MS = 30_000;
/** Then not even the worker's own watchdog has ended it. */
const LONGEST_SILENCE_S = 12;
const LONGEST_START_MS = 60_000;

export interface WorkerSettings {
  readonly count: number;
  readonly env: Readonly<Record<string, string>>;
}

export interface Workers {
  stop(): Promise<void>;
  /** One by one, each after its successor serves; if one does not, the old workers stay. */
  renew(): Promise<void>;
}

/** Replaces a worker that ends; one that cannot start is tried again after pauses. */
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

  const replace = async (worker: Worker): Promise<boolean> => {
    const successor = start();
    // Until it serves, neither of the two may be replaced by a third.
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
      if (worker.isDead()) continue;
      if (!(await replace(worker)) && !stopping) {
        log.error(
          { worker: worker.id },
          'a new web worker did not start to serve; the old ones keep running',
        );
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
      // Several requests during a renewal become one more renewal.
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

/** From its first heartbeat on. Counts its own ticks, so that a machine's sleep does not matter. */
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

const listens = (worker: Worker): Promise<boolean> =>
  new Promise((resolve) => {
    worker.once('listening', () => resolve(true));
    worker.once('exit', () => resolve(false));
  });

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
