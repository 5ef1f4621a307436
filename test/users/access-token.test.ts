import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { standInListeners } from '../../scripts/spotify-stand-in/listeners.ts';
import {
  startSpotifyStandIn,
  type FaultRule,
  type SpotifyStandIn,
} from '../../scripts/spotify-stand-in/server.ts';
import { createDb, type Db } from '../../src/db.ts';
import { fetchProfile } from '../../src/spotify/api.ts';
import { NeedsReconnect, withAccessToken, type SpotifyAccess } from '../../src/users/access-token.ts';
import { findConnection, listConnectedUsers, saveConnection } from '../../src/users/connections.ts';
import { openToken } from '../../src/users/token-cipher.ts';
import { signInUser } from '../../src/users/users.ts';
import { ALICE, BOB } from '../support/app.ts';
import { deleteEverybody, useDatabase } from '../support/database.ts';
import { connect, errorOf, settingsFor } from '../support/spotify-sign-in.ts';

const test = useDatabase();
const tokenKeys = [{ id: 't1', key: randomBytes(32) }];
let spotify: SpotifyStandIn;
let access: SpotifyAccess;
let otherProcess: Db;
let alice: number;
let bob: number;

beforeAll(async () => {
  spotify = await startSpotifyStandIn({ listeners: standInListeners() });
  access = { settings: settingsFor(spotify, { timeoutMs: 1_500 }), tokenKeys };
  otherProcess = createDb({ url: test.url, poolMin: 0, poolMax: 5, applicationName: 'other' });
  return async () => {
    await otherProcess.close();
    await spotify.close();
  };
});
beforeEach(async () => {
  alice = await connected(ALICE);
  bob = await connected(BOB);
});
afterEach(async () => {
  spotify.heal();
  spotify.rotateRefreshTokens(false);
  await deleteEverybody(test.db);
});

/** A listener who has just signed in. */
async function connected(listenerId: string): Promise<number> {
  spotify.signInAs(listenerId);
  const { user_id: userId } = await signInUser(test.db, {
    id: listenerId,
    accountId: null,
    displayName: null,
    imageUrl: null,
  });
  await saveConnection(test.db, userId, tokenKeys, await connect(spotify));
  return userId;
}

const outdate = (userId: number): Promise<number> =>
  test.db.execute('UPDATE spotify_connections SET access_token_expires_at = now() WHERE user_id = $1', [
    userId,
  ]);
const whoAmI = async (userId: number, db: Db = test.db): Promise<string> =>
  (await withAccessToken(db, userId, access, (token) => fetchProfile(access.settings, token))).id;
