import { afterEach, describe, expect, it } from 'vitest';
import {
  ALICE,
  BOB,
  callbackPath,
  cookiesOf,
  nobody,
  signIn,
  submit,
  useApp,
  userIdFor,
} from '../support/app.ts';

const test = useApp();

afterEach(async () => {
  test.spotify.heal();
  await test.db.execute('DELETE FROM spotify_limits');
});

const tokenCalls = (): number => test.spotify.calls.filter(({ path }) => path === '/api/token').length;

describe('sign-in', () => {
  it('sends the browser to Spotify with PKCE, our scopes and the constant redirect address', async () => {
    const start = await nobody(test)
      .get('/auth/spotify')
      .set({ 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'https' })
      .expect(302);
    const url = new URL(String(start.headers.location));
    expect(url.origin + url.pathname).toBe(`${test.spotify.accountsUrl}/authorize`);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: 'code',
      redirect_uri: `${test.baseUrl}/auth/spotify/callback`,
      scope: 'user-top-read user-read-recently-played playlist-modify-private playlist-modify-public',
      code_challenge_method: 'S256',
    });
    expect(url.searchParams.get('code_challenge')).toMatch(/^[\w-]{43}$/);
    expect(url.searchParams.get('state')).toMatch(/^[\w-]{43}$/);
  });

  it('opens a session and leads to where the listener wanted to go', async () => {
    const alice = nobody(test);
    const back = await alice.get(await callbackPath(alice, '/settings')).expect(303);
    expect(back.headers.location).toBe('/settings');
    await alice.get('/settings').expect(200);
    await alice.get('/').expect(302).expect('Location', '/dashboard');
  });

  it.each([
    '//evil.example',
    '/\\evil.example',
    '/%09/evil',
    'https:evil',
    'javascript:alert(1)',
    '/a\r\nX: 1',
    '/..//evil.example',
  ])('never leads away from here (%j)', async (returnTo) => {
    const alice = nobody(test);
    const back = await alice.get(await callbackPath(alice, returnTo)).expect(303);
    expect(new URL(String(back.headers.location), test.baseUrl).origin).toBe(test.baseUrl);
  });

  it('keeps tokens sealed', async () => {
    await signIn(test, ALICE);
    const userId = await userIdFor(test, ALICE);
    const row = await test.db.one<{ access_token: string; refresh_token: string }>(
      'SELECT access_token, refresh_token FROM spotify_connections WHERE user_id = $1',
      [userId],
    );
    expect(row.access_token).toMatch(/^v1\.t1\./);
    expect(row.refresh_token).toMatch(/^v1\.t1\./);
  });

  it('makes one listener out of twenty first sign-ins at once', async () => {
    const visitors = await Promise.all(Array.from({ length: 20 }, async () => signIn(test, BOB)));
    const pages = await Promise.all(visitors.map(async (visitor) => visitor.get('/settings')));
    expect(pages.map(({ status }) => status)).toEqual(pages.map(() => 200));
    const { count } = await test.db.one<{ count: number }>(
      'SELECT count(*)::int FROM users WHERE spotify_id = $1',
      [BOB],
    );
    expect(count).toBe(1);
  });

  it('cannot be started by another site', async () => {
    await nobody(test)
      .get('/auth/spotify')
      .set('Sec-Fetch-Site', 'cross-site')
      .expect(302)
      .expect('Location', '/');
  });
});

