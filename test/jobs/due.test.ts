import { beforeEach, describe, expect, it } from 'vitest';
import { DUE, listDue } from '../../src/jobs/due.ts';
import { recordMissedDays } from '../../src/snapshots/capture-runs.ts';
import { drilled } from '../support/drill.ts';
import { insertListener } from '../support/factories.ts';
import { useSimulatedClock } from '../support/simulated-clock.ts';
import { deleteEverybody, useDatabase } from '../support/database.ts';

const test = useDatabase();
const clock = useSimulatedClock(test);
let listener: number;

beforeEach(async () => {
  await deleteEverybody(test.db);
  await clock.set('2026-01-01T00:00:00Z');
  listener = await connected('a-listener', 'UTC');
});

async function connected(spotifyId: string, timezone: string): Promise<number> {
  const userId = await insertListener(test.db, spotifyId, timezone);
  await test.db.execute(
    `INSERT INTO spotify_connections (user_id, refresh_token, scope, authorized_at) VALUES ($1, 'sealed', '', now())`,
    [userId],
  );
  return userId;
}

const dueAt = async (instant: string): Promise<boolean> => {
  await clock.set(instant);
  return (await listDue(test.db, 'capture')).includes(listener);
};
const run = (outcome: string, date: string, kinds = ['tracks', 'artists']) =>
  test.db.execute(
    `INSERT INTO capture_runs (user_id, snapshot_date, outcome, kind, started_at, finished_at)
     SELECT $1, $2, $3, kind, now(), now() FROM unnest($4::text[]) AS kind`,
    [listener, date, outcome, kinds],
  );

/** Every minute of a day in New York, as the worker sees it: on which of them is a capture due, if each succeeds? */
async function capturesFrom(start: string, hours: number, timezone: string): Promise<string[]> {
  await test.db.execute('UPDATE users SET timezone = $2 WHERE user_id = $1', [listener, timezone]);
  const captured: string[] = [];
  for (let minute = 0; minute < hours * 60; minute += 15) {
    await clock.set(new Date(Date.parse(start) + minute * 60_000).toISOString());
    if ((await listDue(test.db, 'capture')).length === 0) continue;
    const { date } = await test.db.one<{ date: string }>(`SELECT (now() AT TIME ZONE $1)::date AS date`, [
      timezone,
    ]);
    await run('kept', date);
    captured.push(date);
  }
  return captured;
}

const MINUTES = ['00:00', '00:30', '01:30', '02:15', '02:30', '03:00', '19:59'];

/** On which clocks change, and a minute that is there twice that day, or not at all. */
const DAYS = [
  ['2026-03-08T00:00:00', 'America/New_York', '2026-03-08T05:00:00Z', 23, '02:30'],
  ['2026-11-01T00:00:00', 'America/New_York', '2026-11-01T04:00:00Z', 25, '01:30'],
  ['2026-03-28T22:00:00', 'Asia/Beirut', '2026-03-28T22:00:00Z', 23, '00:30'],
  ['2026-10-04T00:00:00', 'Australia/Lord_Howe', '2026-10-03T13:30:00Z', 23.5, '02:15'],
] satisfies [string, string, string, number, string][];

