import { beforeAll, describe, expect, it } from 'vitest';
import { listArtistRanks } from '../../src/snapshots/artist-ranks.ts';
import { readTime, type ChosenTime } from '../../src/snapshots/chosen-time.ts';
import { movementOf } from '../../src/snapshots/movement.ts';
import { findTopArtists, listTimeArtists } from '../../src/snapshots/top-artists.ts';
import { useDatabase } from '../support/database.ts';
import { listStrayDerived } from '../support/derived.ts';
import { insertArtistSnapshot, insertListener } from '../support/factories.ts';

const test = useDatabase();
let alice: number;
let bob: number;

beforeAll(async () => {
  alice = await insertListener(test.db, 'alice');
  bob = await insertListener(test.db, 'bob');
  await insertArtistSnapshot(test.db, alice, { date: '2026-01-10' }, ['ann', 'ben', 'cleo', 'hid']);
  await insertArtistSnapshot(test.db, alice, { date: '2026-01-20' }, ['hid', 'ben', ['ann', 4]]);
  await insertArtistSnapshot(test.db, alice, { date: '2026-02-01' }, [
    'ben',
    'hid',
    'dora',
    'ann',
    'cleo',
    ['eve', null],
  ]);
  await insertArtistSnapshot(test.db, alice, { date: '2026-01-20', range: 'long_term' }, ['zoe']);
  await insertArtistSnapshot(test.db, bob, { date: '2026-02-02' }, ['ann', 'bobs']);
  await test.db.execute(`INSERT INTO hidden_artists (user_id, artist_id) VALUES ($1, 'hid')`, [alice]);
});

describe('the top artists', () => {
  it('are those of the newest list, by Spotify’s own ranks, with how each moved; hidden ones are left out', async () => {
    const list = await findTopArtists(test.db, alice, 'short_term', 10);
    expect(list).toMatchObject({ snapshotDate: '2026-02-01', previousDate: '2026-01-20' });
    expect(
      list?.entries.map((entry) => [entry.artist_id, entry.name, entry.rank, movementOf(entry, list)]),
    ).toEqual([
      ['ben', 'BEN', 1, { kind: 'up', places: 1 }],
      ['dora', 'DORA', 3, { kind: 'new' }],
      ['ann', 'ANN', 4, { kind: 'same' }],
      ['cleo', 'CLEO', 5, { kind: 'back', months: 0 }],
      ['eve', 'EVE', null, { kind: 'new' }],
    ]);
    expect((await findTopArtists(test.db, alice, 'short_term', 2))?.entries).toHaveLength(2);
  });

  it('of the first list have nothing to be compared with; of no list there are none', async () => {
    const first = await findTopArtists(test.db, alice, 'long_term', 10);
    expect(first).toMatchObject({ previousDate: null, entries: [{ artist_id: 'zoe', previous_rank: null }] });
    expect(await findTopArtists(test.db, alice, 'medium_term', 10)).toBeNull();
  });
});

const at = (text: string) => ({ time: readTime(text) as ChosenTime, timeRange: 'short_term' as const });

describe('the artists of a time', () => {
  it('are a day’s in Spotify’s own order', async () => {
    const { lists, entries } = await listTimeArtists(test.db, alice, at('2026-01-20'), 10);
    expect([lists, entries.map((entry) => [entry.artist_id, entry.position])]).toEqual([
      1,
      [
        ['ben', 2],
        ['ann', 4],
      ],
    ]);
  });

  it('are a month’s and a year’s by the points of its lists', async () => {
    const january = await listTimeArtists(test.db, alice, at('2026-01'), 10);
    expect(january.lists).toBe(2);
    expect(january.entries.map(({ artist_id: id, points, position }) => [id, points, position])).toEqual([
      ['ben', 49 + 49, 1],
      ['ann', 50 + 47, 2],
      ['cleo', 48, 3],
    ]);
    const year = await listTimeArtists(test.db, alice, at('2026'), 2);
    expect(year.entries.map(({ artist_id: id, listings }) => [id, listings])).toEqual([
      ['ben', 3],
      ['ann', 3],
    ]);
  });

  it('are none where no list is kept, and nobody else’s', async () => {
    expect(await listTimeArtists(test.db, alice, at('2026-02-02'), 10)).toEqual({ lists: 0, entries: [] });
    expect(
      (await listTimeArtists(test.db, bob, at('2026'), 10)).entries.map((entry) => entry.artist_id),
    ).toEqual(['ann', 'bobs']);
  });
});

describe('an artist’s rank history', () => {
  it('has every day with a list of the range, and the rank on it', async () => {
    const [short, medium, long] = await listArtistRanks(test.db, alice, 'cleo');
    expect(short).toEqual({
      timeRange: 'short_term',
      dates: ['2026-01-10', '2026-01-20', '2026-02-01'],
      ranks: [3, null, 5],
      listed: [true, false, true],
    });
    expect(medium).toMatchObject({ dates: [] });
    expect(long).toMatchObject({ dates: ['2026-01-20'], listed: [false] });
  });

  it('tells a rank that is not known from no place at all', async () => {
    const [short] = await listArtistRanks(test.db, alice, 'eve');
    expect(short).toMatchObject({ ranks: [null, null, null], listed: [false, false, true] });
  });
});

describe('what is kept of lists of artists', () => {
  it.each([
    ['more of a list', () => insertArtistSnapshot(test.db, alice, { date: '2026-02-01' }, [['fay', 9]])],
    [
      'another rank, day and artist',
      () =>
        test.db.execute(
          `UPDATE artist_snapshots SET rank = 7, snapshot_date = '2025-12-31',
             artist_id = CASE artist_id WHEN 'ann' THEN 'zoe' ELSE artist_id END
           WHERE user_id = $1 AND snapshot_date = '2026-01-10'`,
          [alice],
        ),
    ],
    [
      'a day that is deleted',
      () =>
        test.db.execute(`DELETE FROM artist_snapshots WHERE user_id = $1 AND snapshot_date = '2026-01-20'`, [
          alice,
        ]),
    ],
  ])('follows them: %s', async (_what, change: () => Promise<unknown>) => {
    const kept = () => test.db.many('TABLE artist_snapshot_periods');
    const before = await kept();
    await change();
    expect(await kept()).not.toEqual(before);
    expect(await listStrayDerived(test.db)).toEqual([]);
  });
});
