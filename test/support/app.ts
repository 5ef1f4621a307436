import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import supertest from 'supertest';
import { afterAll, beforeAll } from 'vitest';
import { startSpotifyStandIn, type SpotifyStandIn } from '../../scripts/spotify-stand-in/server.ts';
import { createApp } from '../../src/app.ts';
import type { Config } from '../../src/config.ts';
import { loadConfig } from '../../src/config.ts';
import type { Db } from '../../src/db.ts';
import { useDatabase, type TestDatabase } from './database.ts';
import { shortListed } from './short-lists.ts';

export interface TestApp extends TestDatabase {
  config: Config;
  spotify: SpotifyStandIn;
  baseUrl: string;
}

/** The standing cast: Alice owns an archive here, Bob is another listener, nobody is signed out. */
export const ALICE = 'alice-stand-in';
export const BOB = 'bob-stand-in';

/** The whole app on a port of its own, with a database and a Spotify of its own. */
export function useApp(
  env: Readonly<Record<string, string>> = {},
  { wrapDb = (db) => db }: { wrapDb?: (db: Db) => Db } = {},
): TestApp {
  const test = useDatabase() as TestApp;
  let server: http.Server;
  beforeAll(async () => {
    test.spotify = await startSpotifyStandIn({ listeners: shortListed() });
    // A busy machine may be idle for longer than node's five seconds: a connection would end as it is used again.
    server = http.createServer({ keepAliveTimeout: 60_000 }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    test.baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    test.config = testConfig(test, env);
    server.on(
      'request',
      createApp({ config: test.config, db: wrapDb(test.db), unhurried: test.patient }).express,
    );
    // The first answer waits a second for the database, which is soon over where others work the machine too.
    while ((await nobody(test).get('/')).status === 503);
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await test.spotify.close();
  });
  return test;
}

function testConfig(test: TestApp, env: Readonly<Record<string, string>>): Config {
  return loadConfig('web', {
    NODE_ENV: 'test',
    BASE_URL: test.baseUrl,
    DATABASE_URL: test.url,
    SESSION_SECRET: randomBytes(32).toString('base64'),
    TOKEN_ENCRYPTION_KEYS: `t1:${randomBytes(32).toString('base64')}`,
    SPOTIFY_CLIENT_ID: test.spotify.clientId,
    SPOTIFY_CLIENT_SECRET: test.spotify.clientSecret,
    SPOTIFY_ACCOUNTS_URL: test.spotify.accountsUrl,
    SPOTIFY_API_URL: test.spotify.apiUrl,
    ...env,
  });
}

export type Visitor = ReturnType<typeof supertest.agent>;

/**
 * Somebody with a browser of their own, signed out. To connect for each request, to compress each answer and to unpack it
 * took longer than many a page: what is compressed is looked at in headers.test.ts.
 */
export const nobody = ({ baseUrl }: TestApp): Visitor =>
  supertest
    .agent(baseUrl)
    .set('Accept-Encoding', 'identity')
    .use((request: supertest.Test) => request.agent(kept));
const kept = new http.Agent({ keepAlive: true });

/** Follows a sign-in from its start to where Spotify sends the browser back to: a path of the app's callback. */
export async function callbackPath(visitor: Visitor, returnTo = ''): Promise<string> {
  const query = returnTo === '' ? '' : `?return_to=${encodeURIComponent(returnTo)}`;
  const start = await visitor.get(`/auth/spotify${query}`).expect(302);
  const approved = await fetch(String(start.headers.location), { redirect: 'manual' });
  const back = new URL(String(approved.headers.get('location')));
  return back.pathname + back.search;
}

/** A browser in which the listener is signed in. */
export async function signIn(test: TestApp, listenerId: string): Promise<Visitor> {
  const visitor = nobody(test);
  test.spotify.signInAs(listenerId);
  await visitor.get(await callbackPath(visitor)).expect(303);
  return visitor;
}

/** The app with both listeners signed in, each in a browser of their own. */
export interface TestCast extends TestApp {
  alice: Visitor;
  bob: Visitor;
  aliceId: number;
  bobId: number;
}

export function useCast(...args: Parameters<typeof useApp>): TestCast {
  const test = useApp(...args) as TestCast;
  beforeAll(async () => {
    [test.alice, test.bob] = [await signIn(test, ALICE), await signIn(test, BOB)];
    [test.aliceId, test.bobId] = [await userIdFor(test, ALICE), await userIdFor(test, BOB)];
  });
  return test;
}

export async function userIdFor({ db }: Pick<TestApp, 'db'>, listenerId: string): Promise<number> {
  return (await db.one<{ user_id: number }>('SELECT user_id FROM users WHERE spotify_id = $1', [listenerId]))
    .user_id;
}

/** The hidden token of the first form of a page. */
export async function csrfToken(visitor: Visitor, path = '/settings'): Promise<string> {
  const page = await visitor.get(path).expect(200);
  const token = /name="_csrf" value="([^"]+)"/.exec(page.text)?.[1];
  if (token === undefined) throw new Error(`no form token on ${path}`);
  return token;
}

/** Sends a form as a page of the app would. */
export async function submit(visitor: Visitor, path: string, fields: Readonly<Record<string, string>> = {}) {
  return visitor
    .post(path)
    .type('form')
    .send({ ...fields, _csrf: await csrfToken(visitor) });
}

/** What the browser would send along, for replaying it elsewhere. */
export const cookiesOf = ({ jar }: Visitor): string =>
  jar.getCookies({ domain: '127.0.0.1', path: '/', secure: false, script: false }).toValueString();
