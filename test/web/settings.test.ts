import { beforeAll, describe, expect, it } from 'vitest';
import { ALICE, callbackPath, signIn, submit, useApp, userIdFor, type Visitor } from '../support/app.ts';
import {
  insertEmptyHistoryImport,
  insertListens,
  insertSnapshot,
  insertTrack,
} from '../support/factories.ts';

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

  it('may be any on offer, by the names people know: the database and Node know each of them', async () => {
    const page = (await alice.get('/settings').expect(200)).text;
    const select = /<select[^>]*id="timezone"[^>]*>(.*?)<\/select>/s.exec(page)?.[1] ?? '';
    const offered = [...select.matchAll(/<option[^>]*>([^<]+)</g)].map((match) => String(match[1]));
    expect(offered).toEqual(
      expect.arrayContaining(['UTC', 'Asia/Kolkata', 'Europe/Kyiv', 'Asia/Ho_Chi_Minh', 'America/Nuuk']),
    );
    const unknown = await test.db.many(
      `SELECT zone FROM unnest($1::text[]) AS zone WHERE zone_used(zone) <> zone`,
      [offered],
    );
    expect(unknown).toEqual([]);
    for (const timeZone of offered) expect(() => new Intl.DateTimeFormat('en', { timeZone })).not.toThrow();
    await submit(alice, '/settings/timezone', { timezone: 'Asia/Kolkata' });
    expect((await alice.get('/settings').expect(200)).text).toContain(
      '<option selected>Asia/Kolkata</option>',
    );
  });
});

describe('what counts as a play', () => {
  it('is chosen, one of three, and every figure follows', async () => {
    const track = await insertTrack(test.db, {});
    const importId = await insertEmptyHistoryImport(test.db, userId);
    const listens = [10_000, 40_000].map((ms, n) => ({ at: `2026-01-0${n + 1}T12:00:00Z`, track, ms }));
    await insertListens(test.db, userId, listens, importId);
    const counted = () => test.db.many('SELECT plays FROM played_tracks WHERE user_id = $1', [userId]);
    expect(await counted()).toEqual([{ plays: 1 }]);
    const answer = await submit(alice, '/settings/counting', { rule: 'any' });
    expect([answer.status, answer.headers.location]).toEqual([303, '/settings']);
    expect(await counted()).toEqual([{ plays: 2 }]);
    expect((await alice.get('/settings')).text).toContain('value="any" checked');
    expect((await submit(alice, '/settings/counting', { rule: 'none' })).status).toBe(400);
  });
});

describe('a time zone that the database does not know any more', () => {
  const PAGES = [
    '/dashboard',
    '/settings',
    '/history',
    '/time-machine',
    '/settings/captures',
    '/settings/devices',
  ];
  const banner = 'aria-label="Your time zone"';

  it('lets every page work by UTC, and a banner say what to choose', async () => {
    await alice.get('/dashboard').expect(200);
    await test.db.execute(`UPDATE users SET timezone = 'Mars/Olympus <b>'`);
    for (const path of PAGES) {
      const { text } = await alice.get(path).expect(200);
      expect([path, text.includes(banner), text.includes('“Mars/Olympus &lt;b&gt;”')]).toEqual([
        path,
        true,
        true,
      ]);
    }
    await alice.get('/api/plays-by-day').expect(200);
  });

  it('lets today’s lists be kept, dated by UTC', async () => {
    await submit(alice, '/snapshots');
    const { dates, today } = await test.db.one<{ dates: string[]; today: string }>(
      `SELECT ARRAY(SELECT DISTINCT snapshot_date::text FROM snapshots) AS dates, (now() AT TIME ZONE 'UTC')::date::text AS today`,
    );
    expect(dates).toEqual([today]);
  });

  it('is forgotten with the next one that is chosen', async () => {
    await submit(alice, '/settings/timezone', { timezone: 'Europe/Kyiv' });
    expect((await alice.get('/dashboard').expect(200)).text).not.toContain(banner);
  });

  it('or that Node alone does not know is taken for UTC by the pages too', async () => {
    // PostgreSQL takes an offset in POSIX spelling; Node does not.
    await test.db.execute(`UPDATE users SET timezone = 'XYZ+3'`);
    for (const path of PAGES) expect((await alice.get(path).expect(200)).text).toContain(banner);
    await submit(alice, '/settings/timezone', { timezone: 'UTC' });
  });
});

describe('the time range shown first', () => {
  const current = async (path: string): Promise<string | undefined> =>
    /<a[^>]*aria-current="(?:true|page)"[^>]*>\s*(Last [^<]*?)\s*</.exec(
      (await alice.get(path).expect(200)).text,
    )?.[1];
  const PAGES = ['/dashboard', '/time-machine', '/time-machine/2026/01', '/mood'];

  beforeAll(async () => {
    const track = await insertTrack(test.db, { features: { energy: 0.5, valence: 0.5 } });
    for (const range of ['short_term', 'medium_term', 'long_term'] as const)
      await insertSnapshot(test.db, userId, { date: '2026-01-01', range }, [track]);
  });

  it('is the last four weeks until another is chosen, and then that one on every page that has one', async () => {
    for (const path of PAGES) expect([path, await current(path)]).toEqual([path, 'Last 4 weeks']);
    const answer = await submit(alice, '/settings/time-range', { range: 'long_term' });
    expect([answer.status, answer.headers.location]).toEqual([303, '/settings']);
    expect((await alice.get('/settings')).text).toContain('Pages now show “Last year” first');
    for (const path of PAGES) expect([path, await current(path)]).toEqual([path, 'Last year']);
  });

  it('gives way to the one in the address, and to the one that a link of the page says', async () => {
    for (const path of PAGES)
      expect([path, await current(`${path}?range=short_term`)]).toEqual([path, 'Last 4 weeks']);
    const month = (await alice.get('/time-machine/2026/01?range=short_term')).text;
    expect(month).toContain('href="/time-machine/2026?range=short_term"');
  });

  it.each(['', 'all', 'SHORT_TERM', 'long_term\0', '__proto__'])('named %j is a 400', async (range) => {
    const answer = await submit(alice, '/settings/time-range', { range });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('“range”');
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
    expect(page).toContain('Resume fetching');
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
    ['Action needed', `authorized_at = now() - interval '200 days'`, true, true],
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
    expect((await alice.get('/settings').expect(200)).text).toContain('Action needed');
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
