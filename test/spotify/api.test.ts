import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { inventTrack } from '../../scripts/spotify-stand-in/catalogue.ts';
import { standInListeners } from '../../scripts/spotify-stand-in/listeners.ts';
import {
  startSpotifyStandIn,
  type SpotifyStandIn,
  type StandInListener,
} from '../../scripts/spotify-stand-in/server.ts';
import { fetchProfile, fetchRecentlyPlayed, fetchTrack } from '../../src/spotify/api.ts';
import {
  addPlaylistItems,
  countPlaylistItems,
  createPlaylist,
  replacePlaylistItems,
} from '../../src/spotify/playlists.ts';
import type { SpotifySettings } from '../../src/spotify/settings.ts';
import { connect, errorOf, settingsFor } from '../support/spotify-sign-in.ts';

const NOW = new Date('2026-11-21T12:00:00Z');
const [alice, bob] = standInListeners(NOW) as [StandInListener, StandInListener];
let spotify: SpotifyStandIn;
let settings: SpotifySettings;
let accessToken: string;
beforeAll(async () => {
  spotify = await startSpotifyStandIn({ listeners: [alice, bob] });
  settings = settingsFor(spotify);
  ({ accessToken } = await connect(spotify));
});
afterEach(() => {
  spotify.heal();
  spotify.setListeners([alice, bob]);
});
afterAll(() => spotify.close());

describe('the profile', () => {
  test('says who is there', async () => {
    expect(await fetchProfile(settings, accessToken)).toEqual({
      id: 'alice-stand-in',
      accountId: 'aL1ceStand1n',
      displayName: 'Alice Ferreira',
      imageUrl: null,
    });
  });

  test('is of whoever signed in', async () => {
    spotify.signInAs('bob-stand-in');
    const { accessToken: bobs } = await connect(spotify);
    spotify.signInAs(null);
    expect(await fetchProfile(settings, bobs)).toMatchObject({ id: 'bob-stand-in', accountId: null });
  });

  test.each([
    [null, null],
    ['', null],
    ['  ', null],
    [7, null],
    ['A\u0000\r\n\u001b[31mB', 'A [31mB'],
    ['👩'.repeat(10_000), '👩'.repeat(200)],
    ['<b>Ada</b>', '<b>Ada</b>'],
  ])('a display name of %j', async (display_name, shown) => {
    spotify.fail({ on: 'me', kind: 'replaced-fields', fields: { display_name } });
    expect((await fetchProfile(settings, accessToken)).displayName).toBe(shown);
  });

  test.each([[null], [''], [7], [[]]])(
    'with %j for an id, and neither uri nor account, is nobody',
    async (id) => {
      const fields = { id, uri: null, account_id: null };
      spotify.fail({ on: 'me', kind: 'replaced-fields', fields });
      expect(await errorOf(fetchProfile(settings, accessToken))).toMatchObject({ kind: 'unreadable' });
    },
  );

  test('without any field but id is enough', async () => {
    spotify.fail({ on: 'me', kind: 'body', body: '\uFEFF{"id":"ada"}' });
    expect(await fetchProfile(settings, accessToken)).toEqual({
      id: 'ada',
      accountId: null,
      displayName: null,
      imageUrl: null,
    });
  });

  test('shows the first picture with an address a page may load', async () => {
    const images = [null, { url: 'javascript:x' }, { url: 'https://i.scdn.co/image/aa' }];
    spotify.fail({ on: 'me', kind: 'replaced-fields', fields: { images } });
    expect((await fetchProfile(settings, accessToken)).imageUrl).toBe('https://i.scdn.co/image/aa');
  });

  test('of someone not on the list is refused with what to do', async () => {
    spotify.setListeners([{ ...alice, allowListed: false }]);
    const error = await errorOf(fetchProfile(settings, accessToken));
    expect(error).toMatchObject({ kind: 'not-allowed', status: 403 });
    expect(error.message).toMatch(/User Management/);
  });

  test('with an expired token is unauthorized', async () => {
    const { accessToken: old } = await connect(spotify);
    spotify.expireAccessTokens();
    expect(await errorOf(fetchProfile(settings, old))).toMatchObject({
      kind: 'unauthorized',
      spotifyStatus: 401,
    });
    ({ accessToken } = await connect(spotify));
  });
});

