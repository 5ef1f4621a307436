import { beforeAll, describe, expect, it } from 'vitest';
import { randomFor } from '../../scripts/invented/random.ts';
import { countPlaysByWeekHour } from '../../src/listening/days.ts';
import { findSessions, SESSION_GAP_MINUTES } from '../../src/listening/sessions.ts';
import { sum } from '../../src/sum.ts';
import { updateTimezone } from '../../src/users/users.ts';
import { useDatabase } from '../support/database.ts';
import { insertListener, insertListens, insertTrack, type Listen } from '../support/factories.ts';

const test = useDatabase();
const random = randomFor(21, 'when');
const ZONES = ['UTC', 'America/Havana', 'Atlantic/Azores', 'Asia/Kathmandu', 'Australia/Lord_Howe'];
const [FIRST, DAY_MS, LENGTH_MS] = [Date.UTC(2023, 9, 20), 86_400_000, 200_000];

let alice: number;
let counted: Date[];

beforeAll(async () => {
  alice = await insertListener(test.db, 'alice');
  const bob = await insertListener(test.db, 'bob');
  for (const trackId of ['a', 'hidden']) await insertTrack(test.db, { trackId });
  const listens: Listen[] = [];
  // Evenings of some plays each, between which a quarter of an hour may be silent, or two.
  for (let at = FIRST; at < FIRST + 400 * DAY_MS; at += Math.floor(random() ** 6 * 2 * DAY_MS) + 1000)
    listens.push({
      at: new Date(at).toISOString(),
      track: random() < 0.1 ? 'hidden' : 'a',
      ms: random() < 0.1 ? 29_999 : LENGTH_MS,
    });
  // At last two with the longest silence that a session has, and one a second later than that.
  const withGap = LENGTH_MS + SESSION_GAP_MINUTES * 60_000;
  for (const since of [0, withGap, 2 * withGap + 1000])
    listens.push({ at: new Date(FIRST + 405 * DAY_MS + since).toISOString(), track: 'a', ms: LENGTH_MS });
  await insertListens(test.db, alice, listens);
  await insertListens(test.db, bob, listens.slice(0, 99));
  await test.db.execute(`INSERT INTO hidden_tracks (user_id, track_id) VALUES ($1, 'hidden')`, [alice]);
  counted = listens
    .filter(({ track, ms }) => track === 'a' && ms === LENGTH_MS)
    .map(({ at }) => new Date(at));
});

type DaySpan = readonly [from: string | null, to: string | null];
const dayAt = (days: number): string => new Date(FIRST + days * DAY_MS).toISOString().slice(0, 10);
function inventSpan(): DaySpan {
  const from = Math.floor(random() * 420) - 10;
  return [dayAt(from), random() < 0.2 ? null : dayAt(from + Math.floor(random() ** 3 * 400))];
}
const spans: DaySpan[] = [
  [null, null],
  ['2023-10-29', '2023-10-29'],
  ...Array.from({ length: 25 }, inventSpan),
];

const clocks = Object.fromEntries(
  ZONES.map((timeZone) => [timeZone, new Intl.DateTimeFormat('sv-SE', { timeZone })]),
);
function isIn(timezone: string, [from, to]: DaySpan, at: Date): boolean {
  const day = clocks[timezone]?.format(at) ?? '';
  return (from === null || day >= from) && (to === null || day <= to);
}
const playsOf = (timezone: string, span: DaySpan): Date[] => counted.filter((at) => isIn(timezone, span, at));

/** Weekday, hour and plays, by what Intl says of each play. */
function byWeekHour(timezone: string, plays: readonly Date[]): [string, string, number][] {
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: timezone, weekday: 'short', hour: '2-digit' });
  const counts = new Map<string, number>();
  for (const at of plays) {
    const parts = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, value]));
    const key = `${['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(parts.weekday ?? '') + 1} ${parts.hour}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, n]) => [...(key.split(' ') as [string, string]), n]);
}

/** All sessions, from play to play; a play begins its length before its end. */
function sessionsOf(plays: readonly Date[]) {
  const sessions: { began: number; ended: number; plays: number }[] = [];
  for (const ended of plays.map(Number)) {
    const [began, last] = [ended - LENGTH_MS, sessions.at(-1)];
    if (last && began - last.ended <= SESSION_GAP_MINUTES * 60_000) {
      last.ended = ended;
      last.plays += 1;
    } else sessions.push({ began, ended, plays: 1 });
  }
  return sessions.map((one) => ({
    began_at: new Date(one.began),
    minutes: Math.round((one.ended - one.began) / 60_000),
    plays: one.plays,
  }));
}

const lowerMedian = (numbers: readonly number[]): number | null =>
  numbers.toSorted((one, other) => one - other)[Math.ceil(numbers.length / 2) - 1] ?? null;

describe.each(ZONES)('in %s', (timezone) => {
  beforeAll(() => updateTimezone(test.db, alice, timezone));

  it('plays are told by the weekday and hour of the listener’s clock', async () => {
    for (const span of spans) {
      const told = await countPlaysByWeekHour(test.db, alice, { from: span[0], to: span[1] });
      const rows = told.map(({ weekday, hour, plays }) => [
        String(weekday),
        String(hour).padStart(2, '0'),
        plays,
      ]);
      expect([span, rows]).toEqual([span, byWeekHour(timezone, playsOf(timezone, span))]);
    }
  });

  it('sessions end where half an hour passes without a play', async () => {
    for (const span of spans) {
      const found = await findSessions(test.db, { user_id: alice, timezone }, { from: span[0], to: span[1] });
      const slow = sessionsOf(counted).filter((one) => isIn(timezone, span, one.began_at));
      const [longest = null] = slow.toSorted(
        (one, other) =>
          other.minutes - one.minutes ||
          other.plays - one.plays ||
          Number(one.began_at) - Number(other.began_at),
      );
      expect([span, found]).toEqual([span, {
        sessions: slow.length,
        longest,
        typical_minutes: lowerMedian(slow.map(({ minutes }) => minutes)),
        typical_plays: lowerMedian(slow.map(({ plays }) => plays)),
      }]); // prettier-ignore
    }
    expect(sum(sessionsOf(counted).map(({ plays }) => plays))).toBe(counted.length);
  });
});
