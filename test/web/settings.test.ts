import { beforeAll, describe, expect, it } from 'vitest';
import { ALICE, callbackPath, signIn, submit, useApp, userIdFor, type Visitor } from '../support/app.ts';

const test = useApp();
let alice: Visitor;
let userId: number;

beforeAll(async () => {
  alice = await signIn(test, ALICE);
  userId = await userIdFor(test, ALICE);
});

const stored = () =>
  test.db.one<{ timezone: string; theme: string | null }>(
    'SELECT timezone, theme FROM users WHERE user_id = $1',
    [userId],
  );

describe('the settings', () => {
  it('show who is signed in and which time zone decides their day', async () => {
    const page = await alice.get('/settings').expect(200);
    expect(page.text).toContain('Alice Ferreira');
    expect(page.text).toContain('UTC');
  });
});

describe('the time zone', () => {
  it('is kept', async () => {
    const answer = await submit(alice, '/settings/timezone', { timezone: 'Asia/Tokyo' });
    expect([answer.status, answer.headers.location]).toEqual([303, '/settings']);
    expect((await stored()).timezone).toBe('Asia/Tokyo');
  });

  it.each([
    '',
    'Mars/Base',
    'Europe/Berlin\0',
    "UTC'; DROP TABLE users;--",
    'asia/kolkata',
    'x'.repeat(5000),
  ])('%j is a 400 that names it, and changes nothing', async (timezone) => {
    const before = await stored();
    const answer = await submit(alice, '/settings/timezone', { timezone });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('“timezone”');
    expect(await stored()).toEqual(before);
  });

  it('missing, or given twice, is a 400', async () => {
    expect((await submit(alice, '/settings/timezone')).status).toBe(400);
    const csrf = /name="_csrf" value="([^"]+)"/.exec((await alice.get('/settings')).text)?.[1] ?? '';
    const twice = await alice
      .post('/settings/timezone')
      .type('form')
      .send(`_csrf=${encodeURIComponent(csrf)}&timezone=UTC&timezone=UTC`);
    expect(twice.status).toBe(400);
  });

  it('may be any on offer: the database knows each of them', async () => {
    const page = (await alice.get('/settings').expect(200)).text;
    const offered = [...page.matchAll(/<option[^>]*value="([^"]+)"/g)].map((match) => match[1]);
    const zones = offered.length > 100 ? offered : Intl.supportedValuesOf('timeZone');
    const unknown = await test.db.many<{ zone: string }>(
      `SELECT zone FROM unnest($1::text[]) AS zone
       WHERE NOT EXISTS (SELECT FROM pg_timezone_names WHERE name = zone)`,
      [zones],
    );
    expect(unknown).toEqual([]);
  });
});

describe('the theme', () => {
  it.each([
    ['dark', 'dark'],
    ['light', 'light'],
    ['system', null],
  ])('%s is kept', async (theme, kept) => {
    const answer = await submit(alice, '/settings/theme', { theme, return_to: '/dashboard' });
    expect([answer.status, answer.headers.location]).toEqual([303, '/dashboard']);
    expect((await stored()).theme).toBe(kept);
  });

  it('leads nowhere but to a page of ours', async () => {
    for (const returnTo of [
      '//evil.example',
      'https://evil.example/',
      '/\\evil.example',
      '/..//evil.example',
    ]) {
      const answer = await submit(alice, '/settings/theme', { theme: 'dark', return_to: returnTo });
      expect(answer.headers.location).toBe('/settings');
    }
  });

  it('of another name is a 400 that names it', async () => {
    const answer = await submit(alice, '/settings/theme', { theme: 'purple' });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('“theme”');
  });
});

