import { beforeAll, describe, expect, it } from 'vitest';
import { lastDayOfMonth } from '../../src/calendar.ts';
import { randomFor } from '../../scripts/invented/random.ts';
import {
  LASTING_DAYS,
  listDiscoveredTrackIds,
  listDiscoveries,
  listReturned,
} from '../../src/listening/discoveries.ts';
import { updateTimezone } from '../../src/users/users.ts';
import { useDatabase } from '../support/database.ts';
import { insertListener, insertListens, insertTrack, insertTracks } from '../support/factories.ts';

const test = useDatabase();
const random = randomFor(21, 'discoveries');
const ZONES = ['UTC', 'America/Havana', 'Atlantic/Azores', 'Asia/Kathmandu', 'Pacific/Apia'];
const [FIRST, DAY_MS] = [Date.UTC(2010, 10, 20), 86_400_000];
const ARTISTS = 7;
const TRACKS = Array.from({ length: 40 }, (_, n) => `track${n}`);
const artistOf = (track: string): string => `artist${Number(track.slice(5)) % ARTISTS}`;

interface Heard {
  readonly track: string;
  readonly at: Date;
}
let alice: number;
let counted: Heard[];

beforeAll(async () => {
  alice = await insertListener(test.db, 'alice');
  const bob = await insertListener(test.db, 'bob');
  await insertTracks(test.db, TRACKS.map((trackId) => ({ trackId, artists: [artistOf(trackId)] })));
  // Each is played in one or two seasons of its own, with years between them.
  const listens = TRACKS.flatMap((track) =>
    [random(), random()].flatMap((season) =>
      Array.from({ length: 6 }, () => ({
        at: new Date(FIRST + Math.floor((season * 1_500 + random() * 120) * 86_400) * 1000).toISOString(),
        track,
        ms: random() < 0.1 ? 29_999 : 200_000,
      })),
    ),
  );
  // Two more, one of which lasts just long enough.
  for (const [track, seconds] of [['track40', 0], ['track41', -1]] as const) {
    await insertTrack(test.db, { trackId: track, artists: [artistOf(track)] });
    for (const last of [0, LASTING_DAYS * DAY_MS + seconds * 1000])
      listens.push({ at: new Date(FIRST + 40 * DAY_MS + last).toISOString(), track, ms: 200_000 });
  }
  await insertListens(test.db, alice, listens);
  await insertListens(test.db, bob, listens.map((one) => ({ ...one, at: new Date(Date.parse(one.at) - 600 * DAY_MS).toISOString() })));
  await test.db.execute(`INSERT INTO hidden_tracks (user_id, track_id) VALUES ($1, 'track0')`, [alice]);
  counted = listens
    .filter(({ track, ms }) => track !== 'track0' && ms === 200_000)
    .map(({ track, at }) => ({ track, at: new Date(at) }));
}); // prettier-ignore

const dayIn = (timezone: string) => {
  const calendar = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone });
  return (at: Date): string => calendar.format(at);
};
const dayAt = (days: number): string => new Date(FIRST + days * DAY_MS).toISOString().slice(0, 10);
const yearBefore = (day: string): string =>
  `${Number(day.slice(0, 4)) - 1}${day.endsWith('-02-29') ? '-02-28' : day.slice(4)}`;

/** First and last play of each, by what names it. */
function endsOf(nameOf: (track: string) => string): { first: Date; last: Date }[] {
  return [...new Set(counted.map(({ track }) => nameOf(track)))].map((name) => {
    const times = counted.filter(({ track }) => nameOf(track) === name).map(({ at }) => at.getTime());
    return { first: new Date(Math.min(...times)), last: new Date(Math.max(...times)) };
  });
}

describe.each(ZONES)('in %s', (timezone) => {
  const day = dayIn(timezone);
  beforeAll(() => updateTimezone(test.db, alice, timezone));

  it('discoveries are counted in the month of their first play, and last if played much later', async () => {
    for (const [from, to] of [[null, null], [dayAt(200), dayAt(900)], ['2012-01-01', '2012-01-31']] as const) {
      const expected = new Map<string, number[]>();
      for (const [at, nameOf] of [(track: string) => track, artistOf].entries())
        for (const { first, last } of endsOf(nameOf)) {
          if ((from !== null && day(first) < from) || (to !== null && day(first) > to)) continue;
          const counts = expected.get(day(first).slice(0, 7)) ?? [0, 0, 0, 0];
          counts[at * 2]! += 1;
          counts[at * 2 + 1]! += Number(last.getTime() - first.getTime() >= LASTING_DAYS * DAY_MS);
          expected.set(day(first).slice(0, 7), counts);
        }
      const found = await listDiscoveries(test.db, alice, { from, to });
      expect(found.map((one) => [one.month, [one.tracks, one.lasting_tracks, one.artists, one.lasting_artists]])).toEqual(
        [...expected].toSorted(([one], [other]) => (one < other ? -1 : 1)),
      );
    }
  }); // prettier-ignore

  it('what comes back was played in the range, not in the year before it, but earlier', async () => {
    for (let n = 0; n < 25; n += 1) {
      const start = Math.floor(random() * 1_600);
      const last = dayAt(start + Math.floor(random() * 500));
      const from = n % 3 === 0 ? dayAt(start) : `${dayAt(start).slice(0, 7)}-01`;
      const to = n % 3 === 2 ? lastDayOfMonth(last) : last;
      const within = (track: string, first: string, end: string) =>
        counted.filter((one) => one.track === track && day(one.at) >= first && day(one.at) < end).length;
      const expected = TRACKS.map((track) => [track, within(track, from, `${to}~`)] as const)
        .filter(([track, plays]) => plays > 0 && within(track, '0', yearBefore(from)) > 0 && within(track, yearBefore(from), from) === 0)
        .toSorted(([x, a], [y, b]) => b - a || (x < y ? -1 : 1));
      for (const limit of [99, 1]) {
        const found = await listReturned(test.db, { user_id: alice, timezone }, { from, to }, limit);
        const told = found.map((track) => [track.track_id, track.plays]);
        expect([from, to, told]).toEqual([from, to, expected.slice(0, limit)]);
      }
    }
  }); // prettier-ignore

  it('a playlist of discoveries takes the most played of them, as many as it may', async () => {
    const listened = await test.db.many<{ track_id: string; plays: number; ms: number }>(
      `SELECT track_id, plays, (ms_played + about_ms)::float8 AS ms FROM played_tracks WHERE user_id = $1`,
      [alice],
    );
    const [from, to] = [dayAt(200), dayAt(900)];
    const firstOf = (track: string): string =>
      day(new Date(Math.min(...counted.filter((one) => one.track === track).map(({ at }) => at.getTime()))));
    const expected = listened
      .filter(({ track_id: track }) => track !== 'track0' && firstOf(track) >= from && firstOf(track) <= to)
      .toSorted((a, b) => b.plays - a.plays || b.ms - a.ms || (a.track_id < b.track_id ? -1 : 1))
      .map(({ track_id: track }) => track);
    expect(expected.length).toBeGreaterThan(5);
    for (const limit of [1, 3, 99]) {
      const found = await listDiscoveredTrackIds(test.db, { user_id: alice, timezone }, { from, to }, limit);
      expect(found).toEqual(expected.slice(0, limit));
    }
  });
});
