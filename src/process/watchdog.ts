import cluster from 'node:cluster';
import { once } from 'node:events';
import inspector from 'node:inspector';
import { log } from '../log.ts';
import { startThread } from './start-thread.ts';
import { listUnderWay, underWay } from './under-way.ts';

const LONGEST_SILENCE_MS = 10_000;
const BEAT_MS = 1_000;

export interface Heartbeat {
  readonly underWay: readonly string[];
}
export const isHeartbeat = (message: unknown): message is Heartbeat =>
  typeof message === 'object' && message !== null && 'underWay' in message;

/**
 * A thread ends a process that hangs, so that no other process is needed. If the thread does not run either
 * (stopped, swapped out), the supervisor misses its heartbeats. Resolves once the watchdog runs.
 */
export async function startWatchdog(): Promise<void> {
  if (inspector.url() !== undefined) return;
  setInterval(beat, BEAT_MS).unref();
  beat();
  const thread = startThread('watchdog-thread', { memory: underWay.memory, silenceMs: LONGEST_SILENCE_MS });
  thread.unref();
  await once(thread, 'message').catch((error: unknown) =>
    log.warn({ err: error }, 'the watchdog is not running'),
  );
}

function beat(): void {
  Atomics.add(underWay.beats, 0, 1);
  if (cluster.isWorker && process.connected)
    process.send?.({ underWay: listUnderWay(underWay) } satisfies Heartbeat);
}
