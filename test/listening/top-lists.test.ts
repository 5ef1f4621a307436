import { beforeAll, describe, expect, it } from 'vitest';
import { lastDayOfMonth } from '../../src/calendar.ts';
import { findRangeTally } from '../../src/listening/days.ts';
import { sum } from '../../src/sum.ts';
import { randomFor } from '../../scripts/invented/random.ts';
import { TOP_KINDS, TOP_ORDERS, type TopKind } from '../../src/listening/played-in-period.ts';
import { findPlaces, listTop, type TopOf } from '../../src/listening/top-lists.ts';
import { updateTimezone } from '../../src/users/users.ts';
import { useDatabase } from '../support/database.ts';
import { insertListener, insertListens, insertTrack, type Listen } from '../support/factories.ts';

const test = useDatabase();
const random = randomFor(21, 'top lists');
const one = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
/** Where days begin twice, or late, or never. */
const ZONES = ['UTC', 'America/Havana', 'Atlantic/Azores', 'Asia/Kathmandu', 'Pacific/Apia'];
const LENGTH_MS = 200_000;
const FIRST = Date.UTC(2010, 10, 20);
const DAY_MS = 86_400_000;

interface Known {
  readonly artists: readonly string[];
  readonly album: string | null;
}
const TRACKS: Readonly<Record<string, Known>> = {
  a: { artists: ['ann'], album: 'Dawn' },
  b: { artists: ['ann', 'ben'], album: 'Dawn' },
  c: { artists: ['ben'], album: 'Dusk' },
  d: { artists: ['cat'], album: null },
  e: { artists: ['dan', 'cat'], album: 'Dusk' },
  hidden: { artists: ['ann', 'eve'], album: 'Dawn' },
};

let alice: number;
let listens: Listen[];
let leastMs = 30_000;

beforeAll(async () => {
  alice = await insertListener(test.db, 'alice');
  const bob = await insertListener(test.db, 'bob');
  for (const [trackId, { artists, album }] of Object.entries(TRACKS))
    await insertTrack(test.db, {
      trackId,
      artists,
      artistName: artists[0] ?? '',
      ...(album !== null && { albumName: album, payload: { album: { id: album } } }),
    });
  await test.db.execute(
    `UPDATE tracks SET duration_ms = $1, album_name = CASE WHEN track_id <> 'd' THEN album_name END`,
    [LENGTH_MS],
  );
  listens = Array.from({ length: 1_500 }, () => ({
    at: new Date(FIRST + Math.floor(random() * 900 * 86_400) * 1000).toISOString(),
    track: one(Object.keys(TRACKS)),
    ms: one([null, 29_999, 30_000, 60_000, Math.floor(random() * 400_000)]),
  }));
  await insertListens(test.db, alice, listens);
  await insertListens(test.db, bob, listens.slice(0, 70));
  await test.db.execute(`INSERT INTO hidden_tracks (user_id, track_id) VALUES ($1, 'hidden')`, [alice]);
});

type Slow = readonly [id: string, plays: number, ms: number];

/** Counted play by play, by the days that Intl tells. */
function countSlowly(timezone: string, [from, to]: DaySpan, { kind, order }: TopOf): Slow[] {
  const calendar = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone });
  const sums = new Map<string, [number, number]>();
  for (const { at, track, ms = null } of listens) {
    const day = calendar.format(new Date(at));
    const outside = (from !== null && day < from) || (to !== null && day > to);
    if (outside || track === 'hidden' || (ms !== null && ms < leastMs)) continue;
    for (const id of idsOf(kind, track)) {
      const [plays, played] = sums.get(id) ?? [0, 0];
      sums.set(id, [plays + 1, played + (ms ?? LENGTH_MS)]);
    }
  }
  const by = order === 'plays' ? ([1, 2] as const) : ([2, 1] as const);
  return [...sums]
    .map(([id, tally]): Slow => [id, ...tally])
    .toSorted((x, y) => y[by[0]] - x[by[0]] || y[by[1]] - x[by[1]] || (x[0] < y[0] ? -1 : 1));
}

function idsOf(kind: TopKind, track: string): readonly string[] {
  const { artists, album } = TRACKS[track] as Known;
  if (kind === 'tracks') return [track];
  return kind === 'artists' ? artists : [album].filter((id) => id !== null);
}

