import { beforeAll, describe, expect, it } from 'vitest';
import { ALICE, signIn, submit, useApp, userIdFor, type Visitor } from '../support/app.ts';

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
