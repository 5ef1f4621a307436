import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inventTrack } from '../../../scripts/spotify-stand-in/catalogue.ts';
import { standInListeners } from '../../../scripts/spotify-stand-in/listeners.ts';
import {
  startSpotifyStandIn,
  type SpotifyStandIn,
  type StandInOptions,
} from '../../../scripts/spotify-stand-in/server.ts';
import { connect } from '../../support/spotify-sign-in.ts';
import { caller } from '../../support/stand-in-calls.ts';

let spotify: SpotifyStandIn;
const start = async (options: Partial<StandInOptions> = {}) => {
  spotify = await startSpotifyStandIn({ listeners: standInListeners(), ...options });
};
beforeEach(() => start());
afterEach(() => spotify.close());

const { call, get, post } = caller(() => spotify);

describe('the Web API lets in', () => {
  test('nobody without a good token', async () => {
    expect(await call('/v1/me')).toMatchObject({ status: 401, body: { error: { status: 401 } } });
    expect((await get('/v1/me', 'BQ-unknown')).body.error.message).toBe('Invalid access token');
    const { accessToken } = await connect(spotify);
    spotify.expireAccessTokens();
    expect((await get('/v1/me', accessToken)).body.error.message).toBe('The access token expired');
  });

  test('nobody who is not on the list, at any address, in plain text', async () => {
    const [alice] = standInListeners();
    spotify.setListeners(alice === undefined ? [] : [{ ...alice, allowListed: false }]);
    for (const path of ['/v1/me', '/v1/me/top/tracks', '/v1/recommendations']) {
      expect(await get(path)).toEqual({
        status: 403,
        type: 'text/plain; charset=utf-8',
        body: expect.stringMatching(/^The user is not registered for this application\./) as string,
      });
    }
  });

  test.each([
    ['/v1/me/top/tracks', 'playlist-modify-public'],
    ['/v1/me/top/artists', 'playlist-modify-public'],
    ['/v1/me/player/recently-played', 'user-top-read'],
  ])('nobody to %s with only %s', async (path, scope) => {
    const { accessToken } = await connect(spotify, { scope });
    const body = { error: { status: 403, message: 'Insufficient client scope' } };
    expect(await get(path, accessToken)).toMatchObject({ status: 403, body });
  });

  test.each([
    '/v1/tracks?ids=a,b',
    '/v1/audio-features/abc',
    '/v1/audio-features?ids=abc',
    '/v1/recommendations',
    '/v1/users/alice-stand-in/playlists',
    '/v1/playlists/abc/tracks',
    '/v1/browse/featured-playlists',
    '/v1/artists/abc/related-artists',
  ])('nobody to %s any more', async (path) => {
    expect((await get(path)).body).toEqual({ error: { status: 403, message: 'Forbidden' } });
  });

  test('nobody to what never was', async () => {
    expect((await get('/v1/no-such-thing')).status).toBe(404);
    expect((await call('/elsewhere')).status).toBe(404);
  });
});

describe('/v1/me/top/artists', () => {
  const PAGE = '/v1/me/top/artists?time_range=short_term&limit=50';

  test('lists who the listener’s top tracks are by, each once, as an app in development mode meets them', async () => {
    const { items, total } = (await get(PAGE)).body;
    const tracks = standInListeners()[0]?.topTracks.short_term as { artists: { id: string }[] }[];
    const credited = new Set(tracks.flatMap((track) => track.artists.map(({ id }) => id)));
    expect(new Set(items.map(({ id }: { id: string }) => id))).toEqual(credited);
    expect(total).toBe(credited.size);
    expect(Object.keys(items[0]).toSorted()).toEqual(
      ['external_urls', 'href', 'id', 'images', 'name', 'type', 'uri'].toSorted(),
    );
  });

  test('tells an older app of genres, followers and popularity', async () => {
    await spotify.close();
    await start({ olderApp: true });
    expect((await get(PAGE)).body.items[0]).toMatchObject({
      genres: [expect.any(String), expect.any(String)],
    });
  });

  test('serves odd ones as they are given', async () => {
    const odd = [
      null,
      { id: 'a', name: '', images: [] },
      { id: 'b', name: null, images: [{ url: 'https://i.example' }] },
    ];
    spotify.setTopArtists('alice-stand-in', 'short_term', odd);
    expect((await get(PAGE)).body.items).toEqual(odd);
  });
});

const topTracksAt = (offset: number) => topTracks(`time_range=long_term&limit=50&offset=${offset}`);
const topTracks = async (query: string) => (await get(`/v1/me/top/tracks?${query}`)).body;

