import { beforeEach, describe, expect, it } from 'vitest';
import { countPlaysByDay, countPlaysByWeekHour, hoursOfDay } from '../../src/listening/days.ts';
import { findStreaks } from '../../src/listening/streaks.ts';
import { listPlayGaps, listPlays } from '../../src/plays/history.ts';
import { findSpan } from '../../src/listening/span.ts';
import { updateTimezone } from '../../src/users/users.ts';
import { deleteEverything, useDatabase } from '../support/database.ts';
import { drilled } from '../support/drill.ts';
import { insertListener, insertPlays, insertTrack } from '../support/factories.ts';

const test = useDatabase();
let alice: number;

beforeEach(async () => {
  await deleteEverything(test.db);
  alice = await insertListener(test.db, 'alice');
  for (const trackId of ['even', 'odd']) await insertTrack(test.db, { trackId });
});

/** Nights in which clocks change: back over midnight, back to it, back within the day, forward over it, and the day that never was. */
const NIGHTS = [
  ['Atlantic/Azores', '2024-10-27'],
  ['America/Havana', '2024-11-03'],
  ['America/Santiago', '2024-04-07'],
  ['America/Santiago', '2024-09-08'],
  ['America/Asuncion', '2023-10-01'],
  ['America/Asuncion', '2024-03-24'],
  ['Africa/Cairo', '2023-10-27'],
  ['Asia/Beirut', '2023-03-26'],
  ['Asia/Beirut', '2023-10-29'],
  ['Asia/Tehran', '2022-09-22'],
  ['America/Sao_Paulo', '2018-02-18'],
  ['America/Sao_Paulo', '2018-11-04'],
  ['Antarctica/Troll', '2024-10-27'],
  ['Australia/Lord_Howe', '2024-04-07'],
  ['Europe/Berlin', '2024-10-27'],
  ['Asia/Kathmandu', '2024-10-27'],
  ['Pacific/Apia', '2011-12-31'],
] as const;
const SOME_NIGHTS = NIGHTS.filter((_, place) => place % drilled(3, 1) === 0);

/** A play each quarter of an hour for a day on either side: the days of all of them, told one by one by Intl. */
function playAround(zone: string, night: string): { at: string; day: string; hour: number; track: string }[] {
  const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
  const from = Date.parse(`${night}T00:00:00Z`) - 40 * 3_600_000;
  return Array.from({ length: 4 * 80 }, (_, n) => {
    const at = new Date(from + n * 900_000);
    const wall = clock.format(at);
    return {
      at: at.toISOString(),
      day: wall.slice(0, 10),
      hour: Number(wall.slice(11, 13)),
      track: n % 2 === 0 ? 'even' : 'odd',
    };
  });
}

describe.each(SOME_NIGHTS)('in %s, around the night before %s', (timezone, night) => {
  const dayAfter = (day: string, days: number) =>
    new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
  const counted = (days: readonly string[]) =>
    [...new Set(days)].map((day) => ({ day, plays: days.filter((one) => one === day).length }));

  it('every period holds the plays of its days, and no other', async () => {
    const plays = playAround(timezone, night);
    await updateTimezone(test.db, alice, timezone);
    await insertPlays(
      test.db,
      alice,
      plays.map(({ at, track }) => [at, track] as const),
    );
    const listener = { user_id: alice, timezone };
    for (const [from, to] of [
      [night, night],
      [dayAfter(night, -1), dayAfter(night, -1)],
      [dayAfter(night, 1), dayAfter(night, 1)],
      [night, null],
      [null, dayAfter(night, -1)],
      [dayAfter(night, -1), night],
    ] as const) {
      const period = { from, to };
      const inside = plays.filter(({ day }) => (from === null || day >= from) && (to === null || day <= to));
      const what = `${from ?? '…'} to ${to ?? '…'}`;
      const shown = await listPlays(test.db, listener, { ...period, words: null, after: null }, 500);
      expect([what, shown.map((play) => play.played_at.toISOString()).toReversed()]).toEqual([
        what,
        inside.map(({ at }) => at),
      ]);
      expect(
        shown.every((play) =>
          inside.some(({ at, day }) => at === play.played_at.toISOString() && day === play.day),
        ),
      ).toBe(true);
      expect(await countPlaysByDay(test.db, alice, period)).toEqual(counted(inside.map(({ day }) => day)));
      const hours = hoursOfDay(await countPlaysByWeekHour(test.db, alice, period));
      expect(hours.map(({ plays: count }) => count)).toEqual(
        Array.from({ length: 24 }, (_, hour) => inside.filter((play) => play.hour === hour).length),
      );
      const { tracks: most } = await findSpan(test.db, listener, period, 5);
      const own = (track: string) => inside.filter((play) => play.track === track).length;
      for (const { track_id: track, plays: count } of most)
        expect([what, track, count]).toEqual([what, track, own(track)]);
    }
  });

  it('a play in either first half hour of a day goes on with a streak', async () => {
    const plays = playAround(timezone, night);
    await updateTimezone(test.db, alice, timezone);
    const days = [...new Set(plays.map(({ day }) => day))];
    for (const pick of ['first', 'last'] as const) {
      await test.db.execute('DELETE FROM plays');
      const chosen = days.map((day) =>
        pick === 'first'
          ? plays.find((play) => play.day === day)
          : plays.findLast((play) => play.day === day),
      );
      await insertPlays(
        test.db,
        alice,
        chosen.map((play) => [play?.at ?? '', 'even'] as const),
      );
      const { longest, daysWithPlays } = await findStreaks(test.db, { user_id: alice, timezone });
      expect(daysWithPlays).toBe(days.length);
      // (Samoa went without 30 December 2011.)
      expect(longest?.last_day).toBe(days.at(-1));
    }
  });
});

it('a gap belongs to a day that begins twice in both its first half hours', async () => {
  const listener = { user_id: alice, timezone: 'Atlantic/Azores' };
  // 00:15 in summer time, 00:15 again an hour later in winter time.
  await test.db.execute(
    `INSERT INTO play_gaps (user_id, after_played_at, before_played_at)
     VALUES ($1, '2024-10-26T12:00:00Z', '2024-10-27T00:15:00Z'), ($1, '2024-10-27T01:15:00Z', '2024-10-29T12:00:00Z')`,
    [alice],
  );
  expect(await listPlayGaps(test.db, listener, { from: '2024-10-27', to: '2024-10-27' })).toHaveLength(2);
  expect(await listPlayGaps(test.db, listener, { from: null, to: '2024-10-26' })).toHaveLength(1);
});
