import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SPOTIFY_SCOPES } from '../../src/spotify/settings.ts';
import { deleteEverybody, useDatabase } from '../support/database.ts';
import { insertListener } from '../support/factories.ts';
import { runScript } from '../support/run-script.ts';

const test = useDatabase();
const spotify = createServer((_req, res) => void res.writeHead(401).end('{}'));
let apiUrl = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => void spotify.listen(0, '127.0.0.1', resolve));
  apiUrl = `http://127.0.0.1:${(spotify.address() as AddressInfo).port}`;
});
afterAll(() => spotify.close());
beforeEach(() => deleteEverybody(test.db));

const COMPLETE = {
  SPOTIFY_CLIENT_ID: 'an-id',
  SPOTIFY_CLIENT_SECRET: 'a-planted-secret',
  SESSION_SECRET: 'another-planted-secret-of-some-length',
  TOKEN_ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
};

const doctor = (args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) =>
  runScript('scripts/doctor.ts', args, {
    env: { ...COMPLETE, DATABASE_URL: test.url, SPOTIFY_API_URL: apiUrl, ...env },
  });

/** A listener who agreed to everything a month ago, but for what `set` says. */
async function connect(name: string, set = 'scope = scope'): Promise<number> {
  const userId = await insertListener(test.db, name);
  await test.db.execute(
    `INSERT INTO spotify_connections (user_id, refresh_token, scope, authorized_at)
     VALUES ($1, 'a-sealed-token', $2, now() - interval '1 month')`,
    [userId, SPOTIFY_SCOPES.join(' ')],
  );
  await test.db.execute(`UPDATE spotify_connections SET ${set} WHERE user_id = $1`, [userId]);
  await test.db.execute(
    `INSERT INTO capture_runs (user_id, kind, snapshot_date, outcome, started_at, finished_at)
     SELECT $1, kind, current_date, 'kept', now(), now() FROM unnest(ARRAY['tracks', 'artists']) AS kind`,
    [userId],
  );
  return userId;
}

