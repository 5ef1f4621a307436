import { beforeEach, describe, expect, it } from 'vitest';
import {
  countPlaysByDay,
  countPlaysByWeekHour,
  findPlayTotals,
  hoursOfDay,
} from '../../src/listening/days.ts';
import { findStreaks } from '../../src/listening/streaks.ts';
import type { Period } from '../../src/ranges/period.ts';
import { findSpan } from '../../src/listening/span.ts';
import { updateTimezone } from '../../src/users/users.ts';
import { deleteEverything, useDatabase } from '../support/database.ts';
import { insertListener, insertPlays, insertTrack } from '../support/factories.ts';

const test = useDatabase();
let userId: number;
const EVER: Period = { from: null, to: null };

beforeEach(async () => {
  await deleteEverything(test.db);
  userId = await insertListener(test.db, 'a-listener');
  for (const trackId of ['a', 'b', 'c']) await insertTrack(test.db, { trackId });
});

const play = (...plays: (readonly [string, string])[]): Promise<void> => insertPlays(test.db, userId, plays);
const byDay = async (period = EVER) =>
  (await countPlaysByDay(test.db, userId, period)).map(({ day, plays }) => `${day} ${plays}`);
const byHour = async (period = EVER) =>
  hoursOfDay(await countPlaysByWeekHour(test.db, userId, period)).flatMap(({ hour, plays }) =>
    plays === 0 ? [] : [`${hour}: ${plays}`],
  );

/** A play at every quarter of an hour of a span. */
const everyQuarter = (from: string, hours: number) =>
  play(
    ...Array.from(
      { length: hours * 4 },
      (_, n) => [new Date(Date.parse(from) + n * 900_000).toISOString(), 'a'] as const,
    ),
  );

describe('plays of each day and hour', () => {
  it.each([
    ['the day that has 23 hours', 'Europe/Berlin', '2026-03-28T23:00:00Z', '2026-03-29', 23, 2, 0],
    ['the day that has 25 hours', 'Europe/Berlin', '2026-10-24T22:00:00Z', '2026-10-25', 25, 2, 8],
    ['the day that has 23 hours', 'America/New_York', '2026-03-08T05:00:00Z', '2026-03-08', 23, 2, 0],
    ['the day that has 25 hours', 'America/New_York', '2026-11-01T04:00:00Z', '2026-11-01', 25, 1, 8],
    ['a change by half an hour', 'Australia/Lord_Howe', '2026-04-04T13:00:00Z', '2026-04-05', 24.5, 1, 6],
    ['a zone three quarters off', 'Asia/Kathmandu', '2026-04-04T18:15:00Z', '2026-04-05', 24, 2, 4],
  ])('are right on %s (%s)', async (_what, timezone, midnight, day, hours, changed, inThatHour) => {
    await updateTimezone(test.db, userId, timezone);
    // The hour before and the hour after belong to the days beside.
    await everyQuarter(new Date(Date.parse(midnight) - 3_600_000).toISOString(), hours + 2);
    const period = { from: day, to: day };
    expect(await byDay(period)).toEqual([`${day} ${hours * 4}`]);
    expect((await byDay()).map((line) => line.split(' ')[1])).toEqual(['4', `${hours * 4}`, '4']);
    const counts = await byHour(period);
    expect(counts.filter((line) => line.startsWith(`${changed}: `))).toEqual(
      inThatHour === 0 ? [] : [`${changed}: ${inThatHour}`],
    );
    expect(counts).toHaveLength(inThatHour === 0 ? 23 : 24);
  });

  it('are those of a period’s own days, both included, and of nobody else', async () => {
    await updateTimezone(test.db, userId, 'Europe/Berlin');
    await play(
      ['2026-05-01T21:59:59Z', 'a'],
      ['2026-05-01T22:00:00Z', 'a'],
      ['2026-05-03T21:59:59.999Z', 'b'],
    );
    await play(['2026-05-03T22:00:00Z', 'c']);
    const other = await insertListener(test.db, 'another');
    await insertPlays(test.db, other, [['2026-05-02T12:00:00Z', 'a']]);
    const period = { from: '2026-05-02', to: '2026-05-03' };
    expect(await byDay(period)).toEqual(['2026-05-02 1', '2026-05-03 1']);
    expect(await byHour(period)).toEqual(['0: 1', '23: 1']);
    expect((await findPlayTotals(test.db, userId)).plays).toBe(4);
  });
});

describe('what was played most', () => {
  it('is counted for any period, and ever, ties by id', async () => {
    await play(['2025-01-01T10:00:00Z', 'b'], ['2025-01-02T10:00:00Z', 'b'], ['2026-05-01T10:00:00Z', 'a']);
    const most = async (period: Period) =>
      (await findSpan(test.db, { user_id: userId, timezone: 'UTC' }, period, 10)).tracks.map(
        ({ track_id: id, plays }) => `${id} ${plays}`,
      );
    expect(await most(EVER)).toEqual(['b 2', 'a 1']);
    expect(await most({ from: '2025-01-02', to: null })).toEqual(['a 1', 'b 1']);
    expect(await most({ from: null, to: '2025-12-31' })).toEqual(['b 2']);
    expect(await most({ from: '2027-01-01', to: null })).toEqual([]);
  });
});

describe('streaks', () => {
  const streaks = async (timezone = 'UTC') => {
    await updateTimezone(test.db, userId, timezone);
    return findStreaks(test.db, { user_id: userId, timezone });
  };
  const daysAgo = (days: number): string =>
    new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

  it('are days in a row by the listener’s own calendar', async () => {
    await play(['2026-03-01T12:00:00Z', 'a'], ['2026-03-02T12:00:00Z', 'a'], ['2026-03-02T13:00:00Z', 'b']);
    await play(['2026-03-04T23:30:00Z', 'a'], ['2026-03-05T12:00:00Z', 'a'], ['2026-03-06T12:00:00Z', 'a']);
    expect(await streaks()).toEqual({
      current: null,
      longest: expect.objectContaining({
        days: 3,
        first_day: '2026-03-04',
        last_day: '2026-03-06',
      }) as unknown,
      daysWithPlays: 5,
    });
    // In Tokyo the late evening of the 4th is the morning of the 5th.
    expect((await streaks('Asia/Tokyo')).longest).toMatchObject({ days: 2, last_day: '2026-03-06' });
  });

  it.each([
    ['today', 0, 3],
    ['yesterday', 1, 3],
    ['the day before', 2, 0],
  ])('go on if the last play was %s', async (_when, lastDay, current) => {
    await play(...[0, 1, 2].map((n) => [`${daysAgo(lastDay + n)}T00:00:01Z`, 'a'] as const));
    expect((await streaks()).current?.days ?? 0).toBe(current);
  });

  it('are none where nothing was played, and know nothing of the future', async () => {
    expect(await streaks()).toEqual({ current: null, longest: null, daysWithPlays: 0 });
    await play(['2020-01-01T00:00:00Z', 'a'], [`${daysAgo(-40)}T00:00:00Z`, 'a']);
    expect((await streaks()).daysWithPlays).toBe(1);
  });

  it('cross the days on which clocks change', async () => {
    await play(
      ...['03-28', '03-29', '03-30', '10-24', '10-25', '10-26'].map(
        (day) => [`2026-${day}T12:00:00Z`, 'a'] as const,
      ),
    );
    expect(await streaks('Europe/Berlin')).toMatchObject({ longest: { days: 3 }, daysWithPlays: 6 });
  });
});
