import { beforeEach, describe, expect, it } from 'vitest';
import { computeArchiveFigures, computeListFigures, type Figures } from '../../src/figures/figures.ts';
import { deleteEverything, useDatabase } from '../support/database.ts';
import {
  insertArchiveTracks,
  insertListener,
  insertPlaylist,
  insertSnapshot,
  insertTrack,
  type TrackFields,
} from '../support/factories.ts';

const test = useDatabase();
let alice: number;
let bob: number;

beforeEach(async () => {
  await deleteEverything(test.db);
  alice = await insertListener(test.db, 'alice');
  bob = await insertListener(test.db, 'bob');
});

/** The figures of an archive that holds just these tracks. */
async function figuresOf(...tracks: readonly TrackFields[]): Promise<Figures> {
  for (const track of tracks) await insertArchiveTracks(test.db, alice, [await insertTrack(test.db, track)]);
  return computeArchiveFigures(test.db, alice);
}

const EMPTY: Figures = {
  tracks: 0,
  hidden: 0,
  artists: 0,
  with_features: 0,
  energy: { average: null, known: 0 },
  valence: { average: null, known: 0 },
  danceability: { average: null, known: 0 },
  energy_distribution: { high: 0, medium: 0, low: 0 },
  decades: [],
  release_dates_known: 0,
  explicit: { tracks: 0, known: 0 },
  popularity_known: 0,
  most_popular: [],
  top_artists: [],
};

describe('an empty archive', () => {
  it('has zeros and nulls', async () => {
    expect(await computeArchiveFigures(test.db, alice)).toEqual(EMPTY);
    expect(await computeListFigures(test.db, alice, 'long_term')).toEqual(EMPTY);
  });
});

describe('audio features', () => {
  it('are averaged over the tracks that have them, and say how many those are', async () => {
    const figures = await figuresOf(
      { features: { energy: 0.2, valence: 0.1, danceability: 1 } },
      { features: { energy: 0.6, valence: 0.3 } },
      { features: { tempo: 120 } },
      { features: null },
    );
    expect(figures.tracks).toBe(4);
    expect(figures.with_features).toBe(3);
    expect(figures.energy).toEqual({ average: 0.4, known: 2 });
    expect(figures.valence).toEqual({ average: 0.2, known: 2 });
    expect(figures.danceability).toEqual({ average: 1, known: 1 });
  });

  it('call energy high from 0.8 on, medium from 0.5 on, and low below', async () => {
    const energies = ['1', '0.8', '0.7999999999999999', '0.5', '0.4999999999999999', '0'];
    const figures = await figuresOf(...energies.map((energy) => ({ features: `{"energy": ${energy}}` })));
    expect(figures.energy_distribution).toEqual({ high: 2, medium: 2, low: 2 });
  });

  it.each([
    ['a string', '"0.7"'],
    ['null', 'null'],
    ['an object', '{"value": 0.7}'],
    ['a list', '[0.7]'],
    ['true', 'true'],
    ['a number no float holds', '1e400'],
    ['a negative number no float holds', '-1e400'],
    ['more than there can be', '1.5'],
    ['less than nothing', '-0.1'],
  ])('that are %s count as unknown and break nothing', async (_what, energy) => {
    const figures = await figuresOf(
      { features: `{"energy": ${energy}, "valence": 0.5}` },
      { features: '{"energy": 0.6}' },
    );
    expect(figures.energy).toEqual({ average: 0.6, known: 1 });
    expect(figures.energy_distribution).toEqual({ high: 0, medium: 1, low: 0 });
    expect(figures.valence).toEqual({ average: 0.5, known: 1 });
    expect(figures.with_features).toBe(2);
  });

  it('may be smaller than any float', async () => {
    expect((await figuresOf({ features: '{"energy": 1e-400}' })).energy).toEqual({ average: 0, known: 1 });
  });
});

