import { setTimeout as sleep } from 'node:timers/promises';
import { createHmac, randomBytes } from 'node:crypto';
import compression from 'compression';
import express, { type ErrorRequestHandler, type Express } from 'express';
import supertest from 'supertest';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createApp } from '../../src/app.ts';
import { sessions } from '../../src/web/sign-in/session.ts';
import {
  ALICE,
  BOB,
  callbackPath,
  cookiesOf,
  csrfToken,
  nobody,
  signIn,
  submit,
  useApp,
  type Visitor,
} from '../support/app.ts';

const test = useApp();

afterEach(async () => {
  test.spotify.heal();
  await test.db.execute('DROP TRIGGER IF EXISTS broken ON sessions');
});

const COOKIE = 'mtm.session';
const DAY = '1 day';
const signedCookie = (sid: string): string => {
  const signature = createHmac('sha256', test.config.sessionSecrets[0] ?? '')
    .update(sid)
    .digest('base64');
  return `${COOKIE}=s%3A${sid}.${encodeURIComponent(signature.replace(/=+$/, ''))}`;
};
const sidIn = (cookies: string): string => /s%3A([\w-]+)\./.exec(cookies)?.[1] ?? '(none)';
const sidOf = (visitor: Visitor): string => sidIn(cookiesOf(visitor));
const replay = (cookies: string, path = '/settings') => nobody(test).get(path).set('Cookie', cookies);
const isSignedIn = async (cookies: string): Promise<boolean> => (await replay(cookies)).status === 200;
const rows = async (): Promise<number> =>
  (await test.db.one<{ count: number }>('SELECT count(*)::int FROM sessions')).count;
const age = (sid: string, column: 'created_at' | 'expire', interval: string): Promise<number> =>
  test.db.execute(`UPDATE sessions SET ${column} = ${column} - $2::interval WHERE sid = $1`, [sid, interval]);

/** Every Set-Cookie of a visit to every kind of page, in a browser that takes and sends them all. */
async function allCookies(
  site: Parameters<typeof supertest>[0],
  headers: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const jar = new Map<string, string>();
  const seen: string[] = [];
  const visit = async (path: string, method: 'get' | 'post' = 'get', fields: object = {}) => {
    const cookies = [...jar].map((pair) => pair.join('=')).join('; ');
    const browser = supertest(site);
    const asked = browser[method](path).set({ ...headers, Cookie: cookies });
    const answer = await asked.type('form').send(fields);
    for (const cookie of answer.get('Set-Cookie') ?? []) {
      seen.push(cookie);
      const [name = '', value = ''] = cookie.split(/[=;]/, 2);
      jar.set(name, value);
    }
    return answer;
  };
  for (const path of ['/', '/dashboard', '/nowhere', '/livez', '/readyz']) await visit(path);
  const start = await visit('/auth/spotify');
  const approved = await fetch(String(start.headers.location), { redirect: 'manual' });
  const back = new URL(String(approved.headers.get('location')));
  await visit(back.pathname + back.search);
  const settings = await visit('/settings');
  const _csrf = /name="_csrf" value="([^"]+)"/.exec(settings.text)?.[1];
  await visit('/settings/theme', 'post', { theme: 'dark', _csrf });
  await visit('/logout', 'post', { _csrf });
  return seen;
}

/** Reading works, writing does not, as with a full disk. */
const breakWriting = async (): Promise<void> => {
  await test.db.execute(`
    CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$`);
  await test.db.execute(
    'CREATE TRIGGER broken BEFORE INSERT OR UPDATE OR DELETE ON sessions FOR EACH STATEMENT EXECUTE FUNCTION refuse()',
  );
};
const mend = (): Promise<number> => test.db.execute('DROP TRIGGER broken ON sessions');