describe('the connection to Spotify', () => {
  const isPaused = async (): Promise<boolean> =>
    (
      await test.db.one<{ paused: boolean }>(
        'SELECT paused_at IS NOT NULL AS paused FROM users WHERE user_id = $1',
        [userId],
      )
    ).paused;
  const connect = (changes: string): Promise<number> =>
    test.db.execute(`UPDATE spotify_connections SET ${changes} WHERE user_id = $1`, [userId]);
  const HEALTHY = 'authorized_at = now(), needs_reconnect_since = NULL, refusal = NULL';

  it('is paused by one button, told of, and goes on by the same', async () => {
    expect((await submit(alice, '/settings/fetching', { fetching: 'off' })).status).toBe(303);
    expect(await isPaused()).toBe(true);
    const page = (await alice.get('/settings').expect(200)).text;
    expect(page).toContain('Paused by you');
    expect(page).toContain('Go on fetching');
    await submit(alice, '/settings/fetching', { fetching: 'on' });
    expect(await isPaused()).toBe(false);
    expect((await submit(alice, '/settings/fetching', { fetching: 'perhaps' })).status).toBe(400);
  });

  it.each([
    ['Connected', HEALTHY, false, false],
    [
      'Ends in 20 days',
      `authorized_at = now() + interval '20 days 6 hours' - interval '6 months'`,
      true,
      true,
    ],
    ['Ends in 3 days', `authorized_at = now() + interval '3 days 6 hours' - interval '6 months'`, true, true],
    ['Needs you', `authorized_at = now() - interval '200 days'`, true, true],
    ['Not on the app’s list', HEALTHY.replace('refusal = NULL', `refusal = 'not-allowed'`), true, false],
    ['Owner’s Premium lapsed', HEALTHY.replace('refusal = NULL', `refusal = 'premium-lapsed'`), true, false],
  ])(
    'that is “%s” says so in Settings, as JSON, and in a banner only where somebody must act',
    async (label, facts, banner, reconnect) => {
      await connect(facts);
      const page = (await alice.get('/settings').expect(200)).text;
      expect(page).toContain(`<dd>${label}</dd>`);
      const json = (await alice.get('/api/connection').expect(200)).body as Record<string, unknown>;
      expect([json.label, json.actionNeeded, json.reconnect]).toEqual([label, banner, reconnect]);
      const elsewhere = (await alice.get('/search').expect(200)).text;
      expect(elsewhere.includes('notice--connection')).toBe(banner);
      expect(elsewhere.includes('/auth/spotify?return_to=%2Fsearch')).toBe(reconnect);
      await connect(HEALTHY);
    },
  );

  it('that waits for Spotify says until when', async () => {
    await test.db.execute(`INSERT INTO spotify_limits VALUES ('api', now() + interval '2 hours')`);
    expect((await alice.get('/settings').expect(200)).text).toMatch(/Limited until \d\d:\d\d/);
    expect((await alice.get('/search').expect(200)).text).not.toContain('notice--connection');
    await test.db.execute('DELETE FROM spotify_limits');
  });

  it('is mended by one click that leads back, and nothing of the archive is touched', async () => {
    await connect(`refresh_token = NULL, access_token = NULL, needs_reconnect_since = now()`);
    expect((await alice.get('/settings').expect(200)).text).toContain('Needs you');
    test.spotify.signInAs(ALICE);
    const back = await alice.get(await callbackPath(alice, '/settings')).expect(303);
    expect(back.headers.location).toBe('/settings');
    expect((await alice.get('/settings').expect(200)).text).toContain('<dd>Connected</dd>');
  });

  it('and each capture and failure of it are told of', async () => {
    await test.db.execute(
      `INSERT INTO capture_runs (user_id, snapshot_date, outcome, started_at, finished_at, places, failure)
       VALUES ($1, '2026-03-01', 'kept', now(), '2026-03-01T08:15:00Z', 225, NULL),
         ($1, '2026-03-02', 'missed', now(), now(), 0, 'You had paused it.')`,
      [userId],
    );
    const page = (await alice.get('/settings').expect(200)).text;
    expect(page).toContain('You had paused it.');
    expect(page).toContain('225');
  });
});
