import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { standInListeners } from '../scripts/spotify-stand-in/listeners.ts';
import { startSpotifyStandIn, type SpotifyStandIn } from '../scripts/spotify-stand-in/server.ts';
import { openToken } from '../src/users/token-cipher.ts';
import { callbackPath, cookiesOf, csrfToken, type Visitor } from './support/app.ts';
import { useDatabase } from './support/database.ts';
import { startServerProcess, type ServerProcess } from './support/server-process.ts';
import { startTcpProxy, type TcpProxy } from './support/tcp-proxy.ts';

const test = useDatabase();
const SESSION_SECRET = `planted-session-${randomBytes(24).toString('hex')}`;
const TOKEN_KEY = randomBytes(32);
const CLIENT_SECRET = 'planted-client-secret';
const DB_PASSWORD = 'planted-database-password';

let spotify: SpotifyStandIn;
const started: ServerProcess[] = [];

beforeAll(async () => {
  spotify = await startSpotifyStandIn({ listeners: standInListeners(), clientSecret: CLIENT_SECRET });
});
afterAll(async () => {
  for (const server of started) server.signal('SIGKILL');
  await Promise.all(started.map((server) => server.exit));
  await spotify.close();
});

async function start(env: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
  const server = await startServerProcess({
    NODE_ENV: 'test',
    DATABASE_URL: test.url,
    SESSION_SECRET,
    TOKEN_ENCRYPTION_KEYS: `t1:${TOKEN_KEY.toString('base64')}`,
    SPOTIFY_CLIENT_ID: spotify.clientId,
    SPOTIFY_CLIENT_SECRET: CLIENT_SECRET,
    SPOTIFY_ACCOUNTS_URL: spotify.accountsUrl,
    SPOTIFY_API_URL: spotify.apiUrl,
    ...env,
  });
  started.push(server);
  return server;
}

const statusOf = async (address: string): Promise<number> =>
  (await fetch(address, { redirect: 'manual', headers: { connection: 'close' } })).status;

describe('a server told to end', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await start();
    await server.listening();
  });

  it('finishes what is under way, takes nothing new and exits with 0', async () => {
    expect(await statusOf(`${server.baseUrl}/`)).toBe(200);
    const lock = await test.db.pool.connect();
    await lock.query('BEGIN');
    await lock.query('LOCK TABLE sign_in_attempts IN ACCESS EXCLUSIVE MODE');
    const underWay = fetch(`${server.baseUrl}/auth/spotify`, { redirect: 'manual' });
    await sleep(200);
    server.signal('SIGTERM');
    await sleep(100);
    server.signal('SIGTERM');
    server.signal('SIGINT');
    await sleep(100);
    await expect(statusOf(`${server.baseUrl}/livez`)).rejects.toMatchObject({
      cause: { code: 'ECONNREFUSED' },
    });
    expect(server.hasExited).toBe(false);
    const released = performance.now();
    await lock.query('ROLLBACK');
    lock.release();
    expect((await underWay).status).toBe(302);
    expect(await server.exit).toEqual({ code: 0, signal: null });
    expect(performance.now() - released).toBeLessThan(5_000);
  });

  it('says so once', () => {
    const stops = server.logLines().filter((line) => JSON.stringify(line).includes('stopping'));
    expect(stops).toEqual([expect.objectContaining({ level: 'info', why: 'SIGTERM' })]);
  });
});

describe('a server with wrong settings', () => {
  it('names them and exits with 1', async () => {
    const server = await start({ SESSION_SECRET: 'sh0rt', SPOTIFY_CLIENT_ID: '', PORT: 'x' });
    expect(await server.exit).toEqual({ code: 1, signal: null });
    expect(server.output()).toMatch(/PORT: .+\n.*SESSION_SECRET: .+\n.*SPOTIFY_CLIENT_ID: .+\n$/);
    expect(server.output()).not.toContain('sh0rt');
    expect(server.output()).not.toMatch(/^ {4}at /m);
  });

  it('that cannot listen exits with 1', async () => {
    const taken = new URL(spotify.url).port;
    const server = await start({ PORT: taken });
    expect(await server.exit).toEqual({ code: 1, signal: null });
    expect(server.output()).toContain('EADDRINUSE');
  });
});

