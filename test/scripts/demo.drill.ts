import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { fromSource, startScript } from '../support/run-script.ts';

it('npm run demo comes up with nothing set up, twice on the same archive, and stops cleanly', async () => {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mtm-demo-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  // Somebody else has the port: the demo takes another.
  const occupied = createServer().listen(0, '127.0.0.1');
  await once(occupied, 'listening');
  const port = String((occupied.address() as AddressInfo).port);
  const times = [
    { moved: /^tracks +(1,[0-9]{3}) +\1 /m, args: ['--port', port], env: {} },
    { moved: /Nothing new/, args: [], env: { PORT: port } },
  ] as const;
  for (const { moved, args, env } of times) {
    const demo = startScript('scripts/demo.ts', args, {
      cwd: directory,
      env,
      program: fromSource('scripts/demo.ts'),
    });
    // The last that it says.
    const tryThis = /an import of ten years: .*my_spotify_data\.zip/;
    while (!tryThis.test(demo.output()) && demo.child.exitCode === null) await sleep(100);
    expect(demo.output()).toMatch(moved);
    expect(demo.output()).toMatch(tryThis);
    const url = /Ready: open (\S+)/.exec(demo.output())?.[1] ?? '';
    const home = await fetch(url);
    expect(await home.text()).toContain('Sign in with Spotify');
    const start = await fetch(`${url}/auth/spotify`, { redirect: 'manual' });
    expect(start.headers.get('location')).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/authorize\?/);
    demo.child.kill('SIGINT');
    expect(await demo.ended).toBe(0);
  }
  occupied.close();
});
