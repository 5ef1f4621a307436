import { Presets, SingleBar } from 'cli-progress';

/** Tells a person who is waiting what is going on. */
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

/** Bars on stderr, so that stdout stays the report's own. */
export function terminalProgress(): Progress {
  let bar: SingleBar | undefined;
  return {
    start(what, total) {
      const format = `${what.padEnd(24)} {bar} {percentage}%  {value}/{total}  {eta_formatted} left`;
      bar = new SingleBar({ format, stream: process.stderr, hideCursor: true }, Presets.shades_grey);
      bar.start(total, 0);
    },
    advance: (done) => bar?.update(done),
    finish: () => bar?.stop(),
    say: (line) => void process.stderr.write(`${line}\n`),
  };
}
