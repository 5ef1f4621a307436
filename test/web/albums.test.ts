import { beforeAll, describe, expect, it } from 'vitest';
import { randomFor } from '../../scripts/invented/random.ts';
import { nobody, submit, useCast } from '../support/app.ts';
import { programOf } from '../support/api.ts';
import {
  insertEmptyHistoryImport,
  insertListens,
  insertSnapshot,
  insertTrack,
  type Listen,
} from '../support/factories.ts';

const test = useCast();
const random = randomFor(21, 'albums');
let listens: Listen[];

const LENGTH_MS = 200_000;
const ALBUM = 'harbour';

/** What Spotify says about a track of the album. */
const payload = (disc: number, track: number) => ({
  disc_number: disc,
  track_number: track,
  album: {
    id: ALBUM,
    name: 'Harbour Lights',
    album_type: 'album',
    total_tracks: 12,
    artists: [
      { id: 'ann', name: 'ANN' },
      { id: 'nowhere', name: 'Nobody Here' },
    ],
  },
});
const ON_ALBUM = ['d2t1', 'd1t10', 'd1t2', 'unheard', 'unseen'];

beforeAll(async () => {
  const onAlbum = { albumName: 'Harbour Lights', artistName: 'ANN', artists: ['ann'] };
  for (const [at, trackId] of ON_ALBUM.entries()) {
    const place = /d(\d)t(\d+)/.exec(trackId)?.slice(1).map(Number) ?? [3, at];
    await insertTrack(test.db, { ...onAlbum, trackId, payload: payload(place[0] ?? 0, place[1] ?? 0) });
  }
  await insertTrack(test.db, {
    trackId: 'elsewhere',
    artistName: 'Ann',
    albumName: 'Other',
    artists: ['ann'],
  });
  for (const [trackId, artistName] of [
    ['named1', 'Béa'],
    ['named2', 'BEA'],
    ['others', 'Carl'],
  ] as const)
    await insertTrack(test.db, {
      trackId,
      artistName,
      albumName: trackId === 'named2' ? 'best of' : 'Best Of',
    });
  await insertTrack(test.db, { trackId: 'bobs', artistName: 'Béa', albumName: 'Best Of' });
  await test.db.execute(`UPDATE tracks SET duration_ms = $1`, [LENGTH_MS]);
  const tracks = ['d2t1', 'd1t10', 'd1t2', 'unseen', 'elsewhere', 'named1', 'named2', 'others'];
  listens = Array.from({ length: 600 }, () => ({
    at: new Date(Date.UTC(2012, 0, 1) + Math.floor(random() * 3_000 * 86_400) * 1000).toISOString(),
    track: tracks[Math.floor(random() * tracks.length)] ?? '',
    ms: [null, 29_999, 30_000, Math.floor(random() * 400_000)][Math.floor(random() * 4)] ?? null,
  }));
  await insertListens(test.db, test.aliceId, listens, await insertEmptyHistoryImport(test.db, test.aliceId));
  await insertListens(test.db, test.bobId, [
    ...listens.slice(0, 40),
    { at: '2024-01-01T00:00:00Z', track: 'bobs' },
  ]);
  await insertSnapshot(test.db, test.aliceId, { date: '2024-03-14' }, [
    'elsewhere',
    'd1t2',
    'unheard',
    'unseen',
  ]);
  await insertSnapshot(test.db, test.aliceId, { date: '2024-04-14', range: 'long_term' }, ['d1t2']);
  await test.db.execute(`INSERT INTO hidden_tracks (user_id, track_id) VALUES ($1, 'unseen')`, [
    test.aliceId,
  ]);
});

const wordsOf = (html: string): string => html.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
const pageOf = async (path: string, visitor = test.alice): Promise<string> =>
  (await visitor.get(path).expect(200)).text;
const tracksOn = (html: string): string[] =>
  [...html.matchAll(/class="title" href="\/tracks\/(\w+)"/g)].map(([, id]) => String(id));
const albumIdOf = async (trackId: string, userId = test.aliceId): Promise<string> =>
  (
    await test.db.one<{ album_id: string }>(
      'SELECT album_id FROM library_tracks WHERE user_id = $1 AND track_id = $2',
      [userId, trackId],
    )
  ).album_id;
const pathOf = (albumId: string): string => `/albums/${encodeURIComponent(albumId)}`;

interface Counted {
  readonly track_id: string;
  readonly plays: number;
}

const chartOf = async (path: string): Promise<number> =>
  ((await test.alice.get(path).expect(200)).body as { data: number[] }).data.reduce(
    (sum, plays) => sum + plays,
    0,
  );

/** Counted one by one. */
function countSlowly(tracks: readonly string[], counts: (ms: number | null) => boolean) {
  const of = listens.filter(({ track, ms = null }) => tracks.includes(track) && counts(ms));
  const time = of.reduce((total, { ms }) => total + (ms ?? LENGTH_MS), 0);
  const days = of.map(({ at }) => at).toSorted();
  return { plays: of.length, minutes: Math.round(time / 60_000), first: days[0], last: days.at(-1) };
}

