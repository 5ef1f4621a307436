import { EventEmitter, once } from 'node:events';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createDb } from '../../src/db.ts';
import { SpotifyError } from '../../src/spotify/errors.ts';
import { fetchProfile } from '../../src/spotify/api.ts';
import { startSpotifyStandIn, type SpotifyStandIn } from '../../scripts/spotify-stand-in/server.ts';
import { standInListeners } from '../../scripts/spotify-stand-in/listeners.ts';
import { withinSpotifyLimit } from '../../src/users/spotify-limit.ts';
import { useDatabase } from '../support/database.ts';
import { connect, errorOf, settingsFor } from '../support/spotify-sign-in.ts';

const test = useDatabase();
let spotify: SpotifyStandIn;
let accessToken: string;

beforeAll(async () => {
  spotify = await startSpotifyStandIn({ listeners: standInListeners() });
  ({ accessToken } = await connect(spotify));
  return () => spotify.close();
});
afterEach(async () => {
  spotify.heal();
  await test.db.execute('TRUNCATE spotify_limits');
});

const ask = (db = test.db) => withinSpotifyLimit(db, () => fetchProfile(settingsFor(spotify), accessToken));
const penalty = (retryAfter: number | string | null): void =>
  spotify.fail({ on: '/v1/me', kind: 'rate-limit', retryAfter, times: 'once' });
const secondsLeft = async (): Promise<number> =>
  (
    await test.db.one<{ seconds: number }>(
      `SELECT round(extract(epoch FROM not_before - now()))::int AS seconds FROM spotify_limits`,
    )
  ).seconds;

/** Two calls, both under way before either is told to wait. */
async function bothTold(firstSeconds: number, secondSeconds: number): Promise<void> {
  const underWay = new EventEmitter();
  const told = (retryAfterSeconds: number, go: Promise<unknown>) =>
    errorOf(
      withinSpotifyLimit(test.db, async () => {
        underWay.emit(String(retryAfterSeconds));
        await go;
        throw new SpotifyError('rate-limited', { retryAfterSeconds, spotifyStatus: 429 });
      }),
    );
  const both = Promise.all([once(underWay, String(firstSeconds)), once(underWay, String(secondSeconds))]);
  await Promise.all([told(firstSeconds, both), told(secondSeconds, both)]);
}

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
    await bothTold(600, 30);
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

describe('any other fault', () => {
  it('is no penalty', async () => {
    spotify.fail({ on: '/v1/me', kind: 'status', status: 404, times: 'once' });
    expect(await errorOf(ask())).toMatchObject({ kind: 'refused' });
    expect(await ask()).toMatchObject({ id: 'alice-stand-in' });
  });
});
