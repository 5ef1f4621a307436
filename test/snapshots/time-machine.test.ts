import { beforeAll, describe, expect, it } from 'vitest';
import { findBump } from '../../src/snapshots/bump.ts';
import { ALL_TIME, readTime, type ChosenTime } from '../../src/snapshots/chosen-time.ts';
import { compareLists, type Comparison } from '../../src/snapshots/comparison.ts';
import { findFavourites } from '../../src/snapshots/favourites.ts';
import type { ListOf } from '../../src/snapshots/list-source.ts';
import { listAnniversaries } from '../../src/snapshots/on-this-day.ts';
import { computeTimeFigures } from '../../src/snapshots/time-figures.ts';
import { listEntries, listPeriodTrackIds, listSnapshotTrackIds } from '../../src/snapshots/time-list.ts';
import { findCalendar, findSurroundings, listMonths } from '../../src/snapshots/timeline.ts';
import { listYearLeaders } from '../../src/snapshots/years.ts';
import { useDatabase } from '../support/database.ts';
import { insertListener, insertSnapshot, insertTracks } from '../support/factories.ts';

const test = useDatabase();
let alice = 0;
let bob = 0;

const time = (text: string): ChosenTime => readTime(text) as ChosenTime;
const short = (text: string): ListOf => ({ time: time(text), timeRange: 'short_term' });
const ALL: ListOf = { time: ALL_TIME, timeRange: 'short_term' };

/** Letters are tracks; of a, b, c and d something is known. */
beforeAll(async () => {
  alice = await insertListener(test.db, 'alice');
  bob = await insertListener(test.db, 'bob');
  const known: Record<string, object> = {
    a: { features: { energy: 0.9, valence: 0.8, danceability: 0.1 }, artists: ['ann', 'ben'] },
    b: { features: { energy: 0.9, valence: 0.5 }, artists: ['ann'] },
    c: { features: { energy: 0.5, valence: 0.51 }, artistName: 'No link' },
    d: { features: { energy: 0.1, valence: 0.1 } },
  };
  await insertTracks(
    test.db,
    'abcdefghijklmnopqrstuvwxyz'.split('').map((letter) => ({
      trackId: letter,
      name: letter.toUpperCase(),
      ...known[letter],
    })),
  );
  await insertSnapshot(test.db, alice, { date: '2022-06-10' }, 'xyabc'.split(''));
  await insertSnapshot(test.db, alice, { date: '2024-03-01' }, 'abcde'.split(''));
  await insertSnapshot(test.db, alice, { date: '2024-03-14' }, 'bacfg'.split(''));
  await insertSnapshot(test.db, alice, { date: '2024-05-02' }, 'gbhij'.split(''));
  await insertSnapshot(test.db, alice, { date: '2026-11-01' }, 'khbal'.split(''));
  await insertSnapshot(test.db, alice, { date: '2026-11-01', range: 'long_term' }, 'ky'.split(''));
  await insertSnapshot(test.db, bob, { date: '2024-03-14' }, ['z']);
});

const lettersOf = (rows: readonly { track_id: string }[]): string => rows.map((row) => row.track_id).join('');

describe('the timeline', () => {
  it('tells every month with a snapshot of the range, and the days of one', async () => {
    expect(await listMonths(test.db, alice, 'short_term')).toEqual([
      { month: '2022-06-01', snapshots: 1 },
      { month: '2024-03-01', snapshots: 2 },
      { month: '2024-05-01', snapshots: 1 },
      { month: '2026-11-01', snapshots: 1 },
    ]);
    expect(await listMonths(test.db, alice, 'medium_term')).toEqual([]);
    const calendar = {
      years: ['2022', '2024', '2026'],
      months: [
        { month: '2024-03-01', snapshots: 2 },
        { month: '2024-05-01', snapshots: 1 },
      ],
    };
    expect(await findCalendar(test.db, alice, short('2024'))).toEqual({ ...calendar, days: [] });
    for (const text of ['2024-03', '2024-03-20'])
      expect(await findCalendar(test.db, alice, short(text))).toEqual({
        ...calendar,
        days: ['2024-03-01', '2024-03-14'],
      });
    const nothing = { years: [], months: [], days: [] };
    expect(await findCalendar(test.db, 0, short('9999-12-31'))).toEqual(nothing);
  });

  it.each([
    ['2024-03-14', { snapshots: 1, before: '2024-03-01', after: '2024-05-02' }],
    ['2024-03-10', { snapshots: 0, before: '2024-03-01', after: '2024-03-14' }],
    ['2024', { snapshots: 3, before: '2022-06-10', after: '2026-11-01' }],
    ['2000-01', { snapshots: 0, before: null, after: '2022-06-10' }],
    ['2030', { snapshots: 0, before: '2026-11-01', after: null }],
  ])('knows what lies in and around %s', async (text, expected) => {
    const latest = '2026-11-01';
    expect(await findSurroundings(test.db, alice, short(text))).toEqual({ ...expected, latest });
  });
});

