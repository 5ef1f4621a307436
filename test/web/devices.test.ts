import { beforeEach, describe, expect, it } from 'vitest';
import {
  ALICE,
  BOB,
  cookiesOf,
  nobody,
  signIn,
  submit,
  useApp,
  userIdFor,
  type Visitor,
} from '../support/app.ts';

const test = useApp();
let alice: Visitor;
let bob: Visitor;

const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1';

/** Signs in once more, from a browser that calls itself that. */
async function signInAs(listenerId: string, userAgent: string): Promise<Visitor> {
  const visitor = nobody(test);
  visitor.set('User-Agent', userAgent);
  test.spotify.signInAs(listenerId);
  const start = await visitor.get('/auth/spotify').expect(302);
  const approved = await fetch(String(start.headers.location), { redirect: 'manual' });
  const back = new URL(String(approved.headers.get('location')));
  await visitor.get(back.pathname + back.search).expect(303);
  return visitor;
}

const devicesOf = async (visitor: Visitor): Promise<string> =>
  (await visitor.get('/settings/devices').expect(200)).text;
const idsIn = (page: string): string[] =>
  [...page.matchAll(/name="device" value="([0-9a-f]{64})"/g)].map((match) => String(match[1]));
const isSignedIn = async (visitor: Visitor): Promise<boolean> =>
  (await visitor.get('/settings')).status === 200;

beforeEach(async () => {
  await test.db.execute('DELETE FROM sessions');
  alice = await signIn(test, ALICE);
  bob = await signIn(test, BOB);
});

describe('the signed-in devices', () => {
  it('need sign-in', async () => {
    await nobody(test).get('/settings/devices').expect(302);
  });

  it('of somebody signed in here only are this one', async () => {
    const page = await devicesOf(alice);
    expect(page).toContain('only on this device');
    expect(page).toContain('This device');
    expect(idsIn(page)).toEqual([]);
  });

  it('begin with this one, even where another was seen later', async () => {
    await signInAs(ALICE, PHONE);
    await test.db.execute(
      `UPDATE sessions SET expire = expire + interval '1 hour' WHERE sess ->> 'userAgent' = $1`,
      [PHONE],
    );
    expect(await devicesOf(alice)).toMatch(/This device[^]*Safari on an iPhone/);
  });

  it('are told in words, with when they were last seen, and are one’s own alone', async () => {
    await signInAs(ALICE, PHONE);
    await test.db.execute(
      `UPDATE sessions SET expire = expire - interval '3 days', created_at = '2026-11-20T10:00:00Z'
       WHERE sess ->> 'userAgent' = $1`,
      [PHONE],
    );
    await test.db.execute(
      `UPDATE sessions SET created_at = now() WHERE created_at < now() - interval '29 days'`,
    );
    const page = await devicesOf(alice);
    expect(page).toContain('on 2 devices');
    expect(page).toContain('Safari on an iPhone');
    expect(page).toMatch(/Last seen \d/);
    expect(idsIn(page)).toHaveLength(1);
    expect(await devicesOf(bob)).not.toContain('iPhone');
  });

  it('never show what a session could be taken over with', async () => {
    const other = await signInAs(ALICE, PHONE);
    const sid = /s%3A([\w-]+)\./.exec(cookiesOf(other))?.[1] ?? '?';
    expect(await devicesOf(alice)).not.toContain(sid);
  });

  it('show a browser’s own words as words only', async () => {
    await signInAs(ALICE, `<script>alert(1)</script>${'x'.repeat(3000)}`);
    expect(await devicesOf(alice)).toContain('An unknown browser');
    const { longest } = await test.db.one<{ longest: number }>(
      `SELECT max(length(sess ->> 'userAgent'))::int AS longest FROM sessions`,
    );
    expect(longest).toBe(300);
  });

  it('leave out those whose time is over', async () => {
    await signInAs(ALICE, PHONE);
    await test.db.execute(
      `UPDATE sessions SET created_at = now() - interval '31 days' WHERE sess ->> 'userAgent' = $1`,
      [PHONE],
    );
    expect(await devicesOf(alice)).not.toContain('iPhone');
  });
});

describe('signing a device out', () => {
  it('ends it there, and nowhere else', async () => {
    const phone = await signInAs(ALICE, PHONE);
    const [id = ''] = idsIn(await devicesOf(alice));
    const answer = await submit(alice, '/settings/devices/sign-out', { device: id });
    expect([answer.status, answer.headers.location]).toEqual([303, '/settings/devices']);
    expect(await isSignedIn(phone)).toBe(false);
    expect(await isSignedIn(alice)).toBe(true);
    await submit(alice, '/settings/devices/sign-out', { device: id });
    expect(await devicesOf(alice)).toContain('already signed out');
  });

  it('does nothing to another’s', async () => {
    await signInAs(ALICE, PHONE);
    const [id = ''] = idsIn(await devicesOf(alice));
    await submit(bob, '/settings/devices/sign-out', { device: id });
    expect(await devicesOf(bob)).toContain('already signed out');
    expect(idsIn(await devicesOf(alice))).toEqual([id]);
  });

  it.each(['', 'all', 'x'.repeat(64), 'A'.repeat(64), 'a'.repeat(65), 'a\0'])(
    'that is named %j is a 400',
    async (device) => {
      const answer = await submit(alice, '/settings/devices/sign-out', { device });
      expect(answer.status).toBe(400);
      expect(answer.text).toContain('“device”');
    },
  );
});

describe('signing out everywhere', () => {
  it('ends every session of the listener, this one too, and nobody else’s', async () => {
    const phone = await signInAs(ALICE, PHONE);
    const answer = await submit(alice, '/settings/devices/sign-out', { device: 'everywhere' });
    expect([answer.status, answer.headers.location]).toEqual([303, '/']);
    expect(answer.headers['clear-site-data']).toContain('cookies');
    expect(await isSignedIn(alice)).toBe(false);
    expect(await isSignedIn(phone)).toBe(false);
    expect(await isSignedIn(bob)).toBe(true);
    const aliceId = await userIdFor(test, ALICE);
    const kept = await test.db.many('SELECT FROM spotify_connections WHERE user_id = $1', [aliceId]);
    expect(kept).toHaveLength(1);
  });

  it('finds the sessions of one listener by an index', async () => {
    await test.db.execute(
      `INSERT INTO sessions (sid, sess, expire)
       SELECT 's' || n, jsonb_build_object('passport', jsonb_build_object('user', n)), now() + interval '1 day'
       FROM generate_series(1000, 6000) AS n`,
    );
    await test.db.execute('ANALYZE sessions');
    const plan = await test.db.many<{ 'QUERY PLAN': string }>(
      `EXPLAIN DELETE FROM sessions WHERE sess -> 'passport' ->> 'user' = 1000::bigint::text`,
    );
    expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toContain('sessions_of_listener');
  });
});
