import { EventEmitter, once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createApp } from '../../src/app.ts';
import { createDb, type Db } from '../../src/db.ts';
import { admission } from '../../src/web/operations/admission.ts';
import { errorPage } from '../../src/web/middleware/error-page.ts';
import { ALICE, cookiesOf, signIn, useApp } from '../support/app.ts';

const test = useApp();
let db: Db;
let server: http.Server;

const addressOf = (listening: http.Server): string =>
  `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;

/** The same archive behind a pool of two. */
beforeAll(async () => {
  db = createDb({ url: test.url, poolMin: 0, poolMax: 2, applicationName: 'admission-test' });
  server = http.createServer(createApp({ config: test.config, db }).express).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await db.close();
});

describe('more listeners at once than there are connections', () => {
  it('wait at the door, not in the pool, and are all served', async () => {
    const cookie = cookiesOf(await signIn(test, ALICE));
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, db.pool.waitingCount)), 1);
    const answers = await Promise.all(
      Array.from({ length: 80 }, () => fetch(`${addressOf(server)}/dashboard`, { headers: { cookie } })),
    );
    clearInterval(watch);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    // A page asks eight questions at once at most, and one page more is let in than the pool has room for.
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(3 * 8);
  });
});

describe('at the door', () => {
  const pool = Object.assign(new EventEmitter(), { waitingCount: 9, options: { max: 2 } });
  const app = express()
    .use(admission(pool as unknown as Db['pool'], { standingMs: 300, wholeMs: 900 }))
    .use((_req, res) => res.send('let in'))
    .use(errorPage);

  const secondsOf = async (work: () => Promise<unknown>): Promise<number> => {
    const begun = performance.now();
    await work();
    return (performance.now() - begun) / 1000;
  };
  const refused = () => supertest(app).get('/api/decades').expect(503).expect('Retry-After', '5');

  it('patience ends soon where the line stands still', async () => {
    const seconds = await secondsOf(async () => expect((await refused()).text).toContain('not answering'));
    expect(seconds).toBeGreaterThan(0.3);
    expect(seconds).toBeLessThan(0.8);
  });

  it('patience is longer where it moves', async () => {
    const moving = setInterval(() => pool.emit('release'), 20);
    const seconds = await secondsOf(async () => expect((await refused()).text).toContain('busy'));
    expect(seconds).toBeGreaterThan(0.9);
    clearInterval(moving);
  });

  it('is looked at by one timer, however often the line empties and fills', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const mine = (): number => timers.mock.calls.filter(([, ms]) => ms === 100).length;
    for (let round = 0; round < 10; round += 1) {
      pool.waitingCount = 9;
      const waits = supertest(app)
        .get('/')
        .then(({ status }) => status);
      await sleep(15);
      pool.waitingCount = 0;
      pool.emit('release');
      expect(await waits).toBe(200);
    }
    // Ten rounds of some twenty milliseconds are a few looks, not ten chains of them.
    expect(mine()).toBeLessThan(8);
    timers.mockRestore();
    pool.waitingCount = 9;
  });

  it('who leaves is not waited for', async () => {
    const listening = app.listen(0);
    const away = new AbortController();
    const gone = fetch(addressOf(listening), { signal: away.signal }).catch(() => 'gone');
    await sleep(50);
    const waits = fetch(addressOf(listening));
    await sleep(50);
    away.abort();
    expect(await gone).toBe('gone');
    pool.waitingCount = 0;
    pool.emit('release');
    expect((await waits).status).toBe(200);
    listening.close();
  });
});
