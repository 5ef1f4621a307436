import { beforeAll, describe, expect, it } from 'vitest';
import { countChoices } from '../../src/explore/counts.ts';
import { getLibraryValues, refreshArchiveSummary } from '../../src/figures/summary.ts';
import { exploreFilters, SORT_KEYS, type ExploreFilters } from '../../src/explore/filters.ts';
import {
  listExploredTrackIds,
  listExploredTracks,
  listExploredTracksAfter,
  streamExploredTracks,
} from '../../src/explore/tracks.ts';
import { useDatabase } from '../support/database.ts';
import {
  insertArchiveTracks,
  insertListener,
  insertListens,
  insertSnapshot,
  insertTrack,
  type Listen,
} from '../support/factories.ts';

const test = useDatabase();
let alice = 0;

interface Made {
  readonly id: string;
  readonly released: string | null;
  readonly popularity: number | null;
  readonly explicit: boolean | null;
  readonly isrc: boolean | null;
  readonly type: string | null;
  readonly energy: number | null;
  readonly tempo: number | null;
  readonly artist: string | null;
  readonly ranges: readonly string[];
  readonly bestRank: number | null;
  readonly plays: number;
}
const counted = async (userId: number, filters: ExploreFilters) =>
  countChoices(test.db, userId, filters, await getLibraryValues(test.db, userId));

const ARTISTS = ['Beyoncé', '100% Pure_Love\\', 'ДДТ', null] as const;

/** Sixty tracks, each with something known and something not. */
const MADE: readonly Made[] = Array.from({ length: 60 }, (_, n) => ({
  id: `t${String(n).padStart(2, '0')}`,
  released: n % 7 === 0 ? null : `${1960 + n}-06-15`,
  popularity: n % 5 === 0 ? n : null,
  explicit: n % 4 === 0 ? null : n % 4 === 1,
  isrc: n % 4 === 0 ? null : n % 3 === 0,
  type: n % 4 === 0 ? null : (['album', 'single', 'odd "type"'][n % 3] ?? null),
  energy: n % 6 === 0 ? null : (n % 11) / 10,
  tempo: n % 6 === 0 ? null : 60 + n * 2,
  artist: ARTISTS[n % 4] ?? null,
  ranges: [...(n % 2 === 0 ? ['short_term'] : []), ...(n % 3 === 0 ? ['long_term'] : [])],
  bestRank: n % 2 === 0 ? n / 2 + 1 : n % 3 === 0 ? Math.floor(n / 3) + 1 : null,
  plays: n % 3 === 0 ? 0 : n % 8,
}));

/** Shortly before midnight of New Year's Eve in UTC, when it is the next year where Alice is. */
const playsOf = ({ id, plays }: Made): Listen[] =>
  Array.from({ length: plays }, (_, n) => ({
    at: `20${10 + (Number(id.slice(1)) % 10)}-12-31T23:${10 + n}:00Z`,
    track: id,
    ms: 90_000,
  }));
const minutesOf = ({ plays }: Made): number => Math.floor(plays * 1.5);
const firstHeard = ({ id, plays }: Made): string | null =>
  plays === 0 ? null : `20${11 + (Number(id.slice(1)) % 10)}-01-01`;

beforeAll(async () => {
  alice = await insertListener(test.db, 'alice', 'Europe/Berlin');
  for (const made of MADE) await insertMade(made);
  await insertArchiveTracks(
    test.db,
    alice,
    MADE.map(({ id }) => id),
  );
  for (const [range, date] of [
    ['short_term', '2025-03-03'],
    ['long_term', '2025-04-04'],
  ] as const)
    await insertSnapshot(
      test.db,
      alice,
      { date, range },
      MADE.filter(({ ranges }) => ranges.includes(range)).map(({ id }) => id),
    );
  const bob = await insertListener(test.db, 'bob');
  await insertListens(test.db, alice, MADE.flatMap(playsOf));
  await insertArchiveTracks(test.db, bob, ['t01', 't02']);
});

const insertMade = ({
  id,
  released,
  popularity,
  explicit,
  isrc,
  type,
  energy,
  tempo,
  artist,
}: Made): Promise<string> =>
  insertTrack(test.db, {
    trackId: id,
    artistName: artist,
    releaseDate: released,
    popularity,
    payload:
      explicit === null
        ? null
        : { explicit, external_ids: isrc ? { isrc: `X${id}` } : {}, album: { album_type: type } },
    features: energy === null ? null : { energy, tempo },
  });