describe('signing in', () => {
  it('begins a new session; the one before ends', async () => {
    const alice = await signIn(test, ALICE);
    const before = cookiesOf(alice);
    await alice.get(await callbackPath(alice)).expect(303);
    expect(sidOf(alice)).not.toBe(sidIn(before));
    expect(await isSignedIn(before)).toBe(false);
    expect(await isSignedIn(cookiesOf(alice))).toBe(true);
  });

  it('carries nothing over from the session before', async () => {
    const browser = await signIn(test, ALICE);
    const token = await csrfToken(browser);
    await test.db.execute(
      `UPDATE sessions SET sess = sess || '{"planted": true, "flash": {"kind": "info", "text": "planted"}}'
       WHERE sid = $1`,
      [sidOf(browser)],
    );
    test.spotify.signInAs(BOB);
    await browser.get(await callbackPath(browser)).expect(303);
    const { sess } = await test.db.one<{ sess: object }>('SELECT sess FROM sessions WHERE sid = $1', [
      sidOf(browser),
    ]);
    expect(Object.keys(sess).toSorted()).toEqual(['cookie', 'csrfToken', 'passport', 'userAgent']);
    await browser.post('/settings/theme').type('form').send({ theme: 'dark', _csrf: token }).expect(403);
  });

  it.each([
    ['without a signature', (sid: string) => sid],
    ['with a signature of nobody', (sid: string) => `s%3A${sid}.bm9uc2Vuc2U`],
    ['signed with another secret', (sid: string) => `s%3A${sid}.${'A'.repeat(43)}`],
  ])('never adopts a session id from outside (%s)', async (_what, cookieFor) => {
    const chosen = 'chosen-by-an-attacker';
    await test.db.execute(
      `INSERT INTO sessions (sid, sess, expire) VALUES ($1, '{"cookie": {}}', now() + interval '1 day')
       ON CONFLICT DO NOTHING`,
      [chosen],
    );
    const visitor = nobody(test);
    visitor.jar.setCookie(`${COOKIE}=${cookieFor(chosen)}`, '127.0.0.1', '/');
    await visitor.get(await callbackPath(visitor)).expect(303);
    expect(sidOf(visitor)).toMatch(/^[\w-]{32}$/);
    expect(await isSignedIn(`${COOKIE}=${cookieFor(chosen)}`)).toBe(false);
  });

  it('never adopts an id that is well signed and forgotten', async () => {
    const visitor = await signIn(test, ALICE);
    const forgotten = cookiesOf(visitor);
    await test.db.execute('DELETE FROM sessions WHERE sid = $1', [sidIn(forgotten)]);
    await visitor.get('/settings').expect(302);
    await visitor.get(await callbackPath(visitor)).expect(303);
    expect(sidOf(visitor)).not.toBe(sidIn(forgotten));
    expect(await isSignedIn(forgotten)).toBe(false);
  });

  it('gives every session an id of its own', async () => {
    const visitors = await Promise.all(Array.from({ length: 20 }, () => signIn(test, ALICE)));
    expect(new Set(visitors.map(sidOf)).size).toBe(20);
  });
});

describe('cookies', () => {
  it('are out of reach of scripts and other sites, and small', async () => {
    const cookies = await allCookies(test.baseUrl);
    expect(new Set(cookies.map((one) => one.split('=')[0]))).toEqual(new Set(['mtm.sign-in', 'mtm.session']));
    for (const cookie of cookies) {
      expect(cookie).toContain('; Path=/');
      expect(cookie).not.toMatch(/domain/i);
      expect(cookie.length).toBeLessThan(4096);
      expect(cookie).toMatch(/; HttpOnly; SameSite=Lax$/);
    }
  });

  describe('over HTTPS', () => {
    let https: Express;
    beforeAll(() => {
      const config = {
        ...test.config,
        baseUrl: 'https://music.example.org',
        spotify: { ...test.config.spotify, redirectUri: 'https://music.example.org/auth/spotify/callback' },
      };
      https = createApp({ config, db: test.db }).express;
    });

    it('are bound to this host and to HTTPS as well', async () => {
      const cookies = await allCookies(https, { 'X-Forwarded-Proto': 'https' });
      expect(new Set(cookies.map((one) => one.split('=')[0]))).toEqual(
        new Set(['__Host-mtm.sign-in', '__Host-mtm.session']),
      );
      for (const cookie of cookies) {
        expect(cookie).toContain('; Path=/');
        expect(cookie).not.toMatch(/domain/i);
        expect(cookie).toMatch(/; HttpOnly; Secure; SameSite=Lax$/);
      }
    });

    it.each([undefined, 'http'])(
      'are not given out where the proxy does not vouch for it (%j)',
      async (proto) => {
        const headers = proto === undefined ? {} : { 'X-Forwarded-Proto': proto };
        for (const path of ['/', '/auth/spotify', '/dashboard']) {
          const answer = await supertest(https).get(path).set(headers).expect(400);
          expect(answer.text).toContain('X-Forwarded-Proto');
          expect(answer.headers['set-cookie']).toBeUndefined();
        }
        await supertest(https).get('/livez').set(headers).expect(200);
        await supertest(https).get('/readyz').set(headers).expect(200);
      },
    );
  });
});

