import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { standInListeners } from '../../scripts/spotify-stand-in/listeners.ts';
import {
  startSpotifyStandIn,
  type FaultRule,
  type SpotifyStandIn,
} from '../../scripts/spotify-stand-in/server.ts';
import { describeError } from '../../src/log.ts';
import { fetchProfile } from '../../src/spotify/api.ts';
import { addPlaylistItems, createPlaylist } from '../../src/spotify/playlists.ts';
import { connect, errorOf, settingsFor } from '../support/spotify-sign-in.ts';

let spotify: SpotifyStandIn;
let accessToken: string;
beforeAll(async () => {
  spotify = await startSpotifyStandIn({ listeners: standInListeners() });
  ({ accessToken } = await connect(spotify));
});
afterEach(() => spotify.heal());
afterAll(() => spotify.close());

/** How a read of the profile ends under a fault, how often Spotify was asked, and how long it took. */
async function readUnder(rule: Record<string, unknown>, timeoutMs = 5000) {
  spotify.fail({ on: 'me', ...rule } as FaultRule);
  const [before, start] = [spotify.calls.length, performance.now()];
  const error = await errorOf(fetchProfile(settingsFor(spotify, { timeoutMs }), accessToken));
  return { error, calls: spotify.calls.length - before, elapsedMs: performance.now() - start };
}

describe('a read', () => {
  test.each([
    ['HTML with 200', { kind: 'html' }],
    ['null', { kind: 'body', body: 'null' }],
    ['{}', { kind: 'body', body: '{}' }],
    ['[]', { kind: 'body', body: '[]' }],
    ['nothing', { kind: 'body', body: '' }],
    ['cut-off JSON', { kind: 'truncated-json' }],
    ['ten thousand levels', { kind: 'body', body: '['.repeat(10_000) + ']'.repeat(10_000) }],
    ['wrong types', { kind: 'wrong-types' }],
    ['60 MB', { kind: 'huge-body' }],
    ['a gzip bomb', { kind: 'gzip-bomb' }],
  ])('answered with %s is unreadable, and is not tried again', async (_, rule) => {
    const { error, calls } = await readUnder(rule);
    expect(error).toMatchObject({ kind: 'unreadable', status: 502 });
    expect(calls).toBe(1);
  });

  test.each([
    ['500', { kind: 'status', status: 500 }],
    ['502', { kind: 'status', status: 502 }],
    ['503', { kind: 'status', status: 503 }],
    ['504', { kind: 'status', status: 504 }],
    ['a reset', { kind: 'reset' }],
    ['a reset midway', { kind: 'reset-midway' }],
  ])('answered with %s is unreachable, after three tries', async (_, rule) => {
    const { error, calls } = await readUnder(rule);
    expect(error).toMatchObject({ kind: 'unreachable', status: 502 });
    expect(calls).toBe(3);
  });

  test.each([
    ['401', { kind: 'unauthorized' }, 'unauthorized'],
    ['403, not on the list, as of 2025', { kind: 'not-allow-listed', wording: '2025' }, 'not-allowed'],
    ['403, not on the list, as of 2026', { kind: 'not-allow-listed' }, 'not-allowed'],
    ['403, Premium lapsed', { kind: 'premium-lapsed' }, 'premium-lapsed'],
    ['403, scope missing', { kind: 'scope-missing' }, 'scope-missing'],
    ['404', { kind: 'status', status: 404 }, 'refused'],
  ])('answered with %s is refused at once', async (_, rule, kind) => {
    const { error, calls } = await readUnder(rule);
    expect(error.kind).toBe(kind);
    expect(calls).toBe(1);
  });

  test.each([
    ['1', 1],
    [86_400, 86_400],
    [null, 30],
    ['0', 30],
    ['-5', 30],
    ['abc', 30],
  ])(
    'answered with 429 and Retry-After %j is to wait %d seconds, and is not tried again',
    async (retryAfter, seconds) => {
      const { error, calls } = await readUnder({ kind: 'rate-limit', retryAfter });
      expect(error).toMatchObject({ kind: 'rate-limited', status: 503, retryAfterSeconds: seconds });
      expect(calls).toBe(1);
    },
  );

  test('succeeds where the second try does', async () => {
    spotify.fail({ on: 'me', kind: 'status', status: 500, times: 'once' });
    spotify.fail({ on: 'me', kind: 'reset', times: 'once' });
    await expect(fetchProfile(settingsFor(spotify), accessToken)).resolves.toMatchObject({
      id: 'alice-stand-in',
    });
  });
});

describe('the time limit', () => {
  test.each([['silence'], ['drip']])('cuts off %s', async (kind) => {
    const { error, calls, elapsedMs } = await readUnder({ kind }, 250);
    expect(error.kind).toBe('unreachable');
    expect(calls).toBe(1);
    expect(elapsedMs).toBeLessThan(3000);
  });

  test('holds for all tries together', async () => {
    spotify.fail({ on: 'me', kind: 'status', status: 500, times: 'once' });
    const { elapsedMs } = await readUnder({ kind: 'silence' }, 600);
    expect(elapsedMs).toBeLessThan(3000);
  });

  test('survives a garbage collection while a body drips', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const timer = setInterval(collect, 20);
    const { error, elapsedMs } = await readUnder({ kind: 'drip' }, 300);
    clearInterval(timer);
    expect(error.kind).toBe('unreachable');
    // The next byte comes after a second: waiting for it would be too late.
    expect(elapsedMs).toBeLessThan(3000);
  });
});

test('a redirect is not followed: the token stays where it belongs', async () => {
  const seen: string[] = [];
  const elsewhere = createServer((request, response) => {
    seen.push(request.headers.authorization ?? 'no token');
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  const { port } = elsewhere.address() as AddressInfo;
  const { error } = await readUnder({ kind: 'redirect', to: `http://127.0.0.1:${port}/v1/me` });
  elsewhere.close();
  expect(error.kind).toBe('unreachable');
  expect(seen).toEqual([]);
});

test('what changes something is tried once', async () => {
  const settings = settingsFor(spotify);
  spotify.fail({ on: '/v1/', kind: 'status', status: 503 });
  const before = spotify.calls.length;
  const playlist = { name: 'August 2021', description: '', isPublic: false };
  expect(await errorOf(createPlaylist(settings, accessToken, playlist))).toMatchObject({
    kind: 'unreachable',
  });
  const adding = addPlaylistItems(settings, accessToken, {
    spotifyPlaylistId: 'abc',
    uris: ['spotify:track:abc'],
  });
  expect(await errorOf(adding)).toMatchObject({ kind: 'unreachable' });
  expect(spotify.calls).toHaveLength(before + 2);
});

test.each(['BQplanted-secret', 'BQplanted\nsecret'])('no error says the token %j', async (token) => {
  const nowhere = settingsFor(spotify, { apiUrl: 'http://127.0.0.1:1' });
  for (const settings of [settingsFor(spotify), nowhere]) {
    const error = await errorOf(fetchProfile(settings, token));
    expect(JSON.stringify(describeError(error))).not.toContain('planted');
  }
});
