import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createApp } from '../../../src/app.ts';
import { LIMIT, WINDOW_SECONDS } from '../../../src/users/api-limits.ts';
import { createApiToken, deleteApiToken, listApiTokens } from '../../../src/users/api-tokens.ts';
import { inTurn, type Turns } from '../../../src/web/api/middleware/limits.ts';
import { deleteEverybody } from '../../support/database.ts';
import { insertListener } from '../../support/factories.ts';
import { useApp } from '../../support/app.ts';

const test = useApp({ ALLOWED_SPOTIFY_IDS: 'alice,bob' });
/** The same app in what could be another process. */
let other: Server;
let otherUrl: string;
let alice: number;
let token: string;

const listen = async (server: Server): Promise<string> => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

beforeAll(async () => {
  other = createServer(createApp({ config: test.config, db: test.db }).express);
  otherUrl = await listen(other);
});
afterAll(() => other.close());
beforeEach(async () => {
  await deleteEverybody(test.db);
  alice = await insertListener(test.db, 'alice');
  token = await createApiToken(test.db, alice, { name: 'A script', scopes: ['read'], days: 1 });
});

const me = (secret = token, url = test.baseUrl): Promise<Response> =>
  fetch(`${url}/api/v1/me`, { headers: { Authorization: `Bearer ${secret}` } });
const meThere = (secret?: string): Promise<Response> => me(secret, otherUrl);
/** As if it had asked for so many seconds in advance. */
const askAhead = (seconds: number): Promise<number> =>
  test.db.execute(`UPDATE api_tokens SET used_up_until = now() + make_interval(secs => $1)`, [seconds]);
const usedUpUntil = async (): Promise<number> => {
  const { until } = await test.db.one<{ until: Date }>('SELECT used_up_until AS until FROM api_tokens');
  return until.getTime();
};

describe('what a token may ask', () => {
  it('is told with every answer', async () => {
    const answer = await me();
    expect(answer.status).toBe(200);
    expect(answer.headers.get('ratelimit-policy')).toBe(`"token";q=${LIMIT.burst};w=${WINDOW_SECONDS}`);
    expect(answer.headers.get('ratelimit')).toBe(`"token";r=${LIMIT.burst - 1};t=1`);
  });

  it('is counted for all processes together', async () => {
    await askAhead(WINDOW_SECONDS - 10);
    const before = await usedUpUntil();
    const answers = await Promise.all([me(), meThere(), me(), meThere()]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect((await usedUpUntil()) - before).toBe((4 / LIMIT.perSecond) * 1000);
  });

  it('is refused by all of them past its limit, with when to come again', async () => {
    await askAhead(WINDOW_SECONDS + 100);
    for (const refused of await Promise.all([me(), meThere()])) {
      expect(refused.status).toBe(429);
      expect(refused.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(90);
      expect(refused.headers.get('ratelimit')).toMatch(/r=0;/);
    }
  });

  it('is each token’s own', async () => {
    const bob = await insertListener(test.db, 'bob');
    await askAhead(WINDOW_SECONDS + 100);
    const his = await createApiToken(test.db, bob, { name: 'His', scopes: ['read'], days: 1 });
    const hers = await createApiToken(test.db, alice, { name: 'Another', scopes: ['read'], days: 1 });
    expect([(await me(his)).status, (await me(hers)).status, (await me()).status]).toEqual([200, 200, 429]);
  });
});

describe('a token that opens no longer', () => {
  it.each([
    [
      'deleted',
      async () => deleteApiToken(test.db, alice, (await listApiTokens(test.db, alice))[0]!.token_id),
    ],
    ['ended', () => test.db.execute('UPDATE api_tokens SET ends_at = now()')],
    ['of a deleted listener', () => test.db.execute('DELETE FROM users')],
    ['of one who may not use this app', () => test.db.execute(`UPDATE users SET spotify_id = 'carol'`)],
  ])('because it is %s is refused at once by every process', async (_why, end) => {
    expect([(await me()).status, (await meThere()).status]).toEqual([200, 200]);
    await end();
    const answers = [await me(), await meThere()];
    expect(answers.map(({ status }) => status)).toEqual([401, 401]);
    expect(answers[0]?.headers.get('www-authenticate')).toMatch(/^Bearer .*error="invalid_token"/);
  });
});

/** A server whose answers wait for `finish`, with how many are being worked on. */
async function openSlow(turns: Turns) {
  const finish: (() => void)[] = [];
  const app = express();
  app.use(inTurn(turns), (_req, res) => void finish.push(() => res.end()));
  app.use(((error: { status: number }, _req, res, _next) => {
    res.status(error.status).end();
  }) as express.ErrorRequestHandler);
  const server = createServer(app);
  const url = await listen(server);
  onTestFinished(() => void server.close());
  const ask = (bearer: string, signal?: AbortSignal): Promise<number> =>
    fetch(url, { headers: { Authorization: bearer }, signal: signal ?? null }).then(({ status }) => status);
  const underWay = (count: number): Promise<void> =>
    vi.waitUntil(() => finish.length >= count).then(() => {});
  return { ask, finish, underWay };
}

describe('requests of programs', () => {
  it('are worked on a few at a time, the others in the order in which they came', async () => {
    const { ask, finish, underWay } = await openSlow({ atOnce: 2, waiting: 10, patienceMs: 60_000 });
    const asked = ['a', 'b', 'c', 'd'].map((name) => ask(name));
    await underWay(2);
    finish[0]?.();
    await underWay(3);
    finish[1]?.();
    await underWay(4);
    for (const end of finish) end();
    expect(await Promise.all(asked)).toEqual([200, 200, 200, 200]);
  });

  it('of one token beyond a few that wait are refused, and those of others are not', async () => {
    const { ask, finish, underWay } = await openSlow({ atOnce: 1, waiting: 2, patienceMs: 60_000 });
    const first = ask('greedy');
    await underWay(1);
    const greedy = [ask('greedy'), ask('greedy'), ask('greedy')];
    expect(await Promise.race(greedy)).toBe(429);
    const modest = ask('modest');
    for (let done = 0; done < 4; done += 1) {
      await underWay(done + 1);
      finish[done]?.();
    }
    expect(await Promise.all([first, modest])).toEqual([200, 200]);
    expect((await Promise.all(greedy)).filter((status) => status === 200)).toHaveLength(2);
  });

  it('that wait too long, or give up, leave the line', async () => {
    const { ask, finish, underWay } = await openSlow({ atOnce: 1, waiting: 10, patienceMs: 50 });
    const first = ask('a');
    await underWay(1);
    const gone = new AbortController();
    const givenUp = ask('b', gone.signal).catch(() => 'gone');
    gone.abort();
    expect([await givenUp, await ask('c')]).toEqual(['gone', 429]);
    finish[0]?.();
    expect(await first).toBe(200);
    const last = ask('d');
    await underWay(2);
    finish[1]?.();
    expect(await last).toBe(200);
  });
});