describe('a session', () => {
  it('ends after a week without a visit', async () => {
    const alice = await signIn(test, ALICE);
    await age(sidOf(alice), 'expire', '6 days 23 hours');
    expect(await isSignedIn(cookiesOf(alice))).toBe(true);
    // That visit began another week.
    await age(sidOf(alice), 'expire', '6 days 23 hours');
    expect(await isSignedIn(cookiesOf(alice))).toBe(true);
    await age(sidOf(alice), 'expire', '7 days');
    expect(await isSignedIn(cookiesOf(alice))).toBe(false);
  });

  it('ends thirty days after it began, however often it is used', async () => {
    const alice = await signIn(test, ALICE);
    for (let day = 1; day < 30; day += 1) {
      await age(sidOf(alice), 'expire', DAY);
      await age(sidOf(alice), 'created_at', DAY);
      expect(await isSignedIn(cookiesOf(alice))).toBe(true);
    }
    await age(sidOf(alice), 'created_at', DAY);
    expect(await isSignedIn(cookiesOf(alice))).toBe(false);
  });

  it('is measured by the clock of the database, not by ours', async () => {
    const alice = await signIn(test, ALICE);
    const cookies = cookiesOf(alice);
    await age(sidIn(cookies), 'expire', '2 days');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 20 * 86_400_000 });
    try {
      expect(await isSignedIn(cookies)).toBe(true);
    } finally {
      vi.useRealTimers();
    }
    const { seconds } = await test.db.one<{ seconds: number }>(
      `SELECT extract(epoch FROM expire - now())::int AS seconds FROM sessions WHERE sid = $1`,
      [sidIn(cookies)],
    );
    expect(Math.abs(seconds - 7 * 86_400)).toBeLessThan(10);
  });

  it('is not made for guests', async () => {
    const before = await rows();
    const paths = ['/', '/dashboard', '/auth/spotify', '/nowhere', '/settings'];
    for (let i = 0; i < 3; i += 1) await Promise.all(paths.map((path) => nobody(test).get(path)));
    expect(await rows()).toBe(before);
  });

  it('cannot be had from a copy of the database', async () => {
    const alice = await signIn(test, ALICE);
    const { sid, dump } = await test.db.one<{ sid: string; dump: string }>(
      'SELECT sid, row_to_json(sessions)::text AS dump FROM sessions WHERE sid = $1',
      [sidOf(alice)],
    );
    const signature = /s%3A[\w-]+\.([^;]+)/.exec(cookiesOf(alice))?.[1] ?? '';
    expect(dump).not.toContain(decodeURIComponent(signature));
    for (const value of [
      sid,
      `s%3A${sid}`,
      `s%3A${sid}.`,
      `s%3A${sid}.${Buffer.from(sid).toString('base64url')}`,
    ])
      expect(await isSignedIn(`${COOKIE}=${value}`)).toBe(false);
  });

  it('outlives a change of secrets; new ones are signed with the newest', async () => {
    const alice = await signIn(test, ALICE);
    const with_ = (sessionSecrets: readonly string[]) =>
      createApp({ config: { ...test.config, sessionSecrets }, db: test.db }).express;
    const newest = 'n'.repeat(32);
    const rotated = with_([newest, ...test.config.sessionSecrets]);
    const answer = await supertest(rotated).get('/settings').set('Cookie', cookiesOf(alice)).expect(200);
    const renewed = String(answer.headers['set-cookie']?.[0]).split(';')[0] ?? '';
    expect(sidIn(renewed)).toBe(sidOf(alice));
    await supertest(with_([newest]))
      .get('/settings')
      .set('Cookie', renewed)
      .expect(200);
    await supertest(with_([newest]))
      .get('/settings')
      .set('Cookie', cookiesOf(alice))
      .expect(302);
  });
});

