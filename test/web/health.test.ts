import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import supertest from 'supertest';
import { afterEach, describe, expect, it } from 'vitest';
import { createApp, type App } from '../../src/app.ts';
import { createDb, type Db } from '../../src/db.ts';
import { nobody, useApp } from '../support/app.ts';

const test = useApp();
const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanups.splice(0)) await cleanUp();
});

/** An app of its own on another database (or none), so that the others stay well. */
async function appOn(url: string): Promise<App & { address: string; db: Db }> {
  const db = createDb({ url, poolMin: 0, poolMax: 2, applicationName: 'health-test' });
  const app = createApp({ config: test.config, db });
  const server = http.createServer(app.express).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(async () => {
    server.closeAllConnections();
    server.close();
    await db.close();
  });
  return { ...app, db, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const NO_SERVER = 'postgres://nobody@127.0.0.1:1/none';

describe('a well app', () => {
  it.each(['/livez', '/readyz'])('answers %s with 200, nothing to read and no cookie', async (path) => {
    const answer = await nobody(test).get(path).set('Host', 'healthcheck.railway.app').expect(200);
    expect(answer.text ?? '').toBe('');
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.headers['x-powered-by']).toBeUndefined();
  });
});

describe('without a database', () => {
  it('is alive and not ready, and says so on a page within three seconds', async () => {
    const { address } = await appOn(NO_SERVER);
    await supertest(address).get('/livez').expect(200);
    const ready = await supertest(address).get('/readyz').expect(503);
    expect(ready.text).toBe('');
    const begun = Date.now();
    const page = await supertest(address).get('/dashboard').expect(503).expect('Retry-After', '5');
    expect(Date.now() - begun).toBeLessThan(5_000);
    expect(page.text).not.toContain('ECONNREFUSED');
    const json = await supertest(address).get('/api/decades').expect(503).expect('Retry-After', '5');
    expect(json.headers['content-type']).toContain('json');
  });
});

describe('with an older schema', () => {
  it('is not ready, asks to wait, and works once the schema is there', async () => {
    const { address } = await appOn(test.url);
    await test.db.execute('ALTER TABLE pgmigrations RENAME TO pgmigrations_away');
    try {
      await supertest(address).get('/readyz').expect(503);
      await supertest(address).get('/').expect(503).expect('Retry-After', '10');
      await supertest(address).get('/livez').expect(200);
    } finally {
      await test.db.execute('ALTER TABLE pgmigrations_away RENAME TO pgmigrations');
    }
    await supertest(address).get('/readyz').expect(200);
    await supertest(address).get('/').expect(200);
  });
});

describe('about to stop', () => {
  it('is alive and no longer ready', async () => {
    const { address, readiness } = await appOn(test.url);
    await supertest(address).get('/readyz').expect(200);
    readiness.drain();
    await supertest(address).get('/readyz').expect(503);
    await supertest(address).get('/livez').expect(200);
  });
});