describe('a server whose database comes and goes', () => {
  let proxy: TcpProxy;
  let server: ServerProcess;
  let alice: Visitor;
  const secrets: string[] = [
    SESSION_SECRET,
    CLIENT_SECRET,
    DB_PASSWORD,
    TOKEN_KEY.toString('base64').slice(0, 20),
  ];

  beforeAll(async () => {
    proxy = await startTcpProxy(test.url);
    await proxy.refuse();
    const url = new URL(proxy.url);
    url.password = DB_PASSWORD;
    server = await start({ DATABASE_URL: url.href });
    await server.listening();
  });
  afterAll(() => proxy.close());

  const listTokens = async (): Promise<string[]> => {
    const row = await test.db.one<{ user_id: number; access_token: string; refresh_token: string }>(
      'SELECT user_id, access_token, refresh_token FROM spotify_connections',
    );
    const keys = [{ id: 't1', key: TOKEN_KEY }];
    return (['access_token', 'refresh_token'] as const).map((column) =>
      openToken(keys, row[column], row.user_id, column),
    );
  };

  it('lives without it, and says on every page that it is away', async () => {
    expect(await statusOf(`${server.baseUrl}/livez`)).toBe(200);
    expect(await statusOf(`${server.baseUrl}/readyz`)).toBe(503);
    const page = await fetch(server.baseUrl);
    expect(page.status).toBe(503);
    expect(page.headers.get('retry-after')).toBe('5');
  });

  it('serves as soon as it is there', async () => {
    await proxy.forward();
    await expect.poll(() => statusOf(`${server.baseUrl}/readyz`), { timeout: 2_000 }).toBe(200);
    alice = supertest.agent(server.baseUrl);
    const path = await callbackPath(alice);
    const { code_verifier: verifier } = await test.db.one<{ code_verifier: string }>(
      'SELECT code_verifier FROM sign_in_attempts ORDER BY created_at DESC LIMIT 1',
    );
    await alice.get(path).expect(303);
    await alice.get(path).expect(403);
    await alice.get('/settings').expect(200);
    const { searchParams } = new URL(path, server.baseUrl);
    secrets.push(verifier, searchParams.get('code') ?? '-', searchParams.get('state') ?? '-');
  });

  it('survives its loss: 503 while it lasts, and then as before', async () => {
    await proxy.refuse();
    for (let i = 0; i < 5; i += 1) {
      const page = await alice.get('/settings').expect(503);
      expect(Number(page.headers['retry-after'])).toBeGreaterThan(0);
    }
    expect(await statusOf(`${server.baseUrl}/livez`)).toBe(200);
    expect(await statusOf(`${server.baseUrl}/readyz`)).toBe(503);
    await proxy.forward();
    await alice.get('/settings').expect(200);
    expect(await statusOf(`${server.baseUrl}/readyz`)).toBe(200);
    expect(server.hasExited).toBe(false);
  });

  it('logs one JSON object a line, and no secret in any', async () => {
    // Besides the above: faults of Spotify on the way in and later, a form without a token, odd addresses and names.
    for (const kind of ['html', 'truncated-json', 'wrong-types', 'invalid-grant'] as const) {
      spotify.fail({ on: '/api/token', kind });
      const visitor = supertest.agent(server.baseUrl);
      const path = await callbackPath(visitor);
      expect((await visitor.get(path)).status).toBeGreaterThan(399);
      secrets.push(new URL(path, server.baseUrl).searchParams.get('code') ?? '-');
      spotify.heal();
    }
    spotify.fail({ on: '/v1/me', kind: 'status', status: 500 });
    const _csrf = await csrfToken(alice);
    await alice.post('/snapshots').type('form').send({ _csrf }).expect(303);
    spotify.heal();
    await alice.post('/settings/theme').type('form').send({ _csrf: 'planted-form-token' }).expect(403);
    await alice
      .get('/planted-path?token=planted-query')
      .set({ 'User-Agent': 'planted-agent', 'X-Request-Id': 'planted id' })
      .expect(404);
    const known = secrets.push(...(await listTokens()));
    // Both are replaced as one is refreshed.
    spotify.rotateRefreshTokens(true);
    spotify.expireAccessTokens();
    await alice.post('/snapshots').type('form').send({ _csrf }).expect(303);
    secrets.push(...(await listTokens()));
    expect(new Set(secrets.slice(known - 2)).size).toBe(4);
    const session = decodeURIComponent(/mtm\.session=([^;]+)/.exec(cookiesOf(alice))?.[1] ?? '-');
    secrets.push(...session.replace(/^s:/, '').split('.'), _csrf, 'planted');

    const lines = server.logLines();
    expect(lines.length).toBeGreaterThan(20);
    for (const line of lines)
      expect(line).toMatchObject({ level: expect.any(String), time: expect.stringMatching(/Z$/) });
    const leaked = secrets.filter((secret) => secret.length < 6 || server.output().includes(secret));
    expect(leaked).toEqual([]);
    expect(new Set(secrets).size).toBeGreaterThan(14);
  });
});
