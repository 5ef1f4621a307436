import { writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { listUnderWay, underWayIn } from './under-way.ts';

const LOOK_MS = 500;
const { memory, silenceMs } = workerData as { memory: SharedArrayBuffer; silenceMs: number };
const watched = underWayIn(memory);
let [heard, looks] = [0, 0];

/** Counts looks instead of time, so that a machine's sleep does not matter. */
setInterval(() => {
  const beats = Atomics.load(watched.beats, 0);
  looks = beats === heard ? looks + 1 : 0;
  heard = beats;
  if (looks * LOOK_MS >= silenceMs) end();
}, LOOK_MS);
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has none
parentPort?.postMessage('watching');

function end(): void {
  const line = {
    level: 'fatal',
    time: new Date().toISOString(),
    pid: process.pid,
    silentMs: looks * LOOK_MS,
    underWay: listUnderWay(watched),
    msg: 'this process hangs and is ended',
  };
  try {
    // The log's usual way leads through the hanging thread.
    writeSync(2, `${JSON.stringify(line)}\n`);
  } finally {
    process.kill(process.pid, 'SIGKILL');
  }
}