describe('a callback', () => {
  it.each([
    ['no state', '/auth/spotify/callback?code=abc'],
    ['a wrong state', '/auth/spotify/callback?code=abc&state=wrong'],
    ['a doubled state', '/auth/spotify/callback?code=abc&state=a&state=b'],
    ['nothing at all', '/auth/spotify/callback'],
    ['a NUL', '/auth/spotify/callback?code=abc&state=%00'],
  ])('with %s is refused without a call to Spotify', async (_what, path) => {
    const before = tokenCalls();
    const answer = await nobody(test).get(path);
    expect([400, 403]).toContain(answer.status);
    expect(tokenCalls()).toBe(before);
    expect(answer.text).toContain('/auth/spotify');
  });

  it('of another browser is refused', async () => {
    const path = await callbackPath(nobody(test));
    const before = tokenCalls();
    await nobody(test).get(path).expect(403);
    expect(tokenCalls()).toBe(before);
  });

  it('counts once, also when it comes twice at the same time', async () => {
    const alice = nobody(test);
    const path = await callbackPath(alice);
    const before = tokenCalls();
    const answers = await Promise.all([alice.get(path), alice.get(path)]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([303, 403]));
    expect(tokenCalls()).toBe(before + 1);
  });

  it('is refused ten minutes later', async () => {
    const alice = nobody(test);
    const path = await callbackPath(alice);
    await test.db.execute(`UPDATE sign_in_attempts SET created_at = created_at - interval '11 minutes'`);
    await alice.get(path).expect(403);
  });

  it('works for two tabs begun one after the other', async () => {
    const alice = nobody(test);
    const first = await callbackPath(alice);
    await alice.get(await callbackPath(alice)).expect(303);
    await alice.get(first).expect(403);
    await alice.get('/settings').expect(200);
  });

  it('after a refusal says so in our words, never in those of the address', async () => {
    const visitor = nobody(test);
    const state = new URL(await callbackPath(visitor), test.baseUrl).searchParams.get('state');
    const answer = await visitor.get(
      `/auth/spotify/callback?error=access_denied&error_description=%3Cb%3Ebad&state=${state}`,
    );
    expect(answer.text).toContain('You chose not to connect');
    expect(answer.text).not.toContain('bad');
    await visitor.get('/settings').expect(302);
  });
});

describe('Spotify on a bad day', () => {
  it.each([
    ['500', { kind: 'status', status: 500 } as const],
    ['429', { kind: 'rate-limit', retryAfter: 20 } as const],
    ['HTML instead of JSON', { kind: 'html' } as const],
    ['null', { kind: 'body', body: 'null' } as const],
    ['half an answer', { kind: 'truncated-json' } as const],
    ['a cut connection', { kind: 'reset' } as const],
    ['silence', { kind: 'silence' } as const],
  ])(
    '%s from the token endpoint: a page says so within ten seconds and nobody is signed in',
    async (_what, fault) => {
      const visitor = nobody(test);
      const path = await callbackPath(visitor);
      test.spotify.fail({ on: '/api/token', ...fault });
      const begun = Date.now();
      const answer = await visitor.get(path);
      expect([502, 503]).toContain(answer.status);
      expect(answer.text).toContain('Sign in again');
      expect(Date.now() - begun).toBeLessThan(10_000);
      test.spotify.heal();
      await visitor.get('/dashboard').expect(302);
    },
  );

  it('someone who is not on the list of the app learns what to do', async () => {
    test.spotify.fail({ on: '/v1/me', kind: 'not-allow-listed' });
    const visitor = nobody(test);
    const answer = await visitor.get(await callbackPath(visitor)).expect(403);
    expect(answer.text).toContain('User Management');
    await visitor.get('/dashboard').expect(302);
  });

  it('nobody is signed in, nor is Spotify asked, while it has told the app to wait', async () => {
    const visitor = nobody(test);
    const path = await callbackPath(visitor);
    await test.db.execute(`INSERT INTO spotify_limits VALUES ('api', now() + interval '1 hour')`);
    const profileCalls = (): number => test.spotify.calls.filter((call) => call.path === '/v1/me').length;
    const before = profileCalls();
    const answer = await visitor.get(path).expect(503);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(3_000);
    expect(profileCalls()).toBe(before);
    const start = await nobody(test).get('/auth/spotify').expect(503);
    expect(start.text).toContain('Spotify has asked this app to wait');
  });
});

describe('sign-out', () => {
  it('ends the session on the server', async () => {
    const alice = await signIn(test, ALICE);
    const cookies = cookiesOf(alice);
    const answer = await submit(alice, '/logout');
    expect(answer.status).toBe(303);
    expect(answer.headers['clear-site-data']).toContain('cookies');
    await nobody(test).get('/dashboard').set('Cookie', cookies).expect(302);
  });
});
