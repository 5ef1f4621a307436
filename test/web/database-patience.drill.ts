import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/app.ts';
import { createDb, type Db } from '../../src/db.ts';
import {
  ALICE,
  callbackPath,
  cookiesOf,
  csrfToken,
  nobody,
  signIn,
  useApp,
  type Visitor,
} from '../support/app.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

const test = useApp();
const POOL = 12;
/** What a request may take while the database is silent, and what a test's own slowness may add. */
const LONGEST_MS = 6_000;

let [alice, proxy] = [null, null] as unknown as [Visitor, TcpProxy];
let [cookie, csrf] = ['', ''];
let db: Db;
let server: http.Server;

/** The same archive behind a network that can fall silent. */
beforeAll(async () => {
  alice = await signIn(test, ALICE);
  csrf = await csrfToken(alice);
  cookie = cookiesOf(alice);
  proxy = await startTcpProxy(test.url);
  db = createDb({ url: proxy.url, poolMin: 0, poolMax: POOL, applicationName: 'patience-test' });
  server = http.createServer(createApp({ config: test.config, db }).express).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => proxy.forward());
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await proxy.forward();
  await db.close();
  await proxy.close();
});

interface Answer {
  readonly path: string;
  readonly status: number;
  readonly text: string;
  readonly ms: number;
}

async function ask(path: string, init: RequestInit = {}): Promise<Answer> {
  const begun = performance.now();
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  const answer = await fetch(address, { headers: { cookie }, redirect: 'manual', ...init });
  const text = await answer.text();
  return { path, status: answer.status, text, ms: performance.now() - begun };
}

const post = (path: string, fields: Readonly<Record<string, string>>) =>
  ask(path, { method: 'POST', body: new URLSearchParams({ _csrf: csrf, ...fields }) });

const upload = () => {
  const body = new FormData();
  body.set('_csrf', csrf);
  body.set('file', new Blob(['id,energy\n4uLU6hMCjMI75M1A2tKUQC,0.5\n']), 'a.csv');
  return ask('/settings/audio-features', { method: 'POST', body });
};

/** All of them are over in time, in words. */
function expectWords(answers: readonly Answer[]): void {
  for (const { path, status, text } of answers) {
    expect([path, status]).toEqual([path, 503]);
    expect(text).toMatch(/not answering|can’t be saved right now/);
  }
  const slow = answers.filter(({ ms }) => ms > LONGEST_MS).map(({ path, ms }) => `${path} ${Math.round(ms)}`);
  expect(slow).toEqual([]);
}

const statusOf = async (path: string): Promise<number> => (await ask(path)).status;

/** The network is back, and as many connections are idle as the pool has. */
async function warm(): Promise<void> {
  await proxy.forward();
  // The first may still meet a connection whose end has not been heard of.
  await expect.poll(() => statusOf('/dashboard')).toBe(200);
  const statuses = await Promise.all(Array.from({ length: 2 * POOL }, () => statusOf('/dashboard')));
  expect(new Set(statuses)).toEqual(new Set([200]));
}

describe('while the database is silent, whatever is asked for is answered in words within six seconds', () => {
  it('on connections that were there before', async () => {
    const guest = nobody(test);
    const callback = await callbackPath(guest);
    await warm();
    proxy.stall();
    const answers = await Promise.all([
      ask('/dashboard'),
      ask('/settings'),
      ask('/history'),
      ask('/api/decades'),
      ask('/auth/spotify', { headers: {} }),
      ask(callback, { headers: { cookie: cookiesOf(guest) } }),
      post('/settings/theme', { theme: 'dark' }),
      post('/logout', {}),
      ask('/settings/export/archive.zip'),
      upload(),
    ]);
    expectWords(answers);
  });

  it('for a crowd, at the door and inside', async () => {
    await warm();
    proxy.stall();
    const paths = ['/dashboard', '/explore', '/search?q=a', '/settings', '/api/decades'];
    expectWords(
      await Promise.all(Array.from({ length: 60 }, (_, n) => ask(String(paths[n % paths.length])))),
    );
    // And for those who come meanwhile.
    expectWords(await Promise.all(Array.from({ length: 20 }, () => ask('/dashboard'))));
  });

  it('and as soon as it speaks again, everything is as before', async () => {
    await warm();
    proxy.stall();
    expectWords([await ask('/dashboard')]);
    await warm();
    expect((await post('/settings/theme', { theme: 'dark' })).status).toBe(303);
  });
});
