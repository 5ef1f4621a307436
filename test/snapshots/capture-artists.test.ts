import { beforeEach, describe, expect, it } from 'vitest';
import { inventTrack } from '../../scripts/spotify-stand-in/catalogue.ts';
import { artistsOf } from '../../scripts/spotify-stand-in/artists.ts';
import { standInListeners } from '../../scripts/spotify-stand-in/listeners.ts';
import { startSpotifyStandIn } from '../../scripts/spotify-stand-in/server.ts';
import { captureSnapshots, isCapturedToday } from '../../src/snapshots/capture.ts';
import { TIME_RANGES } from '../../src/spotify/top-list.ts';
import { listTopArtists } from '../../src/spotify/top-artists.ts';
import { deleteEverything, deleteRows } from '../support/database.ts';
import { useConnected } from '../support/connected.ts';
import { incompressible } from '../support/incompressible.ts';
import { shortListed } from '../support/short-lists.ts';
import { connect, settingsFor } from '../support/spotify-sign-in.ts';

const ALICE = 'alice-stand-in';
const test = useConnected();
let alice: number;

beforeEach(async () => {
  await deleteEverything(test.db);
  test.spotify.heal();
  test.spotify.setListeners(shortListed());
  alice = await test.connectListener(ALICE);
});

const capture = () => captureSnapshots(test.db, alice, test.access);
const artist = (id: string, more: object = {}) => ({ id, name: id.toUpperCase(), type: 'artist', ...more });
const keptArtists = (range = 'short_term') =>
  test.db.many<{ artist_id: string; rank: number }>(
    `SELECT artist_id, rank FROM artist_snapshots WHERE user_id = $1 AND time_range = $2 ORDER BY rank`,
    [alice, range],
  );
const onlyShort = (artists: (object | null)[]) => {
  for (const range of TIME_RANGES) test.spotify.setTopArtists(ALICE, range, []);
  test.spotify.setTopArtists(ALICE, 'short_term', artists);
};
const known = async (id: string) =>
  (await test.db.one<{ name: string | null; raw_json: unknown }>(
    'SELECT name, raw_json FROM artists WHERE artist_id = $1',
    [id],
  )) as { name: string | null; raw_json: Record<string, unknown> };

describe('a capture of artists', () => {
  it('keeps the three lists whole, by Spotify’s own ranks, with each artist’s payload', async () => {
    const many = Array.from({ length: 70 }, (_, n) => artist(`artist${n}`, { images: [] }));
    test.spotify.setTopArtists(ALICE, 'long_term', many);
    const { artists } = await capture();
    expect(artists.captured).toEqual([...TIME_RANGES]);
    expect((await keptArtists('long_term')).map((row) => [row.artist_id, row.rank])).toEqual(
      many.map(({ id }, index) => [id, index + 1]),
    );
    const expected = artistsOf(shortListed()[0]?.topTracks.short_term ?? []) as { id: string }[];
    expect((await keptArtists()).map((row) => row.artist_id)).toEqual(expected.map(({ id }) => id));
    expect((await known('artist7')).raw_json).toEqual(many[7]);
    expect(await isCapturedToday(test.db, alice)).toBe(true);
  });

  it('keeps a day’s list once, as first seen, and asks for what is missing alone', async () => {
    await capture();
    const first = await keptArtists();
    test.spotify.setTopArtists(ALICE, 'short_term', [artist('late')]);
    const calls = test.spotify.calls.length;
    expect((await capture()).artists).toMatchObject({ captured: [], places: 0 });
    expect(test.spotify.calls.length).toBe(calls);
    expect(await keptArtists()).toEqual(first);
  });

  it('is not lost with the lists of tracks, nor they with it', async () => {
    test.spotify.fail({ on: 'top-tracks', kind: 'html' });
    const first = await capture();
    expect(first.tracks).toMatchObject({ captured: [], failure: { kind: 'unreadable' } });
    expect(first.artists.captured).toEqual([...TIME_RANGES]);
    expect(await isCapturedToday(test.db, alice)).toBe(false);

    await deleteRows(test.db, 'artist_snapshots', 'capture_runs');
    test.spotify.heal();
    test.spotify.fail({ on: 'top-artists', kind: 'html' });
    const second = await capture();
    expect(second.artists).toMatchObject({ captured: [], failure: { kind: 'unreadable' } });
    expect(second.tracks.captured).toEqual([...TIME_RANGES]);
    expect(
      await test.db.many('SELECT kind, outcome FROM capture_runs WHERE user_id = $1 ORDER BY run_id', [
        alice,
      ]),
    ).toEqual([
      { kind: 'tracks', outcome: 'kept' },
      { kind: 'artists', outcome: 'failed' },
    ]);
  });

  it.each([0, 1, 2])('keeps none of its lists when page %i fails', async (pages) => {
    test.spotify.setListeners(standInListeners());
    for (let page = 0; page < pages; page += 1)
      test.spotify.fail({ on: 'top-artists', kind: 'missing-fields', fields: ['nothing'], times: 'once' });
    test.spotify.fail({ on: 'top-artists', kind: 'html' });
    await capture();
    expect(await test.db.many('SELECT FROM artist_snapshots')).toEqual([]);
    expect(await test.db.many('SELECT FROM artists WHERE raw_json IS NOT NULL')).toEqual([]);
  });

  it('leaves out what is no artist, counts it, and moves nobody up', async () => {
    const tooLong = artist(incompressible(1900));
    onlyShort([null, artist('a'), inventTrack(1), { name: 'Nobody' }, artist('b'), artist('a'), tooLong]);
    expect((await capture()).artists).toMatchObject({ places: 2, skipped: 5 });
    expect(await keptArtists()).toEqual([
      { artist_id: 'a', rank: 2 },
      { artist_id: 'b', rank: 5 },
    ]);
  });

  it.each([
    ['an empty name', { name: '' }],
    ['the name null', { name: null }],
    ['no images', { images: [] }],
    ['images without sizes', { images: [{ url: 'https://i.example/a' }] }],
    ['NUL in a field', { odd: 'a\0b' }],
  ])('takes an artist with %s', async (_what, odd) => {
    onlyShort([artist('a', odd), artist('b')]);
    expect((await capture()).artists).toMatchObject({ places: 2, skipped: 0 });
    expect((await known('a')).name).toBe('name' in odd ? null : 'A');
  });
});