/** Holds Alice's row until all of them have read the old token and want to be the one who refreshes it. */
async function allAtOnce<Result>(count: number, ask: () => Promise<Result>): Promise<Result[]> {
  const asked = await otherProcess.withTransaction(async (tx) => {
    await tx.execute('SELECT FROM spotify_connections FOR UPDATE');
    const all = Promise.all(Array.from({ length: count }, ask));
    const waiting = async (): Promise<number> =>
      (
        await tx.one<{ waiting: number }>(
          `SELECT count(*)::int AS waiting FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        )
      ).waiting;
    while ((await waiting()) < count) await sleep(10);
    return { all };
  });
  return asked.all;
}
const refreshes = (): number => spotify.calls.filter(({ grantType }) => grantType === 'refresh_token').length;
const rejection = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'no error',
    (error: unknown) => error,
  );

const stale = (delay: number) =>
  withAccessToken(test.db, alice, access, async (token) => {
    // The slower ones hear of it only after the first has refreshed.
    const answer = fetchProfile(access.settings, token);
    await Promise.allSettled([answer, sleep(delay)]);
    return (await answer).id;
  });

interface Row {
  readonly access_token: string | null;
  readonly refresh_token: string | null;
  readonly leased: boolean;
  readonly needs_reconnect: boolean;
}
const rowOf = (userId: number): Promise<Row> =>
  test.db.one<Row>(
    `SELECT access_token, refresh_token, COALESCE(refreshing_until > now(), false) AS leased,
       needs_reconnect_since IS NOT NULL AS needs_reconnect
     FROM spotify_connections WHERE user_id = $1`,
    [userId],
  );
const refreshTokenOf = async (userId: number): Promise<string> =>
  openToken(tokenKeys, (await rowOf(userId)).refresh_token ?? '', userId, 'refresh_token');
/** As if Spotify had refused the refresh token so long ago. */
const restedFor = (interval: string, userId: number): Promise<number> =>
  test.db.execute(
    'UPDATE spotify_connections SET needs_reconnect_since = now() - $2::interval WHERE user_id = $1',
    [userId, interval],
  );
const NOBODY_THERE = { access_token: null, refresh_token: null, leased: false, needs_reconnect: true };

const leaseFor = (seconds: number): Promise<number> =>
  test.db.execute(
    `UPDATE spotify_connections
     SET access_token_expires_at = now(), refreshing_until = now() + make_interval(secs => $1)`,
    [seconds],
  );

describe('an access token', () => {
  it('is used while it is good', async () => {
    const before = refreshes();
    expect(await whoAmI(alice)).toBe(ALICE);
    expect(refreshes()).toBe(before);
  });

  it('that is about to end is refreshed first', async () => {
    await test.db.execute(
      `UPDATE spotify_connections SET access_token_expires_at = now() + interval '50 seconds'`,
    );
    const before = refreshes();
    expect(await whoAmI(alice)).toBe(ALICE);
    expect(await whoAmI(alice)).toBe(ALICE);
    expect(refreshes()).toBe(before + 1);
  });

  it('is refreshed once, however many in however many processes need it', async () => {
    await outdate(alice);
    const before = refreshes();
    const dbs = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? test.db : otherProcess));
    expect(new Set(await Promise.all(dbs.map((db) => whoAmI(alice, db))))).toEqual(new Set([ALICE]));
    expect(refreshes()).toBe(before + 1);
    expect((await rowOf(alice)).leased).toBe(false);
  });

  it('of a very short life still serves all who waited for it', async () => {
    await outdate(alice);
    spotify.fail({ on: 'token', kind: 'replaced-fields', fields: { expires_in: 1 } });
    const before = refreshes();
    const served = await allAtOnce(8, () => whoAmI(alice));
    expect(served).toEqual(Array(8).fill(ALICE));
    expect(refreshes()).toBe(before + 1);
  });

  it('that Spotify turns down early is refreshed once, and the call made again', async () => {
    spotify.fail({ on: '/v1/me', kind: 'unauthorized', times: 'once' });
    const before = refreshes();
    expect(await whoAmI(alice)).toBe(ALICE);
    expect(refreshes()).toBe(before + 1);
  });

  it('that Spotify turns down for many at once is refreshed once for them all', async () => {
    const before = refreshes();
    spotify.expireAccessTokens();
    expect(await Promise.all([0, 0, 100, 200, 300].map(stale))).toEqual(Array(5).fill(ALICE));
    expect(refreshes()).toBe(before + 1);
  });

  it('that Spotify turns down again is no reason for a third try', async () => {
    spotify.fail({ on: '/v1/me', kind: 'unauthorized' });
    const [before, calls] = [refreshes(), spotify.calls.length];
    expect(await errorOf(whoAmI(alice))).toMatchObject({ kind: 'unauthorized' });
    expect(refreshes()).toBe(before + 1);
    expect(spotify.calls).toHaveLength(calls + 3);
  });
});

describe('a refresh token', () => {
  it('is replaced where Spotify sends a new one, and the new one works', async () => {
    const first = await refreshTokenOf(alice);
    spotify.rotateRefreshTokens(true);
    await outdate(alice);
    await whoAmI(alice);
    expect(await refreshTokenOf(alice)).not.toBe(first);
    await outdate(alice);
    expect(await whoAmI(alice)).toBe(ALICE);
  });

  it.each<[string, FaultRule]>([
    ['none', { on: 'token', kind: 'missing-fields', fields: ['refresh_token'] }],
    ['an empty one', { on: 'token', kind: 'replaced-fields', fields: { refresh_token: '' } }],
  ])('is kept where Spotify sends %s', async (_what, fault) => {
    const first = await refreshTokenOf(alice);
    await outdate(alice);
    spotify.fail(fault);
    await whoAmI(alice);
    expect(await refreshTokenOf(alice)).toBe(first);
  });

  it('that is refused in a storm is kept a day, and works again when it is tried once more', async () => {
    const first = await refreshTokenOf(alice);
    await outdate(alice);
    spotify.fail({ on: 'token', kind: 'invalid-grant', times: 'once' });
    expect(await rejection(whoAmI(alice))).toBeInstanceOf(NeedsReconnect);
    expect(await refreshTokenOf(alice)).toBe(first);
    expect(await findConnection(test.db, alice)).toMatchObject({ connected: false });
    const calls = spotify.calls.length;
    expect(await rejection(whoAmI(alice))).toBeInstanceOf(NeedsReconnect);
    expect(spotify.calls).toHaveLength(calls);
    expect(await listConnectedUsers(test.db)).toEqual([{ user_id: bob }]);
    await restedFor('1 day', alice);
    expect(await listConnectedUsers(test.db)).toHaveLength(2);
    expect(await whoAmI(alice)).toBe(ALICE);
    expect(await findConnection(test.db, alice)).toMatchObject({ connected: true });
  });

  it('that is refused again after that day is thrown away', async () => {
    await outdate(alice);
    spotify.revoke(ALICE);
    await rejection(whoAmI(alice));
    await restedFor('1 day', alice);
    const before = refreshes();
    await Promise.all(Array.from({ length: 5 }, () => rejection(whoAmI(alice))));
    await rejection(whoAmI(alice));
    expect(refreshes()).toBe(before + 1);
    expect(await rowOf(alice)).toEqual(NOBODY_THERE);
  });

  it('that is refused more than six months after the consent is thrown away at once', async () => {
    await outdate(alice);
    await test.db.execute(
      `UPDATE spotify_connections SET authorized_at = now() - interval '6 months 1 hour'`,
    );
    spotify.revoke(ALICE);
    await rejection(whoAmI(alice));
    expect(await rowOf(alice)).toEqual(NOBODY_THERE);
  });

  it('that has ended is tried once by all who ask; only its listener is asked to connect again', async () => {
    spotify.revoke(ALICE);
    await outdate(alice);
    const before = refreshes();
    const errors = await Promise.all(Array.from({ length: 10 }, () => rejection(whoAmI(alice))));
    expect(errors.every((error) => error instanceof NeedsReconnect)).toBe(true);
    expect(refreshes()).toBe(before + 1);
    const calls = spotify.calls.length;
    expect(await rejection(whoAmI(alice))).toBeInstanceOf(NeedsReconnect);
    expect(spotify.calls).toHaveLength(calls);
    expect(await findConnection(test.db, alice)).toMatchObject({ connected: false });
    expect(await listConnectedUsers(test.db)).toEqual([{ user_id: bob }]);
    expect(await whoAmI(bob)).toBe(BOB);
  });

  it('comes back with the next sign-in', async () => {
    spotify.revoke(ALICE);
    await outdate(alice);
    await rejection(whoAmI(alice));
    expect(await connected(ALICE)).toBe(alice);
    expect(await rowOf(alice)).toMatchObject({ needs_reconnect: false });
    expect(await whoAmI(alice)).toBe(ALICE);
  });

  const passing: readonly (readonly [string, FaultRule])[] = [
    ['a 500', { on: 'token', kind: 'status', status: 500 }],
    ['a 503', { on: 'token', kind: 'status', status: 503 }],
    ['a 429', { on: 'token', kind: 'rate-limit', retryAfter: 60 }],
    ['silence', { on: 'token', kind: 'silence' }],
    ['a cut connection', { on: 'token', kind: 'reset' }],
    ['HTML', { on: 'token', kind: 'html' }],
    ['null', { on: 'token', kind: 'body', body: 'null' }],
    ['half an answer', { on: 'token', kind: 'truncated-json' }],
    ['wrong types', { on: 'token', kind: 'wrong-types' }],
    ['a refusal of the app itself', { on: 'token', kind: 'status', status: 400 }],
  ];
  it.each(passing)('is kept after %s, for the next try', async (_what, fault) => {
    const first = await refreshTokenOf(alice);
    await outdate(alice);
    spotify.fail(fault);
    await errorOf(whoAmI(alice));
    expect(await refreshTokenOf(alice)).toBe(first);
    expect(await rowOf(alice)).toMatchObject({ leased: false, needs_reconnect: false });
    spotify.heal();
    // What a 429 asked to be waited for is over.
    await test.db.execute('DELETE FROM spotify_limits');
    expect(await whoAmI(alice)).toBe(ALICE);
  });

  it('costs one call when Spotify fails, also where many wait for it, and none waits for long', async () => {
    await outdate(alice);
    spotify.fail({ on: 'token', kind: 'silence' });
    const before = refreshes();
    const begun = performance.now();
    const errors = await allAtOnce(10, () => errorOf(whoAmI(alice)));
    expect(new Set(errors.map(({ kind }) => kind))).toEqual(new Set(['unreachable']));
    expect(refreshes()).toBe(before + 1);
    // Not until the lease of the one who asked would have ended.
    expect(performance.now() - begun).toBeLessThan(14_000);
  });

  it('of a sign-in made meanwhile is not written over', async () => {
    await outdate(alice);
    spotify.fail({ on: 'token', kind: 'silence', times: 'once' });
    const waiting = rejection(whoAmI(alice));
    await expect.poll(async () => (await rowOf(alice)).leased).toBe(true);
    await connected(ALICE);
    const row = await rowOf(alice);
    await waiting;
    expect(await rowOf(alice)).toEqual(row);
    expect(await whoAmI(alice)).toBe(ALICE);
  });
});

describe('a lease', () => {
  it('left by a killed process is taken over when it ends, and not before', async () => {
    await leaseFor(0.6);
    const before = refreshes();
    const begun = performance.now();
    expect(await Promise.all([whoAmI(alice), whoAmI(alice, otherProcess)])).toEqual([ALICE, ALICE]);
    expect(performance.now() - begun).toBeGreaterThan(500);
    expect(refreshes()).toBe(before + 1);
  });

  it('taken before the clock was put back holds nobody up', async () => {
    await leaseFor(86_400);
    const before = refreshes();
    expect(await whoAmI(alice)).toBe(ALICE);
    expect(refreshes()).toBe(before + 1);
  });

  it('of one listener holds up no other', async () => {
    await leaseFor(15);
    await test.db.execute('UPDATE spotify_connections SET refreshing_until = NULL WHERE user_id = $1', [bob]);
    expect(await whoAmI(bob)).toBe(BOB);
  });
});

describe('sealed tokens', () => {
  it('in another listener’s row open for nobody: both are asked to connect again', async () => {
    await test.db.execute(
      `UPDATE spotify_connections mine
       SET access_token = theirs.access_token, refresh_token = theirs.refresh_token
       FROM spotify_connections theirs WHERE theirs.user_id <> mine.user_id`,
    );
    const calls = spotify.calls.length;
    expect(await rejection(whoAmI(alice))).toBeInstanceOf(NeedsReconnect);
    expect(await rejection(whoAmI(bob))).toBeInstanceOf(NeedsReconnect);
    expect(spotify.calls).toHaveLength(calls);
    expect(await rowOf(alice)).toEqual(NOBODY_THERE);
  });

  it('of a spoilt access token are refreshed', async () => {
    await test.db.execute(`UPDATE spotify_connections SET access_token = 'v1.t1.x.y.z'`);
    expect(await whoAmI(alice)).toBe(ALICE);
  });

  it('move on to the newest key as they are refreshed', async () => {
    const [older] = tokenKeys;
    const rotated = { ...access, tokenKeys: [{ id: 't2', key: randomBytes(32) }, older!] };
    await outdate(alice);
    await withAccessToken(test.db, alice, rotated, (token) => fetchProfile(access.settings, token));
    const row = await rowOf(alice);
    expect(row.access_token).toMatch(/^v1\.t2\./);
    expect(row.refresh_token).toMatch(/^v1\.t2\./);
  });
});