const between = (value: number | string | null, from: unknown, to: unknown): boolean => {
  if (from === undefined && to === undefined) return true;
  if (value === null) return false;
  const [low, high] = [from ?? value, to ?? value] as (string | number)[];
  return value >= (low ?? value) && value <= (high ?? value);
};
const among = (values: readonly unknown[], value: string | null): boolean =>
  values.length === 0 || (value !== null && values.includes(value));
const yesNo = (value: boolean | null): string | null => (value === null ? null : value ? 'yes' : 'no');

/** The filters once more, one by one, without SQL. */
const RULES: Readonly<Record<string, (made: Made, filters: ExploreFilters) => boolean>> = {
  released: (made, f) => between(made.released, f.released_from, f.released_to),
  popularity: (made, f) => between(made.popularity, f.popularity_from, f.popularity_to),
  energy: (made, f) => between(made.energy, f.energy_from, f.energy_to),
  tempo: (made, f) => between(made.tempo, f.tempo_from, f.tempo_to),
  best_rank: (made, f) => between(made.bestRank, f.best_rank_from, f.best_rank_to),
  plays: (made, f) => between(made.plays, f.plays_from, f.plays_to),
  minutes: (made, f) => between(minutesOf(made), f.minutes_from, f.minutes_to),
  first_played: (made, f) => between(firstHeard(made), f.first_played_from, f.first_played_to),
  explicit: (made, f) => among(f.explicit, yesNo(made.explicit)),
  isrc: (made, f) => among(f.isrc, yesNo(made.isrc)),
  album_type: (made, f) => among(f.album_type, made.type),
  precision: (made, f) => among(f.precision, made.released === null ? null : 'day'),
  range: (made, f) => f.range.length === 0 || f.range.some((range) => made.ranges.includes(range)),
  artist: (made, f) =>
    f.artist === undefined ||
    (made.artist ?? '').toLowerCase().replace('é', 'e').includes(f.artist.toLowerCase().replace('é', 'e')),
};
const passing = (filters: ExploreFilters, but?: string): Made[] =>
  MADE.filter((made) => Object.entries(RULES).every(([name, rule]) => name === but || rule(made, filters)));

const QUERIES: readonly Record<string, string | string[]>[] = [
  {},
  { energy_from: '0.5' },
  { energy_from: '0.3', energy_to: '0.8', released_from: '1970', released_to: '2000' },
  { explicit: 'yes', isrc: 'no' },
  { explicit: ['yes', 'no'], album_type: ['album', 'odd "type"'] },
  { range: 'short_term', best_rank_to: '10', tempo_from: '80' },
  { range: ['short_term', 'long_term'], popularity_from: '10' },
  { artist: 'beyonce', precision: 'day' },
  { artist: '100% pure_love\\', energy_to: '0.9' },
  { plays_from: '1' },
  { plays_to: '0', energy_from: '0.3' },
  { plays_from: '2', plays_to: '6', minutes_from: '4', first_played_from: '2013', first_played_to: '2019' },
  { artist: '%' },
  { artist: '_' },
  { artist: 'ддт', released_to: '1990-06-15' },
  { artist: "' OR 1=1 --" },
  { energy_from: '1', energy_to: '1', tempo_to: '60', popularity_to: '1', precision: 'year' },
];

describe.each(QUERIES)('filters %j', (query) => {
  const filters = exploreFilters.parse(query);

  it('leave the tracks that pass each of them', async () => {
    const ids = await listExploredTrackIds(test.db, alice, filters, 100);
    expect(ids.toSorted()).toEqual(passing(filters).map(({ id }) => id));
    const page = await listExploredTracks(test.db, alice, filters, 1);
    expect(page.map((track) => track.track_id)).toEqual(ids.slice(0, 50));
    const taken: string[] = [];
    for await (const track of streamExploredTracks(test.db, alice, filters)) taken.push(track.track_id);
    expect(taken).toEqual(ids);
  });

  it('are counted: what each choice would leave with the others as they are', async () => {
    const { tracks, left, filters: counts } = await counted(alice, filters);
    expect([tracks, left]).toEqual([60, passing(filters).length]);
    const choices = {
      explicit: ['yes', 'no'],
      isrc: ['yes', 'no'],
      album_type: ['album', 'single', 'odd "type"'],
      range: ['short_term', 'medium_term', 'long_term'],
      precision: ['day'],
    } as const;
    for (const [name, values] of Object.entries(choices)) {
      for (const value of values) {
        const chosen = passing({ ...filters, [name]: [value] }).length;
        const found = counts[name as keyof typeof choices].counts.find((count) => count.value === value);
        expect([name, value, found?.offered ?? 0]).toEqual([name, value, chosen]);
      }
    }
  });

  it('draw what the others leave and what all leave, step by step, and say of how many it is known', async () => {
    const { filters: counts } = await counted(alice, filters);
    for (const name of [
      'energy',
      'tempo',
      'popularity',
      'best_rank',
      'released',
      'plays',
      'first_played',
    ] as const) {
      const value = (made: Made) =>
        name === 'best_rank' ? made.bestRank : name === 'first_played' ? firstHeard(made) : made[name];
      const sum = (of: 'offered' | 'left') =>
        counts[name].counts.reduce((total, count) => total + count[of], 0);
      expect(counts[name].known).toBe(MADE.filter((made) => value(made) !== null).length);
      expect(sum('offered')).toBe(passing(filters, name).filter((made) => value(made) !== null).length);
      expect(sum('left')).toBe(passing(filters).filter((made) => value(made) !== null).length);
    }
  });
});

