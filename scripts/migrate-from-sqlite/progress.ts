import { grouped } from '../print.ts';
import { escapeControls } from './escape-controls.ts';
import { Presets, SingleBar, type GenericFormatter } from 'cli-progress';

export interface Progress {
  start(what: string, total: number): void;
  advance(done: number): void;
  finish(): void;
  say(line: string): void;
}

export const silentProgress: Progress = {
  start: () => undefined,
  advance: () => undefined,
  finish: () => undefined,
  say: () => undefined,
};

/** Progress is reported now and then: this many rows may be done but not counted yet. */
const NOT_YET_COUNTED = 1000;

/** On stderr, since stdout is for the report. */
export function terminalProgress(stream: NodeJS.WritableStream = process.stderr): Progress {
  let bar: SingleBar | undefined;
  let rest = 0;
  return {
    start(what, total) {
      bar = new SingleBar(
        { format: drawBar(escapeControls(what)), stream, hideCursor: true },
        Presets.shades_grey,
      );
      rest = total;
      if (total > 0) bar.start(total, 0);
    },
    advance(done) {
      if (bar) rest = bar.getTotal() - done;
      bar?.update(done);
    },
    finish() {
      // A run that stopped earlier leaves its bar where it was.
      if (rest < NOT_YET_COUNTED) bar?.update(bar.getTotal());
      bar?.stop();
      bar = undefined;
    },
    say: (line) => void stream.write(`${escapeControls(line)}\n`),
  };
}

/** "reading tracks  ▓▓▓░░░   42%  12,000 of 28,571  71,800 rows/s  3 s left"; at the end how long it took. */
function drawBar(what: string): GenericFormatter {
  return (options, { progress, value, total, startTime }) => {
    const size = options.barsize ?? 40;
    const full = Math.round(Math.min(1, progress) * size);
    const drawn =
      (options.barCompleteString ?? '').slice(0, full) +
      (options.barIncompleteString ?? '').slice(full, size);
    const seconds = Math.max(0.001, (Date.now() - startTime) / 1000);
    const rate = value / seconds;
    const time =
      value < total
        ? `${rate > 0 ? describeSeconds((total - value) / rate) : '?'} left`
        : describeSeconds(seconds);
    const percent = `${Math.floor(progress * 100)}%`.padStart(4);
    return `${what.padEnd(24)} ${drawn} ${percent}  ${grouped(value)} of ${grouped(total)}  ${grouped(Math.round(rate))} rows/s  ${time}`;
  };
}

/** "8 s", "2 min 5 s", "1 h 3 min". */
export function describeSeconds(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