describe('npm run doctor', () => {
  it('says what is well and what to do about the rest', async () => {
    const { code, output } = await runScript('scripts/doctor.ts', [], {
      env: { DATABASE_URL: test.url, SPOTIFY_API_URL: 'http://127.0.0.1:9' },
    });
    expect(output).toMatch(/^check {2}settings: SPOTIFY_CLIENT_ID: .*SPOTIFY_CLIENT_SECRET: /m);
    expect(output).toMatch(/^ok {5}database: PostgreSQL \d+/m);
    expect(output).toMatch(/^ok {5}schema: up to date/m);
    expect(output).toMatch(/^ok {5}connections: nobody/m);
    expect(output).toMatch(/^check {2}Spotify: .* does not answer/m);
    expect(code).toBe(1);
  });

  it('speaks of a database that is away, and tells no secret', async () => {
    const away = { DATABASE_URL: 'postgres://nobody:a-secret@127.0.0.1:9/nothing' };
    const plain = await doctor([], away);
    expect(plain.output).toMatch(/^check {2}database: .*DATABASE_URL/m);
    const json = await doctor(['--json'], away);
    expect(JSON.parse(json.output)).toMatchObject({ ok: false, listeners: null });
    expect(plain.output + json.output).not.toMatch(/a-secret|planted/);
    expect([plain.code, json.code]).toEqual([1, 1]);
  });

  it('is content with listeners who are connected, paused or about to wait', async () => {
    await connect('alice');
    await test.db.execute('UPDATE users SET paused_at = now() WHERE user_id = $1', [await connect('bob')]);
    await connect('carol', `authorized_at = now() - interval '5 months 10 days'`);
    await test.db.execute(
      `INSERT INTO spotify_limits (bucket, not_before) VALUES ('api', now() + interval '1 hour')`,
    );
    const { code, output } = await doctor();
    expect(output).toMatch(/^ok {5}connections: 1 limited, 1 paused, 1 expiring$/m);
    expect(output).toMatch(/^ok {5}Spotify: .*\bwait\b.* 20\d\d-/m);
    expect(output).not.toMatch(/^check/m);
    expect(code).toBe(0);
  });

  it('names each listener for whom somebody must do something, and what', async () => {
    const gone = await connect('alice', 'refresh_token = NULL, needs_reconnect_since = now()');
    const narrow = await connect('bob', `scope = 'user-top-read'`);
    const unlisted = await connect('carol', `refusal = 'not-allowed', refused_since = now()`);
    const lapsed = await connect('dave', `refusal = 'premium-lapsed', refused_since = now()`);
    const ending = await connect('erin', `authorized_at = now() - interval '6 months' + interval '3 days'`);
    const late = await connect('frank');
    await test.db.execute(
      `UPDATE capture_runs SET finished_at = now() - interval '50 hours' WHERE user_id = $1`,
      [late],
    );
    const lost = await connect('heidi');
    await test.db.execute(`UPDATE users SET timezone = 'Mars/Olympus' WHERE user_id = $1`, [lost]);
    const half = await connect('grace');
    await test.db.execute(
      `UPDATE capture_runs SET finished_at = now() - interval '60 hours' WHERE user_id = $1 AND kind = 'artists'`,
      [half],
    );
    const { code, output } = await doctor();
    for (const [userId, words] of [
      [gone, 'no longer connected since 20'],
      [narrow, 'connected without '],
      [unlisted, 'not on the app’s list'],
      [lapsed, 'the app’s owner has had no Premium'],
      [ending, 'the connection ends on 20'],
    ] as const)
      expect(output).toContain(`check  connections: listener ${userId}: ${words}`);
    for (const line of [
      `captures: listener ${late}: .* 50 hours`,
      `captures: listener ${half}: .*artists.* 60 hours`,
      `time zones: listener ${lost}: `,
    ])
      expect(output).toMatch(new RegExp(`^check  ${line}`, 'm'));
    expect(output.match(/^check/gm)).toHaveLength(8);
    expect(code).toBe(1);
  });

  it('says the same as JSON, with every listener’s state and nobody’s name', async () => {
    const alice = await connect('alice');
    const bob = await connect('bob', 'refresh_token = NULL, needs_reconnect_since = now()');
    const { code, output } = await doctor(['--json']);
    const report = JSON.parse(output) as { checks: { check: string; ok: boolean }[] };
    expect(report).toMatchObject({
      ok: false,
      listeners: [
        {
          userId: alice,
          state: 'connected',
          actionNeeded: false,
          secondsSinceCapture: { tracks: expect.any(Number), artists: expect.any(Number) },
        },
        { userId: bob, state: 'needs-you', actionNeeded: true, since: expect.any(String) },
      ],
    });
    expect(report.checks.filter(({ ok }) => !ok)).toMatchObject([{ check: 'connections' }]);
    expect(output).not.toMatch(/alice|bob|sealed|planted/);
    expect(code).toBe(1);
  });

  it('is content with a listener who was taken out of the list, and says what that means', async () => {
    await connect('alice');
    const bob = await connect('bob', `refusal = 'not-allowed', refused_since = now()`);
    await test.db.execute(
      `UPDATE capture_runs SET finished_at = now() - interval '50 hours' WHERE user_id = $1`,
      [bob],
    );
    const list = { ALLOWED_SPOTIFY_IDS: 'alice,carol' };
    const { code, output } = await doctor([], list);
    expect(output).toMatch(/^ok {5}connections: 1 connected, 1 off-list$/m);
    expect(output).toContain(`ok     connections: listener ${bob} is not in ALLOWED_SPOTIFY_IDS`);
    expect(code).toBe(0);
    const json = JSON.parse((await doctor(['--json'], list)).output) as { listeners: object[] };
    expect(json.listeners[1]).toMatchObject({ userId: bob, state: 'off-list', actionNeeded: false });
  });

  it('answers 2 to what it does not know', async () => {
    const { code, output } = await doctor(['--xml']);
    expect(output.trim()).toBe('usage: npm run doctor [-- --json]');
    expect(code).toBe(2);
  });
});
