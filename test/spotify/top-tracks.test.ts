import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { inventTrack } from '../../scripts/spotify-stand-in/catalogue.ts';
import { standInListeners } from '../../scripts/spotify-stand-in/listeners.ts';
import { startSpotifyStandIn, type SpotifyStandIn } from '../../scripts/spotify-stand-in/server.ts';
import { listTopTracks } from '../../src/spotify/top-tracks.ts';
import { connect, errorOf, settingsFor } from '../support/spotify-sign-in.ts';

const ALICE = 'alice-stand-in';
let spotify: SpotifyStandIn;
let accessToken: string;
beforeAll(async () => {
  spotify = await startSpotifyStandIn({ listeners: standInListeners() });
  ({ accessToken } = await connect(spotify));
});
beforeEach(() => void (spotify.calls as unknown[]).splice(0));
afterEach(() => spotify.heal());
afterAll(() => spotify.close());

const serve = (tracks: readonly (object | null)[]) => spotify.setTopTracks(ALICE, 'short_term', tracks);
const list = () => listTopTracks(settingsFor(spotify), accessToken, 'short_term');
const offsetsAsked = () => spotify.calls.map((call) => call.query['offset']);
const invent = (count: number) => Array.from({ length: count }, (_, n) => inventTrack(n));

describe('paging', () => {
  test('brings the whole list in order, each track with its rank', async () => {
    serve(invent(75));
    const { items: tracks, skipped } = await list();
    expect(tracks.map((track) => track.trackId)).toEqual(invent(75).map((track) => track.id));
    expect(tracks.map((track) => track.rank)).toEqual(invent(75).map((_, index) => index + 1));
    expect(skipped).toBe(0);
    expect(offsetsAsked()).toEqual(['0', '50']);
  });

  test('asks for the time range, 50 at a time', async () => {
    await listTopTracks(settingsFor(spotify), accessToken, 'long_term');
    expect(spotify.calls[0]?.query).toEqual({ time_range: 'long_term', limit: '50', offset: '0' });
  });

  test('ends at an empty page, whatever total and next promise', async () => {
    serve(invent(240));
    expect((await list()).items).toHaveLength(100);
    expect(offsetsAsked()).toEqual(['0', '50', '100']);
  });

  test.each([
    [500, false],
    [501, true],
  ])('of %i places takes five hundred, and says whether there are more: %s', async (places, deeper) => {
    spotify.behave({ topDepth: places });
    serve(invent(places));
    const found = await list();
    expect([found.items.length, found.deeper]).toEqual([500, deeper]);
  });

  test('of an empty list is one call', async () => {
    serve([]);
    expect(await list()).toEqual({ items: [], skipped: 0, deeper: false });
    expect(offsetsAsked()).toEqual(['0']);
  });

  test('ends after ten pages where the list never does, and lists nothing twice', async () => {
    const fields = { items: [inventTrack(0)], next: 'and on' };
    spotify.fail({ on: 'top-tracks', kind: 'replaced-fields', fields });
    const { items: tracks, skipped } = await list();
    expect(tracks.map((track) => track.trackId)).toEqual([inventTrack(0).id]);
    expect(skipped).toBe(9);
    expect(spotify.calls).toHaveLength(10);
  });

  test('never follows next to another host: only our own addresses are asked', async () => {
    serve(invent(75));
    spotify.fail({
      on: 'top-tracks',
      kind: 'replaced-fields',
      fields: { next: 'http://evil.invalid/v1/me/top/tracks?offset=50' },
    });
    expect((await list()).items).toHaveLength(75);
  });

  test('goes by the limit Spotify says it kept to', async () => {
    serve(invent(45));
    spotify.fail({
      on: 'top-tracks',
      kind: 'replaced-fields',
      fields: { limit: 20, next: 'more' },
      times: 'once',
    });
    await list();
    expect(offsetsAsked()).toEqual(['0', '20']);
  });

  test('is all or nothing: a page that fails fails the list', async () => {
    serve(invent(75));
    spotify.fail({ on: 'top-tracks', kind: 'replaced-fields', fields: {}, times: 'once' });
    spotify.fail({ on: 'top-tracks', kind: 'rate-limit', retryAfter: 9, times: 'once' });
    expect(await errorOf(list())).toMatchObject({ kind: 'rate-limited', retryAfterSeconds: 9 });
  });

  test('has one time limit for all pages', async () => {
    serve(invent(75));
    spotify.fail({ on: 'top-tracks', kind: 'replaced-fields', fields: {}, times: 'once' });
    spotify.fail({ on: 'top-tracks', kind: 'drip' });
    const start = performance.now();
    const listing = listTopTracks(settingsFor(spotify, { timeoutMs: 400 }), accessToken, 'short_term');
    expect(await errorOf(listing)).toMatchObject({ kind: 'unreachable' });
    expect(performance.now() - start).toBeLessThan(3000);
  });
});

describe('items that are no tracks', () => {
  test('are skipped and counted, and the others keep their ranks', async () => {
    const episode = { type: 'episode', id: 'e', name: 'Episode', show: {} };
    const huge = { ...inventTrack(9), filler: 'x'.repeat(300_000) };
    serve([
      null,
      inventTrack(1),
      episode,
      { id: 'x' },
      { name: 'x' },
      huge,
      [],
      inventTrack(2),
      inventTrack(1),
    ]);
    const { items: tracks, skipped } = await list();
    expect(tracks.map(({ name, rank }) => [name, rank])).toEqual([
      [inventTrack(1).name, 2],
      [inventTrack(2).name, 8],
    ]);
    expect(skipped).toBe(7);
  });

  test.each([
    ['no items', { kind: 'missing-fields', fields: ['items'] }],
    ['items of the wrong type', { kind: 'wrong-types' }],
    ['an array', { kind: 'body', body: '[]' }],
  ])('a page with %s cannot be read', async (_, rule) => {
    serve(invent(3));
    spotify.fail({ on: 'top-tracks', ...rule } as Parameters<SpotifyStandIn['fail']>[0]);
    expect(await errorOf(list())).toMatchObject({ kind: 'unreadable' });
  });
});
