import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createDb } from '../../src/db.ts';
import { fetchProfile, fetchRecentlyPlayed, fetchTrack } from '../../src/spotify/api.ts';
import { refreshAccess } from '../../src/spotify/accounts.ts';
import { listTopTracks } from '../../src/spotify/top-tracks.ts';
import { createPlaylist } from '../../src/spotify/playlists.ts';
import { startSpotifyStandIn, type SpotifyStandIn } from '../../scripts/spotify-stand-in/server.ts';
import { inventTrack } from '../../scripts/spotify-stand-in/catalogue.ts';
import { standInListeners } from '../../scripts/spotify-stand-in/listeners.ts';
import { gated } from '../../src/users/spotify-limit.ts';
import { useDatabase } from '../support/database.ts';
import { connect, errorOf, settingsFor } from '../support/spotify-sign-in.ts';

const test = useDatabase();
let spotify: SpotifyStandIn;
let accessToken: string;
let refreshToken: string;

beforeAll(async () => {
  spotify = await startSpotifyStandIn({ listeners: standInListeners() });
  ({ accessToken, refreshToken } = await connect(spotify));
  return () => spotify.close();
});
afterEach(async () => {
  spotify.heal();
  await test.db.execute('DELETE FROM spotify_limits');
});

const settings = (db = test.db) => gated(db, settingsFor(spotify));
const ask = (db = test.db) => fetchProfile(settings(db), accessToken);
const penalty = (retryAfter: number | string | null): void =>
  spotify.fail({ on: '/v1/me', kind: 'rate-limit', retryAfter, times: 'once' });
const secondsLeft = async (): Promise<number> =>
  (
    await test.db.one<{ seconds: number }>(
      `SELECT round(extract(epoch FROM not_before - now()))::int AS seconds FROM spotify_limits`,
    )
  ).seconds;

describe('a penalty of Spotify', () => {
  it('holds for everyone until its end, however often they ask', async () => {
    penalty(86_400);
    expect(await errorOf(ask())).toMatchObject({ kind: 'rate-limited', retryAfterSeconds: 86_400 });
    const before = spotify.calls.length;
    const errors = await Promise.all(Array.from({ length: 20 }, () => errorOf(ask())));
    expect(new Set(errors.map(({ kind, status }) => `${kind} ${status}`))).toEqual(
      new Set(['rate-limited 503']),
    );
    expect(errors[0]?.retryAfterSeconds).toBeGreaterThan(86_300);
    expect(spotify.calls).toHaveLength(before);
  });

  it('outlives the process that was told', async () => {
    penalty(86_400);
    await errorOf(ask());
    const before = spotify.calls.length;
    const restarted = createDb({ url: test.url, poolMin: 0, poolMax: 1, applicationName: 'restarted' });
    expect(await errorOf(ask(restarted))).toMatchObject({ kind: 'rate-limited' });
    await restarted.close();
    expect(spotify.calls).toHaveLength(before);
  });

  it('ends by itself', async () => {
    penalty(86_400);
    await errorOf(ask());
    await test.db.execute(`UPDATE spotify_limits SET not_before = now() - interval '1 second'`);
    expect(await ask()).toMatchObject({ id: 'alice-stand-in' });
  });

  it('is never shortened by a later, milder one', async () => {
    await settings().gate.close('api', 600);
    await settings().gate.close('api', 30);
    expect(await secondsLeft()).toBeGreaterThan(590);
  });

  it.each([null, 0, -5, 'abc'])(
    'without a usable length (%j) is taken for 30 seconds',
    async (retryAfter) => {
      penalty(retryAfter);
      await errorOf(ask());
      expect(await secondsLeft()).toBeGreaterThan(25);
      expect(await secondsLeft()).toBeLessThanOrEqual(30);
    },
  );
});

/** One call of each family, by name: those that are let through. */
async function openFamilies(): Promise<string[]> {
  const calls = {
    profile: () => fetchProfile(settings(), accessToken),
    'top-lists': () => listTopTracks(settings(), accessToken, 'short_term'),
    'recently-played': () => fetchRecentlyPlayed(settings(), accessToken),
    'single-reads': () => fetchTrack(settings(), accessToken, inventTrack(60).id),
    playlists: () => createPlaylist(settings(), accessToken, { name: 'a', description: '', isPublic: false }),
    accounts: () => refreshAccess(settings(), refreshToken),
  };
  const open: string[] = [];
  for (const [name, call] of Object.entries(calls))
    await call().then(
      () => open.push(name),
      () => undefined,
    );
  return open;
}
const FAMILIES = ['profile', 'top-lists', 'recently-played', 'single-reads', 'playlists', 'accounts'];

describe('a limit closes', () => {
  it.each([
    ['/v1/tracks/', 'single-reads'],
    ['/v1/me/top/', 'top-lists'],
    ['/v1/me/player/', 'recently-played'],
    ['create-playlist', 'playlists'],
    ['me', 'profile'],
  ])('its own family alone where a quota is used up (%s)', async (on, family) => {
    spotify.fail({ on, kind: 'rate-limit', retryAfter: 72_000.4, quotaExceeded: true });
    const others = FAMILIES.filter((name) => name !== family);
    expect(await openFamilies()).toEqual(others);
    spotify.heal();
    expect(await openFamilies()).toEqual(others);
    expect(await test.db.many('SELECT bucket FROM spotify_limits')).toEqual([{ bucket: family }]);
    expect(await secondsLeft()).toBeGreaterThanOrEqual(71_990);
  });

  it('the whole Web API where it is a plain 429, and tokens wait for it', async () => {
    spotify.fail({ on: 'track', kind: 'rate-limit', retryAfter: 30, times: 'once' });
    await errorOf(fetchTrack(settings(), accessToken, inventTrack(60).id));
    expect(await openFamilies()).toEqual([]);
  });

  it('nothing but tokens where the accounts service says so', async () => {
    spotify.fail({ on: 'token', kind: 'rate-limit', retryAfter: 30 });
    await errorOf(refreshAccess(settings(), refreshToken));
    expect(await openFamilies()).toEqual(FAMILIES.filter((name) => name !== 'accounts'));
  });

  it('for a day at the longest, however absurd what Spotify asks for', async () => {
    penalty(999_999_999);
    await errorOf(ask());
    expect(await secondsLeft()).toBeLessThanOrEqual(86_400);
  });
});

describe('any other fault', () => {
  it('is no penalty', async () => {
    spotify.fail({ on: '/v1/me', kind: 'status', status: 404, times: 'once' });
    expect(await errorOf(ask())).toMatchObject({ kind: 'refused' });
    expect(await ask()).toMatchObject({ id: 'alice-stand-in' });
  });
});
