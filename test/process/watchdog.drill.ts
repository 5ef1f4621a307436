import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { anyFreePort } from '../../scripts/demo/processes.ts';
import { nodeArguments } from '../support/run-script.ts';

interface Running {
  readonly child: ChildProcess;
  readonly url: string;
  output(): string;
  /** The lines of its log that say so. */
  lines(msg: string): Record<string, unknown>[];
}

const started: ChildProcess[] = [];
afterAll(() => started.forEach((child) => void child.kill('SIGKILL')));

async function start(processes: number): Promise<Running> {
  const url = `http://127.0.0.1:${await anyFreePort()}`;
  const program = nodeArguments('test/support/hanging-app.ts');
  const child = spawn(process.execPath, [...program, new URL(url).port, String(processes)]);
  started.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => void (output += text));
  const lines = (msg: string): Record<string, unknown>[] =>
    output
      .split('\n')
      .filter((line) => line.includes(`"msg":"${msg}"`))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const running = { child, url, output: () => output, lines };
  await until(async () => (await pids(running)).size === processes);
  return running;
}

/** The tests run side by side, which `expect.poll` does not. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(50);
}

/** Of all that answer. */
async function pids({ url }: Running): Promise<Set<string>> {
  const answers = await Promise.all(Array.from({ length: 8 }, () => pid(url)));
  return new Set(answers.filter((answer) => answer !== null));
}
const pid = (url: string): Promise<string | null> =>
  fetch(url, { signal: AbortSignal.timeout(1_000) }).then(
    (answer) => answer.text(),
    () => null,
  );

const HANGS = 'this process hangs and is ended';

describe.concurrent('a process that hangs', () => {
  it('is ended after ten seconds and replaced, and the log says which route it was answering', async () => {
    const app = await start(2);
    const waits = fetch(`${app.url}/wait/300`).catch(() => null);
    const begun = Date.now();
    const cutOff = fetch(`${app.url}/hang/a-planted-secret`).catch(() => 'cut off');
    // The other one goes on meanwhile.
    const answers = [];
    while (app.lines(HANGS).length === 0) answers.push(await pid(app.url));
    expect(await cutOff).toBe('cut off');
    const [line] = app.lines(HANGS);
    expect(line).toMatchObject({ level: 'fatal', pid: expect.any(Number) });
    expect(line?.underWay).toContain('GET /hang/:secret');
    expect(app.output()).not.toContain('planted');
    // Ten seconds, and what a busy machine adds.
    expect(Date.parse(String(line?.time)) - begun).toBeGreaterThan(9_000);
    expect(
      answers.filter((answer) => answer !== null && answer !== String(line?.pid)).length,
    ).toBeGreaterThan(0);
    await until(async () => (await pids(app)).size === 2);
    expect(await pids(app)).not.toContain(String(line?.pid));
    app.child.kill('SIGTERM');
    await waits;
  });

  it('ends by itself where there is no supervisor, for whatever runs it to start it again', async () => {
    const app = await start(1);
    // To wait is not to hang.
    expect((await fetch(`${app.url}/wait/12`)).status).toBe(200);
    void fetch(`${app.url}/hang/a-planted-secret`).catch(() => null);
    expect(await once(app.child, 'exit')).toEqual([null, 'SIGKILL']);
    expect(app.lines(HANGS)).toMatchObject([{ pid: app.child.pid, underWay: ['GET /hang/:secret'] }]);
  });

  it('is ended by the supervisor where nothing in it moves any more', async () => {
    const app = await start(2);
    void fetch(`${app.url}/wait/300`).catch(() => null);
    const stopped = String([...(await pids(app))][0]);
    process.kill(Number(stopped), 'SIGSTOP');
    await until(() => app.lines('a web worker ended and is replaced').length > 0);
    expect(app.lines('a web worker hangs and is ended')).toHaveLength(1);
    await until(async () => (await pids(app)).size === 2);
    expect(await pids(app)).not.toContain(stopped);
  });
});