describe('the order', () => {
  const valuesBy = async (sort: string, column: 'energy' | 'popularity' | 'best_rank') => {
    const tracks = await listExploredTracks(test.db, alice, exploreFilters.parse({ sort }), 1);
    return tracks.map((track) => track[column]);
  };

  it('is either way round, with what is not known last', async () => {
    const known = MADE.map(({ popularity }) => popularity).filter((value) => value !== null);
    expect((await valuesBy('popularity', 'popularity')).slice(0, 13)).toEqual([
      ...known.toSorted((a, b) => a - b),
      null,
    ]);
    expect((await valuesBy('-popularity', 'popularity')).slice(0, 13)).toEqual([
      ...known.toSorted((a, b) => b - a),
      null,
    ]);
  });

  it('may have a second key for what is equal in the first, and is always complete', async () => {
    const filters = exploreFilters.parse({ sort: '-energy', then_by: '-tempo' });
    const tracks = await listExploredTracks(test.db, alice, filters, 1);
    const pairs = tracks.flatMap((track) =>
      track.energy === null ? [] : [[track.energy, track.tempo ?? 0] as const],
    );
    expect(pairs).toEqual(pairs.toSorted((a, b) => b[0] - a[0] || b[1] - a[1]));
    const pages = await Promise.all([1, 2].map((page) => listExploredTracks(test.db, alice, filters, page)));
    expect(new Set(pages.flat().map((track) => track.track_id)).size).toBe(60);
  });
});

describe('a list that goes on after a track', () => {
  it.each(SORT_KEYS.flatMap((key) => [key, `-${key}`]))('is the whole list in parts, by %s', async (sort) => {
    const filters = exploreFilters.parse({ sort, then_by: '-energy' });
    const found: string[] = [];
    for (let after: string | null = null; found.length < MADE.length;) {
      const part = await listExploredTracksAfter(test.db, alice, filters, { after, limit: 7 });
      if (part.length === 0) break;
      found.push(...part.map(({ track_id: id }) => id));
      after = found.at(-1) ?? null;
    }
    expect(found).toEqual(await listExploredTrackIds(test.db, alice, filters, 100));
  });

  it('is empty after what is not the listener’s', async () => {
    const filters = exploreFilters.parse({});
    const wanted = { after: 'nobody-has-this', limit: 7 };
    expect(await listExploredTracksAfter(test.db, alice, filters, wanted)).toEqual([]);
  });
});

it('another listener’s tracks are never among them', async () => {
  const bob = (await test.db.one<{ id: number }>(`SELECT user_id AS id FROM users WHERE spotify_id = 'bob'`))
    .id;
  expect(await listExploredTrackIds(test.db, bob, exploreFilters.parse({}), 100)).toEqual(['t01', 't02']);
  expect(await counted(bob, exploreFilters.parse({}))).toMatchObject({ tracks: 2, left: 2 });
});

it('a play is counted at once, whatever was kept ready before it', async () => {
  await test.db.withTransaction((tx) => refreshArchiveSummary(tx, alice));
  const filters = exploreFilters.parse({ plays_from: '1' });
  const { left } = await counted(alice, filters);
  await insertListens(test.db, alice, [{ at: '2024-01-01T12:00:00Z', track: 't00' }]);
  const counts = await counted(alice, filters);
  expect(counts.left).toBe(left + 1);
  const steps = counts.filters.plays.counts.reduce((sum, step) => sum + step.left, 0);
  expect(steps).toBe(left + 1);
  expect((await counted(alice, exploreFilters.parse({}))).filters.first_played.known).toBe(left + 1);
});