describe('the list', () => {
  it('of a day is as it was kept, and says where each stands in another', async () => {
    const entries = await listEntries(test.db, alice, short('2024-03-14'), '2026-11-01');
    expect(lettersOf(entries)).toBe('bacfg');
    expect(entries.map((entry) => entry.other_position)).toEqual([3, 4, null, null, null]);
    expect(entries.map((entry) => entry.listed_in_other)).toEqual([true, true, false, false, false]);
  });

  it('of a period adds up points, and the better best rank decides between equals', async () => {
    const march = await listEntries(test.db, alice, short('2024-03'), '2026-11-01');
    expect(march.map(({ track_id: id, points }) => `${id}${points}`)).toEqual(
      'a99 b99 c96 d47 f47 e46 g46'.split(' '),
    );
    expect(march.map(({ position }) => position)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    const year = await listEntries(test.db, alice, short('2024'), '2026-11-01');
    expect(year.slice(0, 4).map(({ track_id: id, points }) => `${id}${points}`)).toEqual(
      'b148 a99 g96 c96'.split(' '),
    );
    expect(year[0]).toMatchObject({ best_rank: 1, listings: 3 });
  });

  it('gives its ids, best first, for a playlist; nothing for a day without a snapshot or another listener', async () => {
    const day = { date: '2024-03-14', timeRange: 'short_term' } as const;
    expect(await listSnapshotTrackIds(test.db, alice, day, 3)).toEqual('bac'.split(''));
    expect(await listSnapshotTrackIds(test.db, alice, { ...day, date: '2024-03-13' }, 3)).toEqual([]);
    expect(await listSnapshotTrackIds(test.db, bob, day, 50)).toEqual(['z']);
    const period = { year: 2024, timeRange: 'short_term' } as const;
    expect((await listPeriodTrackIds(test.db, alice, period, 4)).join('')).toBe('bagc');
    expect((await listPeriodTrackIds(test.db, alice, { ...period, month: 3 }, 2)).join('')).toBe('ab');
    expect(await listPeriodTrackIds(test.db, alice, { ...period, year: 2025 }, 2)).toEqual([]);
    for (const wrong of [
      { month: 13 },
      { month: 0 },
      { year: 0 },
      { year: 99_999 },
      { year: -1 },
      { year: 1.5 },
    ])
      await expect(listPeriodTrackIds(test.db, alice, { ...period, ...wrong }, 2)).rejects.toThrow(
        RangeError,
      );
  });

  it('of a period is cut at fifty, of a day shown up to two hundred', async () => {
    const carol = await insertListener(test.db, 'carol');
    await test.db.execute(
      `INSERT INTO tracks (track_id, name) SELECT 'many-' || n, 'Many ' || n FROM generate_series(1, 300) AS n`,
    );
    await test.db.execute(
      `INSERT INTO snapshots (user_id, snapshot_date, time_range, track_id, rank)
       SELECT $1, '2024-03-14', 'short_term', 'many-' || n, n FROM generate_series(1, 300) AS n`,
      [carol],
    );
    const day = await listEntries(test.db, carol, short('2024-03-14'), '2024-03-14');
    expect([day.length, day[199]?.track_id]).toEqual([200, 'many-200']);
    expect(await listEntries(test.db, carol, short('2024'), '2024-03-14')).toHaveLength(50);
    expect((await computeTimeFigures(test.db, carol, short('2024-03-14'))).tracks).toBe(300);
    const { onBoth, overlap } = await compareLists(test.db, carol, short('2024'), '2024-03-14');
    expect([onBoth, overlap]).toEqual([50, 1]);
  });
});

const said = ({ groups }: Comparison): Record<string, string> =>
  Object.fromEntries(groups.map(({ change, tracks, total }) => [change, `${total}:${lettersOf(tracks)}`]));

describe('a comparison', () => {
  it('goes from the earlier list to the later', async () => {
    const forth = await compareLists(test.db, alice, short('2024-03-01'), '2024-03-14');
    expect(said(forth)).toEqual({ new: '2:fg', gone: '2:de', climbed: '1:b', fallen: '1:a', stayed: '1:c' });
    expect(forth).toMatchObject({ earlierTracks: 5, laterTracks: 5, onBoth: 3, overlap: 0.6 });
    const back = await compareLists(test.db, alice, short('2024-03-14'), '2024-03-01');
    expect(said(back)).toEqual(said(forth));
    expect(back.groups[2]?.tracks[0]).toMatchObject({ earlier_position: 2, later_position: 1 });
  });

  it('puts a period beside the newest list', async () => {
    const compared = await compareLists(test.db, alice, short('2024'), '2026-11-01');
    expect(said(compared)).toMatchObject({ new: '2:kl', climbed: '1:h', fallen: '2:ba', stayed: '0:' });
    expect(compared.overlap).toBe(3 / 5);
  });

  it('counts an unknown rank as having stayed', async () => {
    const dora = await insertListener(test.db, 'dora');
    await insertSnapshot(test.db, dora, { date: '2024-01-01' }, [['a', null]]);
    await insertSnapshot(test.db, dora, { date: '2024-01-02' }, [['a', 1]]);
    expect(said(await compareLists(test.db, dora, short('2024-01-01'), '2024-01-02'))).toMatchObject({
      stayed: '1:a',
    });
  });
});

describe('the figures of a list', () => {
  it('say how it sounds and from how many tracks, and place it in four moods', async () => {
    const figures = await computeTimeFigures(test.db, alice, short('2024-03-01'));
    expect(figures).toMatchObject({
      tracks: 5,
      danceability: { average: 0.1, known: 1 },
      moods_known: 4,
      moods: { happy: 1, angry: 1, calm: 1, sad: 1 },
    });
    expect(figures.energy.known).toBe(4);
    expect(figures.energy.average).toBeCloseTo(0.6, 12);
  });

  it('rank artists by the points of their tracks, linked or named', async () => {
    const { top_artists: artists } = await computeTimeFigures(test.db, alice, short('2024-03-01'));
    expect(artists).toEqual([
      { artist_id: 'ann', name: 'ANN', points: 99, tracks: 2 },
      { artist_id: 'ben', name: 'BEN', points: 50, tracks: 1 },
      { artist_id: null, name: 'No link', points: 48, tracks: 1 },
    ]);
  });
});

describe('the way of the top ten', () => {
  it('goes by days in a month, by months in a year, by years in all', async () => {
    const month = await findBump(test.db, alice, short('2024-03'));
    expect(month.steps).toEqual(['2024-03-01', '2024-03-14']);
    expect(month.lines.find((line) => line.track_id === 'b')?.positions).toEqual([2, 1]);
    expect(month.lines.find((line) => line.track_id === 'd')?.positions).toEqual([4, null]);
    const year = await findBump(test.db, alice, short('2024'));
    expect(year.steps).toEqual(['2024-03', '2024-05']);
    expect(year.lines[0]).toMatchObject({ track_id: 'b', name: 'B', positions: [2, 2] });
    const all = await findBump(test.db, alice, ALL);
    expect(all.steps).toEqual(['2022', '2024', '2026']);
    expect(all.lines).toHaveLength(10);
    expect(all.lines[0]).toMatchObject({ track_id: 'b', positions: [4, 1, 3] });
  });
});

describe('favourites', () => {
  it('are forgotten once no list of any range had them for a year', async () => {
    expect(lettersOf((await findFavourites(test.db, alice, ALL)).forgotten)).toBe('gxcdfiej');
    expect(lettersOf((await findFavourites(test.db, alice, short('2022'))).forgotten)).toBe('xc');
    expect(lettersOf((await findFavourites(test.db, alice, short('2024-03-14'))).forgotten)).toBe('cfg');
    expect((await findFavourites(test.db, alice, short('2026'))).forgotten).toEqual([]);
  });

  it('are still with you when the newest list has them and they are known for a year', async () => {
    expect(lettersOf((await findFavourites(test.db, alice, ALL)).lasting)).toBe('abh');
    expect(lettersOf((await findFavourites(test.db, alice, short('2022'))).lasting)).toBe('ab');
    expect(lettersOf((await findFavourites(test.db, alice, short('2026-11-01'))).lasting)).toBe('bah');
  });
});

describe('years and days', () => {
  it('have a number one each', async () => {
    const leaders = await listYearLeaders(test.db, alice, 'short_term');
    expect(leaders.map(({ year, track_id: id }) => `${year}${id}`)).toEqual(['2026k', '2024b', '2022x']);
  });

  it('tell what was on top one, two and five years ago, from a snapshot at most a week away', async () => {
    const ago = async (today: string): Promise<string[]> =>
      (await listAnniversaries(test.db, alice, 'short_term', today)).map(
        (one) => `${one.years_ago} ${one.anniversary} ${one.snapshot_date} ${one.track_id}`,
      );
    expect(await ago('2025-03-14')).toEqual(['1 2024-03-14 2024-03-14 b']);
    expect(await ago('2026-03-08')).toEqual(['2 2024-03-08 2024-03-14 b']);
    expect(await ago('2027-06-17')).toEqual(['5 2022-06-17 2022-06-10 x']);
    expect(await ago('2027-06-18')).toEqual([]);
    expect(await listAnniversaries(test.db, bob, 'long_term', '2025-03-14')).toEqual([]);
    expect(await ago('2024-02-29')).toEqual([]);
  });
});