type DaySpan = readonly [from: string | null, to: string | null];
const dayAt = (days: number): string => new Date(FIRST + days * DAY_MS).toISOString().slice(0, 10);

function inventSpan(): DaySpan {
  const from = Math.floor(random() * 950) - 20;
  const days = dayAt(from + Math.floor(random() * one([1, 10, 70, 400, 900])));
  const firstOfMonth = `${dayAt(from).slice(0, 7)}-01`;
  return one([
    [dayAt(from), days],
    [dayAt(from), days],
    [dayAt(from), null],
    [firstOfMonth, lastDayOfMonth(days)],
    [null, lastDayOfMonth(days)],
    [firstOfMonth, days],
  ] as const);
}

const OF = TOP_KINDS.flatMap((kind) => TOP_ORDERS.map((order) => ({ kind, order })));

describe.each(ZONES)('in %s', (timezone) => {
  beforeAll(() => updateTimezone(test.db, alice, timezone));

  it('all plays of a range come to what they are', async () => {
    const listener = { user_id: alice, timezone };
    for (const span of [[null, null] as const, ...Array.from({ length: 15 }, inventSpan)]) {
      const slow = countSlowly(timezone, span, { kind: 'tracks', order: 'plays' });
      const tally = await findRangeTally(test.db, listener, { from: span[0], to: span[1] });
      expect([span, tally.plays, tally.ms_played + tally.about_ms]).toEqual([
        span,
        sum(slow.map(([, plays]) => plays)),
        sum(slow.map(([, , ms]) => ms)),
      ]);
    }
  });

  it.each(OF)('the top $kind by $order are those that the plays of the days come to', async (of) => {
    const listener = { user_id: alice, timezone };
    const spans: DaySpan[] = [
      [null, null],
      ['2011-01-01', '2011-12-31'],
      ...Array.from({ length: 15 }, inventSpan),
    ];
    for (const span of spans) {
      const [from, to] = span;
      const slow = countSlowly(timezone, span, of);
      const top = await listTop(test.db, listener, { from, to }, { ...of, limit: 4 });
      expect([span, top.map((row) => [row.id, row.plays, row.ms_played + row.about_ms])]).toEqual([
        span,
        slow.slice(0, 4),
      ]);
      expect(top.map(({ place }) => place)).toEqual(slow.slice(0, 4).map((_, index) => index + 1));
      if (from === null || to === null) continue;
      const ids = ['a', 'c', 'hidden', 'ann', 'cat', 'eve', 'Dawn', 'Dusk'];
      const places = await findPlaces(test.db, listener, { from, to }, { ...of, ids });
      const expected = slow.flatMap(([id, plays], at) => (ids.includes(id) ? [[id, at + 1, plays]] : []));
      const found = [...places.values()].map(({ id, place, plays }) => [id, place, plays]);
      expect([span, found.toSorted((x, y) => Number(x[1]) - Number(y[1]))]).toEqual([span, expected]);
    }
  });
});

it.each(OF)('the top $kind by $order are counted by the rule of their listener', async (of) => {
  await updateTimezone(test.db, alice, 'UTC');
  await test.db.execute(`UPDATE users SET counted_plays = 'finished' WHERE user_id = $1`, [alice]);
  leastMs = 0.9 * LENGTH_MS;
  for (const span of Array.from({ length: 10 }, inventSpan)) {
    const [from, to] = span;
    const top = await listTop(
      test.db,
      { user_id: alice, timezone: 'UTC' },
      { from, to },
      { ...of, limit: 4 },
    );
    expect([span, top.map((row) => [row.id, row.plays, row.ms_played + row.about_ms])]).toEqual([
      span,
      countSlowly('UTC', span, of).slice(0, 4),
    ]);
  }
});

it('an album shows the cover and names of its track played most, an artist their picture', async () => {
  const [album] = await listTop(test.db, { user_id: alice, timezone: 'UTC' }, { from: null, to: null }, {
    kind: 'albums', order: 'plays', limit: 1,
  }); // prettier-ignore
  expect(album).toMatchObject({ album_id: 'Dawn', name: 'Dawn', cover_seed: 'Dawn', artist_name: 'ann' });
});
