import cluster from 'node:cluster';
import { once } from 'node:events';
import inspector from 'node:inspector';
import { log } from './log.ts';
import { startThread } from './start-thread.ts';
import { listUnderWay, underWay } from './under-way.ts';

/** A process whose event loop stands still this long serves nobody any more. */
const LONGEST_SILENCE_MS = 10_000;
const BEAT_MS = 1_000;

/** What a web process says to its supervisor, once a second. */
export interface Heartbeat {
  readonly underWay: readonly string[];
}
export const isHeartbeat = (message: unknown): message is Heartbeat =>
  typeof message === 'object' && message !== null && 'underWay' in message;

/**
 * Ends this process where its event loop stands still, with a line that says what was under way: by a thread of its
 * own, so that it needs nobody else. Whatever runs the process starts another (the supervisor of several; Docker,
 * systemd or the platform where there is one). One that does not even have a thread left (stopped, swapped out) is
 * ended by the supervisor, who misses its reports. Resolves once it is watched.
 */
export async function startWatchdog(): Promise<void> {
  // Whoever looks at it in a debugger stops it on purpose.
  if (inspector.url() !== undefined) return;
  setInterval(beat, BEAT_MS).unref();
  beat();
  const thread = startThread('watchdog-thread', { memory: underWay.memory, silenceMs: LONGEST_SILENCE_MS });
  thread.unref();
  await once(thread, 'message').catch((error: unknown) =>
    log.warn({ err: error }, 'nobody watches whether this process hangs'),
  );
}

function beat(): void {
  Atomics.add(underWay.beats, 0, 1);
  if (cluster.isWorker && process.connected)
    process.send?.({ underWay: listUnderWay(underWay) } satisfies Heartbeat);
}