const playAt = (minute: number, track: object | null = inventTrack(minute)) => ({
  track,
  played_at: new Date(NOW.getTime() - minute * 60_000).toISOString(),
  context: null,
});
const serve = (plays: StandInListener['recentlyPlayed'] & object) =>
  spotify.setListeners([{ ...alice, recentlyPlayed: plays }]);

describe('recently played', () => {
  test('is newest first, and asked for as it is', async () => {
    serve([playAt(9), playAt(3), playAt(6)]);
    const recent = await fetchRecentlyPlayed(settings, accessToken);
    expect(recent.plays.map((play) => play.track.name)).toEqual([3, 6, 9].map((n) => inventTrack(n).name));
    expect(recent).toMatchObject({ skippedAt: [], full: false });
    expect(spotify.calls.at(-1)?.query).toEqual({ limit: '50' });
  });

  test('says nothing where nothing was played', async () => {
    serve([]);
    expect(await fetchRecentlyPlayed(settings, accessToken)).toEqual({
      plays: [],
      skippedAt: [],
      full: false,
    });
  });

  test('skips and counts what is no track, and tells a full page', async () => {
    const plays = Array.from({ length: 60 }, (_, minute) => playAt(minute));
    serve([...plays.slice(2), playAt(0, null), playAt(1, { type: 'episode', id: 'e', name: 'E' })]);
    const recent = await fetchRecentlyPlayed(settings, accessToken);
    expect(recent).toMatchObject({ full: true, skippedAt: [NOW.getTime(), NOW.getTime() - 60_000] });
    expect(recent.plays).toHaveLength(48);
  });

  test('keeps local files', async () => {
    expect((await fetchRecentlyPlayed(settings, accessToken)).plays).toHaveLength(30);
    spotify.signInAs('bob-stand-in');
    const { accessToken: bobs } = await connect(spotify);
    spotify.signInAs(null);
    const { plays } = await fetchRecentlyPlayed(settings, bobs);
    expect(plays.at(-1)?.track).toMatchObject({
      isLocal: true,
      trackId: expect.stringMatching(/^spotify:local:/) as string,
    });
  });

  test('needs its right', async () => {
    const { accessToken: narrow } = await connect(spotify, { scope: 'user-top-read' });
    expect(await errorOf(fetchRecentlyPlayed(settings, narrow))).toMatchObject({ kind: 'scope-missing' });
  });
});

describe('one track', () => {
  test('is read', async () => {
    const song = alice.topTracks.short_term[0] as { id: string; name: string };
    expect(await fetchTrack(settings, accessToken, song.id)).toMatchObject({
      trackId: song.id,
      name: song.name,
    });
  });

  test('that is nowhere is refused with 404', async () => {
    const error = await errorOf(fetchTrack(settings, accessToken, '0'.repeat(22)));
    expect(error).toMatchObject({ kind: 'refused', spotifyStatus: 404 });
  });

  test('that comes back as none cannot be read', async () => {
    spotify.fail({ on: 'track', kind: 'body', body: 'null' });
    expect(await errorOf(fetchTrack(settings, accessToken, '0'.repeat(22)))).toMatchObject({
      kind: 'unreadable',
    });
  });

  test.each(['..', '../me', 'a/b', 'a?b', 'spotify:local:x', ''])(
    '%j is no id and never asked for',
    async (id) => {
      const before = spotify.calls.length;
      await expect(fetchTrack(settings, accessToken, id)).rejects.toMatchObject({ status: 400 });
      expect(spotify.calls).toHaveLength(before);
    },
  );
});

const uris = (count: number) => Array.from({ length: count }, (_, n) => inventTrack(n).uri);