describe('GET /albums/:albumId', () => {
  it.each([
    ['30 seconds', (ms: number | null) => ms === null || ms >= 30_000],
    ['any', () => true],
    ['finished', (ms: number | null) => ms === null || ms >= 0.9 * LENGTH_MS],
  ] as const)('tells what its tracks come to, counted by the rule "%s"', async (rule, counts) => {
    await test.db.execute(`UPDATE users SET counted_plays = $2 WHERE user_id = $1`, [test.aliceId, rule]);
    for (const [albumId, tracks] of [
      [ALBUM, ['d2t1', 'd1t10', 'd1t2']],
      [await albumIdOf('named1'), ['named1', 'named2']],
    ] as const) {
      const told = await pageOf(pathOf(albumId));
      const slow = countSlowly(tracks, counts);
      expect(wordsOf(told)).toContain(`Plays ${slow.plays} Listened about ${slow.minutes} minutes`);
      expect([...told.matchAll(/<time datetime="([^"]+)"/g)].map(([, at]) => at)).toEqual([
        slow.first,
        slow.last,
      ]);
      expect(await chartOf(`/api${pathOf(albumId)}/plays-by-month`)).toBe(slow.plays);
      for (const track of tracks)
        expect(wordsOf(told)).toContain(`${countSlowly([track], counts).plays} plays · about `);
    }
  });

  it('tells programs the same', async () => {
    const program = await programOf(test, { userId: test.aliceId, samples: {} });
    const ask = async (path: string) =>
      (await program.ask(`/albums/${path}`)).json() as Promise<Record<string, unknown>>;
    const slow = countSlowly(['d2t1', 'd1t10', 'd1t2'], (ms) => ms === null || ms >= 0.9 * LENGTH_MS);
    const told = await ask(ALBUM);
    expect(told).toMatchObject({
      plays: slow.plays,
      first_played_at: slow.first,
      last_played_at: slow.last,
      tracks: 4,
    });
    const { items, next } = await ask(`${ALBUM}/tracks?limit=3`);
    const rest = await ask(`${ALBUM}/tracks?after=${String(next)}`);
    const tracks = [...(items as Counted[]), ...(rest.items as Counted[])];
    expect(tracks.map(({ track_id: id }) => id)).toEqual(['d1t2', 'd1t10', 'd2t1', 'unheard']);
    expect(tracks.reduce((sum, { plays }) => sum + plays, 0)).toBe(slow.plays);
  });

  it('shows the tracks of the library in the order of its discs, hidden ones counted only', async () => {
    const told = await pageOf(pathOf(ALBUM));
    expect(tracksOn(told)).toEqual(['d1t2', 'd1t10', 'd2t1', 'unheard']);
    const words = wordsOf(told);
    expect(words).toMatch(/4 of its 12 tracks.*Times listed 3 Best rank 1/);
    expect(words).toMatch(/14 March 2024 to 14 April 2024/);
    expect(words).toContain('1 hidden');
    expect(told).toContain('href="/artists/ann"');
    expect(told).not.toContain('href="/artists/nowhere"');
    expect(words).toContain('Nobody Here');
  });

  it('takes albums of which only names are known together by name and artist', async () => {
    const told = await pageOf(pathOf(await albumIdOf('named1')));
    expect(tracksOn(told)).toEqual(['named1', 'named2']);
    expect(await albumIdOf('others')).not.toBe(await albumIdOf('named1'));
  });

  it('is on the artist’s page, the most played first', async () => {
    const onAlbums = (ids: readonly string[]) =>
      countSlowly(ids, (ms) => ms === null || ms >= 0.9 * LENGTH_MS).plays;
    const page = await pageOf('/artists/ann');
    const albums = [...page.matchAll(/class="title" href="\/albums\/([^"]+)"/g)].map(([, id]) =>
      decodeURIComponent(String(id)),
    );
    expect(albums).toEqual([ALBUM, await albumIdOf('elsewhere')]);
    expect(wordsOf(page)).toMatch(
      new RegExp(`Harbour Lights 4 tracks · .* Plays ${onAlbums(['d2t1', 'd1t10', 'd1t2'])} `),
    );
    expect(wordsOf(page)).toMatch(new RegExp(`Other 1 track · .* Plays ${onAlbums(['elsewhere'])} `));
  });

  it('is where the album’s name leads: of a track, of what is found, of the number one', async () => {
    const other = pathOf(await albumIdOf('elsewhere'));
    for (const path of [
      '/tracks/elsewhere',
      '/search?q=other',
      '/search?q=othr',
      '/dashboard?range=short_term',
    ])
      expect(await pageOf(path)).toContain(`href="${other}"`);
  });

  it('is each listener’s own, and nobody’s without a sign-in', async () => {
    const shared = pathOf(await albumIdOf('named1'));
    expect(tracksOn(await pageOf(shared, test.bob))).toContain('bobs');
    expect(tracksOn(await pageOf(shared))).not.toContain('bobs');
    await insertTrack(test.db, { trackId: 'lone', albumName: 'Of Bob alone' });
    await insertListens(test.db, test.bobId, [{ at: '2024-01-02T00:00:00Z', track: 'lone' }]);
    const lone = pathOf(await albumIdOf('lone', test.bobId));
    await test.bob.get(lone).expect(200);
    for (const missing of [lone, pathOf('no-such-album')]) await test.alice.get(missing).expect(404);
    await test.alice.get(`${pathOf(ALBUM)}?page=2`).expect(404);
    await test.alice.get(`${pathOf(ALBUM)}?page=x`).expect(400);
    expect((await nobody(test).get(pathOf(ALBUM))).headers.location).toMatch(/^\/\?return_to=/);
  });

  it('says where all of it is hidden, and nothing of it', async () => {
    const others = pathOf(await albumIdOf('others'));
    expect((await submit(test.alice, '/tracks/others/hide')).status).toBe(303);
    const words = wordsOf(await pageOf(others));
    expect(words).toMatch(/hidden all of its tracks/);
    expect(words).not.toMatch(/Best Of|Carl/);
    const program = await programOf(test, { userId: test.aliceId, samples: {} });
    expect((await program.ask(others)).status).toBe(404);
  });
});
