import cluster from 'node:cluster';
import { once } from 'node:events';
import inspector from 'node:inspector';
import { log } from './log.ts';
import { startThread } from './start-thread.ts';
import { listUnderWay, underWay } from './under-way.ts';

/** An event loop that stands still for this long counts as hanging. */
const LONGEST_SILENCE_MS = 10_000;
const BEAT_MS = 1_000;

export interface Heartbeat {
  readonly underWay: readonly string[];
}
export const isHeartbeat = (message: unknown): message is Heartbeat =>
  typeof message === 'object' && message !== null && 'underWay' in message;

/**
 * Ends this process if its event loop stands still, with a log line about what was under way. A thread does it, so that
 * no other process is needed; the supervisor, Docker, systemd or the platform starts a new one. A process without a
 * running thread (stopped, swapped out) is ended by the supervisor, which misses its heartbeats. Resolves once the
 * watchdog runs.
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