describe('explicit tracks', () => {
  it('are counted among those of which it is known', async () => {
    const figures = await figuresOf(
      { payload: { explicit: true } },
      { payload: { explicit: false } },
      { payload: { explicit: false } },
      { payload: { explicit: 'true' } },
      { payload: { explicit: null } },
      { payload: {} },
      { payload: null },
    );
    expect(figures.explicit).toEqual({ tracks: 1, known: 3 });
  });
});

describe('release dates', () => {
  it('fall into decades, oldest first', async () => {
    const dates = ['2019-12-31', '2020-01-01', '2024-06-01', '1969-12-31', '1970-01-01', '0999-01-01', null];
    const figures = await figuresOf(...dates.map((releaseDate) => ({ releaseDate })));
    expect(figures.release_dates_known).toBe(6);
    expect(figures.decades).toEqual([
      { decade: 990, tracks: 1 },
      { decade: 1960, tracks: 1 },
      { decade: 1970, tracks: 1 },
      { decade: 2010, tracks: 1 },
      { decade: 2020, tracks: 2 },
    ]);
  });
});

describe('popularity', () => {
  it('orders the ten best known, equals by name, then by id', async () => {
    const figures = await figuresOf(
      { trackId: 'b', name: 'Same', popularity: 50 },
      { trackId: 'a', name: 'Same', popularity: 50 },
      { trackId: 'c', name: 'Another', popularity: 50 },
      { trackId: 'zero', name: 'Unheard', popularity: 0 },
      { trackId: 'unknown', popularity: null },
      ...Array.from({ length: 8 }, (_, n) => ({ trackId: `t${n}`, popularity: 100 - n })),
    );
    expect(figures.popularity_known).toBe(12);
    expect(figures.most_popular.map((track) => track.track_id)).toEqual(
      't0 t1 t2 t3 t4 t5 t6 t7 c a'.split(' '),
    );
    expect(figures.most_popular[0]).toMatchObject({ popularity: 100, name: 'Track t0' });
  });

  it('brings what a cover needs: the album, else its name, else the track', async () => {
    const images = [{ url: 'https://i.scdn.co/large' }, { url: 'https://i.scdn.co/small' }];
    const figures = await figuresOf(
      { trackId: 'one', popularity: 3, albumName: 'Blue', payload: { album: { id: 'alb', images } } },
      { trackId: 'two', popularity: 2, albumName: 'Blue', payload: { album: 'no object' } },
      { trackId: 'three', popularity: 1 },
    );
    expect(figures.most_popular.map((track) => [track.cover_seed, track.thumbnail_url])).toEqual([
      ['alb', 'https://i.scdn.co/small'],
      ['Blue', null],
      ['three', null],
    ]);
  });
});

describe('artists', () => {
  it('are each credited for a track of several, by places in lists and playlists', async () => {
    const duet = await insertTrack(test.db, { artists: ['ann', 'ben'] });
    const solo = await insertTrack(test.db, { artists: ['ben'] });
    const unlisted = await insertTrack(test.db, { artists: ['cem'] });
    await insertSnapshot(test.db, alice, { date: '2026-01-01' }, [[duet, 7], solo]);
    await insertSnapshot(test.db, alice, { date: '2026-02-01', range: 'long_term' }, [[duet, 3]]);
    await insertPlaylist(test.db, alice, { playlistId: 'p' }, [solo]);
    await insertArchiveTracks(test.db, alice, [unlisted]);
    const figures = await computeArchiveFigures(test.db, alice);
    expect(figures.artists).toBe(3);
    expect(figures.top_artists).toEqual([
      { artist_id: 'ben', name: 'BEN', tracks: 2, appearances: 4, best_rank: 2 },
      { artist_id: 'ann', name: 'ANN', tracks: 1, appearances: 2, best_rank: 3 },
      { artist_id: 'cem', name: 'CEM', tracks: 1, appearances: 0, best_rank: null },
    ]);
  });

  it('that are not linked are counted by name, and linked ones not twice', async () => {
    const figures = await figuresOf(
      { artistName: 'Róisín' },
      { artistName: 'Róisín' },
      { artistName: 'Someone else', artists: ['dot'] },
      { artistName: null },
    );
    expect(figures.artists).toBe(2);
    expect(figures.top_artists.map(({ name, tracks }) => [name, tracks])).toEqual([
      ['Róisín', 2],
      ['DOT', 1],
    ]);
  });

  it('without a name have none, rather than a piece of their id', async () => {
    await figuresOf({ artists: ['4tZwfgrHOc3mvqYlEYSvVi'] });
    await test.db.execute('UPDATE artists SET name = NULL');
    const [artist] = (await computeArchiveFigures(test.db, alice)).top_artists;
    expect(artist).toMatchObject({ artist_id: '4tZwfgrHOc3mvqYlEYSvVi', name: null });
  });

  it('are ten at most, in an order that does not waver', async () => {
    const figures = await figuresOf(
      ...Array.from({ length: 12 }, (_, n) => ({ artists: [`artist-${String(n).padStart(2, '0')}`] })),
    );
    expect(figures.artists).toBe(12);
    expect(figures.top_artists.map((artist) => artist.artist_id)).toEqual(
      Array.from({ length: 10 }, (_, n) => `artist-${String(n).padStart(2, '0')}`),
    );
  });
});