describe('/v1/me/top/tracks', () => {
  test.each(['limit=51', 'limit=0', 'limit=x'])('refuses %s', async (query) => {
    expect(await topTracks(query)).toEqual({ error: { status: 400, message: 'Invalid limit' } });
  });

  test('refuses an unknown time range and a bad offset', async () => {
    expect((await topTracks('time_range=ever')).error.status).toBe(400);
    expect((await topTracks('offset=-1')).error.status).toBe(400);
  });

  test('serves 20 of the last half year unless told otherwise', async () => {
    expect(await topTracks('')).toMatchObject({ limit: 20, offset: 0, total: 75, previous: null });
  });

  test('ends near 100 with an empty page, though total and next promise more', async () => {
    const [first, second, third] = [await topTracksAt(0), await topTracksAt(50), await topTracksAt(100)];
    expect([first, second, third].map(({ items }) => items.length)).toEqual([50, 50, 0]);
    expect(second).toMatchObject({ total: 110, next: expect.stringContaining('offset=100') as string });
    expect(first.next).toBe(`${spotify.url}/v1/me/top/tracks?time_range=long_term&limit=50&offset=50`);
    expect(third.next).toBeNull();
  });

  test('serves tracks as development mode does', async () => {
    const old: Record<string, unknown> = {
      ...inventTrack(0),
      popularity: 50,
      available_markets: ['SE'],
      linked_from: {},
    };
    const album = { ...(old['album'] as object), available_markets: ['SE'] };
    spotify.setTopTracks('alice-stand-in', 'medium_term', [{ ...old, album }]);
    const [item] = (await topTracks('')).items;
    expect(Object.keys(item).toSorted()).toEqual(
      'album artists disc_number duration_ms explicit external_ids external_urls href id is_local is_playable name preview_url track_number type uri'.split(
        ' ',
      ),
    );
    expect(Object.keys(item.album).toSorted()).toEqual(
      'album_type artists external_urls href id images is_playable name release_date release_date_precision total_tracks type uri'.split(
        ' ',
      ),
    );
  });
});

const recentlyPlayed = async (query: string) => (await get(`/v1/me/player/recently-played?${query}`)).body;

describe('/v1/me/player/recently-played', () => {
  test('goes back by cursors, without a total', async () => {
    const first = await recentlyPlayed('limit=10');
    expect(first.items).toHaveLength(10);
    expect(first).not.toHaveProperty('total');
    expect(first.cursors.after).toBe(String(Date.parse(first.items[0].played_at)));
    const rest = await recentlyPlayed(`limit=50&before=${first.cursors.before}`);
    expect(rest.items).toHaveLength(20);
    // The last page promises another one, with nothing in it.
    expect((await recentlyPlayed(new URL(rest.next).search.slice(1))).items).toEqual([]);
    expect(await recentlyPlayed(`after=${first.cursors.after}`)).toMatchObject({
      items: [],
      cursors: null,
      next: null,
    });
  });

  test.each(['limit=51', 'after=1&before=2'])('refuses %s', async (query) => {
    expect((await recentlyPlayed(query)).error.status).toBe(400);
  });
});

describe('/v1/tracks/{id}', () => {
  test('is one track, a 404 or a 400', async () => {
    const { id } = inventTrack(100);
    expect((await get(`/v1/tracks/${id}`)).body).toMatchObject({ id, type: 'track' });
    expect((await get(`/v1/tracks/${'0'.repeat(22)}`)).status).toBe(404);
    expect((await get('/v1/tracks/short')).status).toBe(400);
  });

  test('may be a track of no list', async () => {
    await spotify.close();
    await start({ tracks: [inventTrack(500)] });
    expect((await get(`/v1/tracks/${inventTrack(500).id}`)).status).toBe(200);
  });
});

describe('playlists', () => {
  test('are made with 201 and may read back public', async () => {
    const made = await post('/v1/me/playlists', { name: 'A', public: false, description: 'B' });
    expect(made).toMatchObject({
      status: 201,
      body: { name: 'A', description: 'B', public: true, type: 'playlist' },
    });
    expect(spotify.playlists).toMatchObject([{ id: made.body.id, isPublic: false }]);
    expect((await post('/v1/me/playlists', {})).status).toBe(400);
  });

  test('take up to 100 uris, at a position where one is given', async () => {
    const { id } = (await post('/v1/me/playlists', { name: 'A' })).body;
    const add = (uris: string[], more = {}) => post(`/v1/playlists/${id}/items`, { uris, ...more });
    const { uri, id: trackId } = inventTrack(1);
    expect(await add([uri])).toMatchObject({
      status: 201,
      body: { snapshot_id: expect.any(String) as string },
    });
    await add([inventTrack(2).uri], { position: 0 });
    expect(spotify.playlists[0]?.uris).toEqual([inventTrack(2).uri, uri]);
    expect((await add(Array.from({ length: 101 }, () => uri))).status).toBe(400);
    expect((await add([trackId])).status).toBe(400);
    expect((await add([])).status).toBe(400);
    expect((await post('/v1/playlists/none/items', { uris: [uri] })).status).toBe(404);
  });
});