describe('an artist’s payload', () => {
  it('that is completed by one listener’s capture leaves what is kept for the others as it is', async () => {
    const bob = await test.connectListener('bob-stand-in');
    await captureSnapshots(test.db, bob, test.access);
    await test.db.execute('UPDATE artists SET raw_json = NULL');
    const summaries = () =>
      test.db.many('SELECT xmin::text, ctid::text FROM archive_summaries WHERE user_id = $1', [bob]);
    const before = await summaries();
    expect(before).toHaveLength(1);
    await capture();
    const open = await test.db.many(
      'SELECT FROM artists JOIN artist_snapshots USING (artist_id) WHERE user_id = $1 AND raw_json IS NULL LIMIT 1',
      [alice],
    );
    expect(open).toEqual([]);
    expect(await summaries()).toEqual(before);
  });

  it('is completed by a later one, and nothing of it gives way to less', async () => {
    const photo = [{ url: 'https://i.example/a', height: 640, width: 640 }];
    const seen = async (payload: object) => {
      await deleteRows(test.db, 'artist_snapshots', 'capture_runs');
      onlyShort([payload]);
      await capture();
      return known('a');
    };
    await seen({ id: 'a', name: '', images: [] });
    await seen(artist('a', { images: photo, external_urls: {} }));
    const full = await seen({
      id: 'a',
      name: null,
      images: [],
      external_urls: { spotify: 'https://s.example' },
    });
    expect(full).toEqual({
      name: 'A',
      raw_json: {
        id: 'a',
        name: 'A',
        type: 'artist',
        images: photo,
        external_urls: { spotify: 'https://s.example' },
      },
    });
    expect(
      await seen({ id: 'a', name: 'Another name', type: 'artist', images: [{ url: 'https://x.example' }] }),
    ).toEqual(full);
  });

  it('holds genres and followers where an older app is told of them, and keeps them when it no longer is', async () => {
    const older = await startSpotifyStandIn({ listeners: shortListed(), olderApp: true });
    const settings = settingsFor(older);
    const { items } = await listTopArtists(settings, (await connect(older)).accessToken, 'short_term');
    await older.close();
    expect(items[0]?.payload).toMatchObject({
      genres: expect.any(Array),
      followers: { total: expect.any(Number) },
    });

    const [first] = items;
    if (first === undefined) throw new Error('nobody is listed');
    const { artistId, payload } = first;
    await test.db.execute('INSERT INTO artists (artist_id, raw_json, from_spotify) VALUES ($1, $2, true)', [
      artistId,
      JSON.stringify(payload),
    ]);
    await capture();
    expect((await known(artistId)).raw_json).toEqual(payload);
  });
});