describe('signing out', () => {
  it('ends the session for whoever still has its cookie', async () => {
    const alice = await signIn(test, ALICE);
    const cookies = cookiesOf(alice);
    expect((await submit(alice, '/logout')).status).toBe(303);
    for (const path of ['/settings', '/dashboard', '/archives/unclaimed'])
      expect((await replay(cookies, path)).status).toBe(302);
    expect((await replay(cookies, '/api/energy-distribution')).status).toBe(401);
    const left = await test.db.many('SELECT FROM sessions WHERE sid = $1', [sidIn(cookies)]);
    expect(left).toEqual([]);
  });

  it('leaves other sessions of the same listener alone', async () => {
    const [phone, desk] = [await signIn(test, ALICE), await signIn(test, ALICE)];
    await submit(phone, '/logout');
    expect(await isSignedIn(cookiesOf(desk))).toBe(true);
  });

  it('is final, also when a slow request writes the session at the same time', async () => {
    const alice = await signIn(test, ALICE);
    const { sess } = await test.db.one<{ sess: object }>('SELECT sess FROM sessions WHERE sid = $1', [
      sidOf(alice),
    ]);
    const slow = express()
      .use(sessions(test.db, test.config))
      .get('/slow', async (req, res) => {
        req.session.flash = { kind: 'info', text: 'written late' };
        await sleep(Math.random() * 12);
        res.sendStatus(200);
      })
      .get('/leave', async (req, res) => {
        await sleep(Math.random() * 12);
        req.session.destroy(() => res.sendStatus(200));
      });
    const server = slow.listen(0, '127.0.0.1');
    const base = supertest(server);
    let alive = 0;
    for (let batch = 0; batch < 4; batch += 1) {
      const sids = Array.from({ length: 20 }, (_, index) => `resurrection-${batch}-${index}`);
      await test.db.execute(
        `INSERT INTO sessions (sid, sess, expire) SELECT sid, $2, now() + interval '1 day' FROM unnest($1::text[]) sid`,
        [sids, JSON.stringify(sess)],
      );
      await Promise.all(
        sids.flatMap((sid) => {
          const cookie = signedCookie(sid);
          return ['/slow', '/leave'].map((path) => base.get(path).set('Cookie', cookie));
        }),
      );
      alive += (await test.db.many('SELECT FROM sessions WHERE sid = ANY($1)', [sids])).length;
    }
    server.close();
    expect(alive).toBe(0);
  });
});

describe('with a database that takes no sessions', () => {
  it('nobody is told they are signed in', async () => {
    const visitor = nobody(test);
    const path = await callbackPath(visitor);
    await breakWriting();
    const answer = await visitor.get(path).expect(503);
    expect(answer.headers['retry-after']).toBe('5');
    await mend();
    await visitor.get('/settings').expect(302);
  });

  it('nobody is told they are signed out', async () => {
    const alice = await signIn(test, ALICE);
    const _csrf = await csrfToken(alice);
    await breakWriting();
    const answer = await alice.post('/logout').type('form').send({ _csrf }).expect(503);
    expect(answer.headers['clear-site-data']).toBeUndefined();
    await mend();
    await alice.get('/settings').expect(200);
  });

  it('reading goes on, and a form read meanwhile can be sent afterwards', async () => {
    const alice = await signIn(test, ALICE);
    await breakWriting();
    const _csrf = await csrfToken(alice);
    for (const path of ['/settings', '/dashboard', '/settings']) {
      const page = await alice.get(path).expect(200);
      expect(page.text).toContain('</html>');
    }
    await mend();
    await alice.post('/settings/theme').type('form').send({ theme: 'dark', _csrf }).expect(303);
  });

  it('a page whose session cannot be written arrives whole', async () => {
    const alice = await signIn(test, ALICE);
    const long = randomBytes(400_000).toString('hex');
    const app = express()
      .use(compression())
      .use(sessions(test.db, test.config))
      .get('/read', (_req, res) => res.send(long))
      .get('/write', (req, res) => {
        req.session.flash = { kind: 'info', text: 'lost' };
        res.send(long);
      })
      .get('/fail', (req) => {
        req.session.flash = { kind: 'info', text: 'lost' };
        throw new Error('told at length');
      })
      .use(((_error, _req, res, _next) => void res.send(long)) satisfies ErrorRequestHandler);
    await breakWriting();
    for (const path of ['/read', '/write', '/fail']) {
      const page = await supertest(app).get(path).set('Cookie', cookiesOf(alice)).expect(200);
      expect(page.text).toBe(long);
    }
  });
});
