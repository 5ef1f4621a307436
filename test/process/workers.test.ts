import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anyFreePort } from '../../scripts/demo/processes.ts';
import { nodeArguments } from '../support/run-script.ts';

const directory = mkdtempSync(path.join(os.tmpdir(), 'mtm-workers-'));
const broken = path.join(directory, 'broken');
let supervisor: ChildProcess;
let [port, output] = [0, ''];

beforeAll(async () => {
  port = await anyFreePort();
  const program = nodeArguments('test/support/one-worker.ts');
  supervisor = spawn(process.execPath, [...program, String(port), broken]);
  supervisor.stdout?.setEncoding('utf8').on('data', (text: string) => void (output += text));
  supervisor.stderr?.setEncoding('utf8').on('data', (text: string) => void (output += text));
});
afterAll(() => {
  supervisor.kill('SIGKILL');
  rmSync(directory, { recursive: true });
});

/** The pid of whoever serves; null: nobody does. */
const serving = (): Promise<string | null> =>
  fetch(`http://127.0.0.1:${port}/`).then(
    (answer) => answer.text(),
    () => null,
  );

async function renew(): Promise<void> {
  const before = output.split('renewed').length;
  supervisor.kill('SIGUSR2');
  await expect.poll(() => output.split('renewed').length, { timeout: 30_000 }).toBe(before + 1);
}

describe('a web worker that is to be renewed', { timeout: 60_000 }, () => {
  it('goes on where its successor does not come to serve, and makes way for one that does', async () => {
    await expect.poll(serving, { timeout: 30_000 }).not.toBeNull();
    const first = await serving();
    writeFileSync(broken, '');
    await renew();
    expect(await serving()).toBe(first);
    expect(output).toContain('a new web worker did not start to serve');
    rmSync(broken);
    await renew();
    expect(await serving()).not.toBe(first);
    supervisor.kill('SIGTERM');
    expect(await once(supervisor, 'exit')).toEqual([0, null]);
  });
});