describe('whose figures', () => {
  it('are the listener’s own: what Bob has is nothing to Alice', async () => {
    const hers = await insertTrack(test.db, { popularity: 10, artists: ['hers'], releaseDate: '1980-01-01' });
    const shared = await insertTrack(test.db, { popularity: 20, artists: ['both'] });
    const his = await insertTrack(test.db, { popularity: 30, artists: ['his'], features: { energy: 0.9 } });
    await insertSnapshot(test.db, alice, { date: '2026-03-01' }, [hers, shared]);
    await insertSnapshot(test.db, bob, { date: '2026-03-02' }, [his, shared]);
    await insertPlaylist(test.db, bob, { playlistId: 'p' }, [shared, his]);
    for (const figures of [
      await computeArchiveFigures(test.db, alice),
      await computeListFigures(test.db, alice, 'short_term'),
    ]) {
      expect(figures.tracks).toBe(2);
      expect(figures.energy.known).toBe(0);
      expect(figures.most_popular.map((track) => track.track_id)).toEqual([shared, hers]);
      expect(figures.top_artists).toEqual([
        { artist_id: 'both', name: 'BOTH', tracks: 1, appearances: 1, best_rank: 2 },
        { artist_id: 'hers', name: 'HERS', tracks: 1, appearances: 1, best_rank: 1 },
      ]);
    }
  });

  it('speak of the newest list of a range, or of the whole archive', async () => {
    const older = await insertTrack(test.db, { artists: ['old'], features: { energy: 0.1 } });
    const newer = await insertTrack(test.db, { artists: ['new'], features: { energy: 0.9 } });
    const other = await insertTrack(test.db, { artists: ['long'] });
    await insertSnapshot(test.db, alice, { date: '2026-01-01' }, [older, newer]);
    await insertSnapshot(test.db, alice, { date: '2026-02-01' }, [[newer, 4]]);
    await insertSnapshot(test.db, alice, { date: '2026-03-01', range: 'long_term' }, [other]);
    const list = await computeListFigures(test.db, alice, 'short_term');
    expect(list).toMatchObject({ tracks: 1, artists: 1, energy: { average: 0.9, known: 1 } });
    expect(list.top_artists).toMatchObject([{ artist_id: 'new', appearances: 1, best_rank: 4 }]);
    const archive = await computeArchiveFigures(test.db, alice);
    expect(archive).toMatchObject({ tracks: 3, artists: 3, energy: { average: 0.5, known: 2 } });
    expect(archive.top_artists[0]).toMatchObject({ artist_id: 'new', appearances: 2, best_rank: 2 });
    expect(await computeListFigures(test.db, alice, 'medium_term')).toEqual(EMPTY);
  });
});