describe('a capture is due', () => {
  it('from the listener’s own minute on, which is always the same and differs between listeners', async () => {
    const { time } = await test.db.one<{ time: string }>('SELECT capture_time($1::bigint)::text AS time', [
      listener,
    ]);
    expect(await dueAt(`2026-03-05T${time}Z`)).toBe(true);
    expect(await dueAt(new Date(Date.parse(`2026-03-05T${time}Z`) - 60_000).toISOString())).toBe(false);
    expect(await dueAt('2026-03-05T23:59:00Z')).toBe(true);
    const times = await test.db.many(
      `SELECT DISTINCT capture_time(user_id) FROM generate_series(1::bigint, 200) AS user_id
       WHERE capture_time(user_id) < '20:00'`,
    );
    expect(times.length).toBeGreaterThan(150);
  });

  it.each(drilled(DAYS.slice(0, 2), DAYS))(
    'once on the day clocks change (%s in %s), at whatever minute',
    async (_day, timezone, start, hours, odd) => {
      for (const minute of drilled([odd, '19:59'], MINUTES)) {
        await test.db.execute('DELETE FROM capture_runs');
        await test.db.execute(
          `CREATE OR REPLACE FUNCTION capture_time(user_id bigint) RETURNS time LANGUAGE sql IMMUTABLE RETURN time '${minute}'`,
        );
        expect([minute, (await capturesFrom(start, hours, timezone)).length]).toEqual([minute, 1]);
      }
    },
  );

  it('again after a failure, later each time, until it works; a new connection tries at once', async () => {
    await clock.set('2026-03-05T20:00:00Z');
    await run('failed', '2026-03-05');
    expect(await dueAt('2026-03-05T20:04:00Z')).toBe(false);
    expect(await dueAt('2026-03-05T20:06:00Z')).toBe(true);
    await run('failed', '2026-03-05');
    expect(await dueAt('2026-03-05T20:14:00Z')).toBe(false);
    await test.db.execute('UPDATE spotify_connections SET authorized_at = now()');
    expect(await dueAt('2026-03-05T20:15:00Z')).toBe(true);
    await run('kept', '2026-03-05');
    expect(await dueAt('2026-03-05T23:00:00Z')).toBe(false);
    expect(await dueAt('2026-03-06T20:00:00Z')).toBe(true);
  });

  it('never while paused, unconnected, or before Spotify’s “not before”', async () => {
    expect(await dueAt('2026-03-05T20:00:00Z')).toBe(true);
    await test.db.execute('UPDATE users SET paused_at = now()');
    expect(await dueAt('2026-03-05T20:00:00Z')).toBe(false);
    await test.db.execute('UPDATE users SET paused_at = NULL');
    await test.db.execute(`INSERT INTO spotify_limits VALUES ('api', now() + interval '1 hour')`);
    expect([await dueAt('2026-03-05T20:59:00Z'), await dueAt('2026-03-05T21:00:00Z')]).toEqual([false, true]);
    await test.db.execute('UPDATE spotify_connections SET refresh_token = NULL');
    expect(await dueAt('2026-03-05T22:00:00Z')).toBe(false);
    expect(await listDue(test.db, 'plays')).toEqual([]);
  });

  it('as long as one kind of lists is missing, and is another job each time one is kept or fails', async () => {
    const jobAt = async (instant: string) => {
      await clock.set(instant);
      const [due] = await test.db.many<{ due_for: string }>(DUE.capture, [[], null]);
      return due?.due_for;
    };
    const jobs = [await jobAt('2026-03-05T20:00:00Z')];
    await run('kept', '2026-03-05', ['tracks']);
    jobs.push(await jobAt('2026-03-05T20:01:00Z'));
    await run('failed', '2026-03-05', ['artists']);
    expect(await jobAt('2026-03-05T20:05:00Z')).toBeUndefined();
    jobs.push(await jobAt('2026-03-05T20:06:00Z'));
    expect(new Set(jobs.filter((job) => job !== undefined)).size).toBe(3);
    await run('empty', '2026-03-05', ['artists']);
    expect(await jobAt('2026-03-05T21:00:00Z')).toBeUndefined();
  });

  it('for everybody else where one listener’s time zone is nonsense', async () => {
    const poisoned = await connected('poisoned', 'Nowhere/At all');
    await clock.set('2026-03-05T20:00:00Z');
    expect(await listDue(test.db, 'capture')).toEqual([listener, poisoned]);
  });
});

describe('a day that is over', () => {
  const missed = () =>
    test.db.many<{ day: string; failure: string }>(
      `SELECT snapshot_date AS day, failure FROM capture_runs WHERE outcome = 'missed' AND kind = 'tracks' ORDER BY 1`,
    );

  it('and on which nothing was kept is told of once, with the reason', async () => {
    await clock.set('2026-03-05T20:00:00Z');
    await run('kept', '2026-03-05');
    await clock.set('2026-03-08T01:00:00Z');
    await recordMissedDays(test.db);
    expect((await missed()).map(({ day }) => day)).toEqual(['2026-03-06', '2026-03-07']);
    await test.db.execute('UPDATE spotify_connections SET refresh_token = NULL');
    await clock.set('2026-03-09T01:00:00Z');
    await recordMissedDays(test.db);
    await recordMissedDays(test.db);
    expect(await missed()).toHaveLength(3);
    expect((await missed()).at(-1)?.failure).toContain('connect again');
  });

  it('is told of for each kind by itself, from that kind’s first run on', async () => {
    const missedKinds = () =>
      test.db.many(
        `SELECT kind, snapshot_date AS day FROM capture_runs WHERE outcome = 'missed' ORDER BY 2, 1`,
      );
    await clock.set('2026-03-05T20:00:00Z');
    await run('kept', '2026-03-05', ['tracks']);
    await clock.set('2026-03-07T20:00:00Z');
    await recordMissedDays(test.db);
    expect(await missedKinds()).toEqual([{ kind: 'tracks', day: '2026-03-06' }]);
    await run('kept', '2026-03-07', ['tracks']);
    await run('failed', '2026-03-07', ['artists']);
    await clock.set('2026-03-08T20:00:00Z');
    await recordMissedDays(test.db);
    expect((await missedKinds()).slice(1)).toEqual([{ kind: 'artists', day: '2026-03-07' }]);
  });
});

describe('a clock that is put back', () => {
  it('puts nothing off: neither plays, nor a capture that failed by the wrong hour', async () => {
    const { time } = await test.db.one<{ time: string }>('SELECT capture_time($1::bigint)::text AS time', [
      listener,
    ]);
    const due = Date.parse(`2026-03-05T${time}Z`);
    await clock.set(new Date(due + 3_600_000));
    await run('failed', '2026-03-05');
    await test.db.execute(
      `INSERT INTO play_polls (user_id, polled_at, next_poll_at) VALUES ($1, now(), now() + interval '10 minutes')`,
      [listener],
    );
    expect([await listDue(test.db, 'capture'), await listDue(test.db, 'plays')]).toEqual([[], []]);
    // So long a statement may wait before it looks: what another worker did meanwhile is not due.
    await clock.set(new Date(due + 3_600_000 - 10_000));
    expect([await listDue(test.db, 'capture'), await listDue(test.db, 'plays')]).toEqual([[], []]);
    await clock.set(new Date(due));
    expect(await listDue(test.db, 'capture')).toHaveLength(1);
    expect(await listDue(test.db, 'plays')).toHaveLength(1);
  });
});