describe('a playlist', () => {
  const playlist = { name: 'Août 2021 🌻', description: 'What I loved then', isPublic: false };

  test('is made and filled, in order', async () => {
    spotify.behave({ readsPrivateItems: true });
    const made = await createPlaylist(settings, accessToken, playlist);
    expect(made.url).toBe(`https://open.spotify.com/playlist/${made.spotifyPlaylistId}`);
    const { spotifyPlaylistId } = made;
    const add = (count: number, position?: number) =>
      addPlaylistItems(settings, accessToken, {
        spotifyPlaylistId,
        uris: uris(count),
        ...(position === undefined ? {} : { position }),
      });
    await add(100);
    const { snapshotId } = await add(3);
    expect(snapshotId).toEqual(expect.any(String));
    expect(spotify.playlists.at(-1)).toMatchObject({ ...playlist, uris: [...uris(100), ...uris(3)] });
    expect(await countPlaylistItems(settings, accessToken, spotifyPlaylistId)).toBe(103);
    await add(1, 1);
    expect(spotify.playlists.at(-1)?.uris[1]).toBe(uris(1)[0]);
    await replacePlaylistItems(settings, accessToken, { spotifyPlaylistId, uris: uris(2) });
    expect(spotify.playlists.at(-1)?.uris).toEqual(uris(2));
  });

  test.each([0, 101])('does not take %i items at a time', async (count) => {
    const items = { spotifyPlaylistId: 'abc', uris: uris(count) };
    await expect(addPlaylistItems(settings, accessToken, items)).rejects.toThrow(RangeError);
    await expect(replacePlaylistItems(settings, accessToken, items)).rejects.toThrow(RangeError);
  });

  test('that is another listener’s is refused', async () => {
    const { spotifyPlaylistId } = await createPlaylist(settings, accessToken, playlist);
    spotify.signInAs('bob-stand-in');
    const { accessToken: bobs } = await connect(spotify);
    spotify.signInAs(null);
    const error = await errorOf(addPlaylistItems(settings, bobs, { spotifyPlaylistId, uris: uris(1) }));
    expect(error).toMatchObject({ kind: 'refused', spotifyStatus: 403 });
  });

  test('that is private cannot be read with the rights we ask for', async () => {
    const { spotifyPlaylistId } = await createPlaylist(settings, accessToken, playlist);
    const error = await errorOf(countPlaylistItems(settings, accessToken, spotifyPlaylistId));
    expect(error).toMatchObject({ kind: 'scope-missing' });
  });

  test('takes all of a call’s items or, with one Spotify no longer has, none', async () => {
    spotify.behave({ readsPrivateItems: true });
    const { spotifyPlaylistId } = await createPlaylist(settings, accessToken, playlist);
    spotify.withdrawTracks(String(uris(3)[2]?.split(':').at(-1)));
    const error = await errorOf(
      addPlaylistItems(settings, accessToken, { spotifyPlaylistId, uris: uris(5) }),
    );
    expect(error).toMatchObject({ kind: 'refused', spotifyStatus: 400 });
    await addPlaylistItems(settings, accessToken, { spotifyPlaylistId, uris: uris(2) });
    expect(await countPlaylistItems(settings, accessToken, spotifyPlaylistId)).toBe(2);
  });

  test('needs the right for its kind', async () => {
    const { accessToken: narrow } = await connect(spotify, { scope: 'playlist-modify-private' });
    await expect(createPlaylist(settings, narrow, playlist)).resolves.toBeDefined();
    const open = createPlaylist(settings, narrow, { ...playlist, isPublic: true });
    expect(await errorOf(open)).toMatchObject({ kind: 'scope-missing' });
  });

  test('without an id in the answer cannot be read', async () => {
    spotify.fail({ on: 'create-playlist', kind: 'body', body: '{}' });
    expect(await errorOf(createPlaylist(settings, accessToken, playlist))).toMatchObject({
      kind: 'unreadable',
    });
  });
});
