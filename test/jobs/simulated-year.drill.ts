import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  startSpotifyStandIn,
  type RecordedCall,
  type SpotifyStandIn,
  type StandInPlay,
} from '../../scripts/spotify-stand-in/server.ts';
import { createDb, type Db } from '../../src/db.ts';
import { listDue } from '../../src/jobs/due.ts';
import { takeJobs } from '../../src/jobs/job-leases.ts';
import { runRound } from '../../src/jobs/worker.ts';
import { findConnectionHealth } from '../../src/users/connection-health.ts';
import type { SpotifyAccess } from '../../src/users/access-token.ts';
import { saveConnection } from '../../src/users/connections.ts';
import { useDatabase } from '../support/database.ts';
import { HANGS_MS } from '../support/drill.ts';
import { insertArchiveTracks, insertListener, insertTrack } from '../support/factories.ts';
import { useSimulatedClock } from '../support/simulated-clock.ts';
import { connect, settingsFor } from '../support/spotify-sign-in.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

const DAYS = 365;
const [MINUTE_MS, HOUR_MS, DAY_MS] = [60_000, 3_600_000, 86_400_000];
const STEP_MS = 30 * MINUTE_MS;
/** After a first failure a capture waits five minutes. */
const AGAIN_MS = 6 * MINUTE_MS;
/**
 * On most days the workers wake up once, at an hour at which it is late enough for all three, so that a year passes in
 * a minute or two; around each misfortune, and with SIMULATED_STEPS=all the whole year through (hours), they do so every half hour.
 */
const AWAKE_HOUR = 18;
const EVERY_HALF_HOUR = process.env.SIMULATED_STEPS === 'all';
const BEGINNING = Date.parse('2026-03-01T00:00:00Z');
const AZORES_CLOCK_CHANGE = Date.parse('2026-10-25T00:00:00Z');
const dayAt = (part: number): number => BEGINNING + Math.round(DAYS * part) * DAY_MS;
const DEAD_MS = 2 * DAY_MS;
const PENALTY_SECONDS = 6 * 3600;
const QUOTA_SECONDS = 20 * 3600;
const ENRICHMENT = { features: null, payloadsPerDay: 50 };
const tokenKeys = [{ id: 't1', key: randomBytes(32) }];
const PLACES = 3 * 5;

/** As little of a track as will do: a year has some fifteen thousand plays. */
const slimTrack = (n: number): object => ({
  id: `song${n}`,
  name: `Song ${n}`,
  type: 'track',
  uri: `spotify:track:song${n}`,
  artists: [{ id: `artist${n % 7}`, name: `Artist ${n % 7}` }],
});

interface Person {
  readonly id: string;
  readonly timezone: string;
  /** By which their days are counted: their own, or UTC while the database does not know it. */
  zoneUsed: string;
  userId: number;
  /** Everything they have ever played, oldest first. */
  readonly history: StandInPlay[];
  /** When their consent was withdrawn; null: it stands. */
  deadSince: number | null;
  /** What must be there in the end: the days, the plays, the gaps. */
  readonly days: Set<string>;
  readonly plays: Set<string>;
  readonly gaps: string[];
}
const person = (id: string, timezone: string): Person => ({
  id,
  timezone,
  zoneUsed: timezone,
  userId: 0,
  history: [],
  deadSince: null,
  days: new Set(),
  plays: new Set(),
  gaps: [],
});

describe(`${DAYS} days of captures and plays for four listeners`, { timeout: 3 * HOUR_MS }, () => {
  const test = useDatabase();
  const clock = useSimulatedClock(test);
  const people = [
    person('ann', 'America/New_York'),
    person('ben', 'Asia/Kolkata'),
    person('cleo', 'Pacific/Auckland'),
    // Where the day on which clocks are put back begins twice.
    person('dina', 'Atlantic/Azores'),
  ];
  let spotify: SpotifyStandIn;
  let access: SpotifyAccess;
  let proxy: TcpProxy;
  const workers: Db[] = [];
  /** What the stand-in has answered and we have looked at. */
  let seen = 0;

  beforeAll(async () => {
    await clock.set(new Date(BEGINNING));
    spotify = await startSpotifyStandIn({
      clock: clock.now,
      listeners: people.map(({ id, history }) => ({
        id,
        displayName: id,
        topTracks: { short_term: some(0), medium_term: some(3), long_term: some(6) },
        recentlyPlayed: (now) => upTo(history, now),
      })),
    });
    access = { settings: settingsFor(spotify), tokenKeys };
    proxy = await startTcpProxy(test.url);
    await proxy.forward();
    for (const url of [test.url, proxy.url])
      workers.push(createDb({ url, poolMin: 0, poolMax: 4, applicationName: 'sim-worker' }));
    for (const one of people) {
      one.userId = await insertListener(test.db, one.id, one.timezone);
      await agree(one);
    }
  });
  afterAll(async () => {
    for (const db of workers) await db.close();
    await proxy.close();
    await spotify.close();
  });

  const some = (from: number): object[] => Array.from({ length: 5 }, (_, n) => slimTrack(from + n));
  const agree = async (one: Person): Promise<void> => {
    spotify.signInAs(one.id);
    await saveConnection(test.db, one.userId, tokenKeys, await connect(spotify));
    one.deadSince = null;
  };
  const chance = (seed: string): number =>
    createHash('sha256').update(seed).digest().readUInt32BE() / 2 ** 32;

  /** Seven songs in about every eighth half hour; now and then on a phone that comes online hours later. */
  const listen = (one: Person, from: number): void => {
    if (chance(`${one.id} ${from}`) > 0.12) return;
    const late = chance(`late ${one.id} ${from}`) < 0.2;
    for (let song = 0; song < 7; song += 1) {
      one.history.push({
        track: slimTrack(Math.floor(chance(`${one.id} ${from} ${song}`) * 100)),
        played_at: new Date(from + song * 4 * MINUTE_MS).toISOString(),
        context: null,
        ...(late ? { arrives_at: new Date(from + 5 * HOUR_MS).toISOString() } : {}),
      });
    }
  };

  const round = async (db: Db, at: number): Promise<void> => {
    await clock.set(new Date(at + 1_000));
    await runRound(db, access, ENRICHMENT);
  };

  /** What a busy machine let fail is due again, to a worker that wakes up every few seconds. */
  const tryAgain = async (at: number): Promise<void> => {
    await clock.set(new Date(at));
    if ((await listDue(test.db, 'capture')).length === 0) return;
    triedAgain += 1;
    await round(workers[0] as Db, at);
  };
  let triedAgain = 0;

  /** The pages Spotify has given out since we last looked: whatever is in one must be kept. */
  const lookAtPages = (): void => {
    for (const call of spotify.calls.slice(seen)) {
      const one = people.find(({ id }) => id === call.listenerId);
      if (!one || call.path !== '/v1/me/player/recently-played' || call.status !== 200) continue;
      const instant = call.at.toISOString();
      const page = upTo(one.history, call.at)
        .filter(({ played_at, arrives_at = played_at }) => arrives_at <= instant)
        .slice(-50);
      const oldest = page[0]?.played_at ?? '';
      if (page.length === 50 && !one.plays.has(oldest)) {
        const before = [...one.plays]
          .filter((at) => at < oldest)
          .toSorted()
          .at(-1);
        if (before !== undefined) one.gaps.push(`${before} to ${oldest}`);
      }
      for (const { played_at: at, arrives_at } of page) {
        if (arrives_at !== undefined && !one.plays.has(at)) lateKept += 1;
        one.plays.add(at);
      }
    }
    seen = spotify.calls.length;
  };

  let lateKept = 0;
  let penaltyEnds = 0;
  const lookAtPenalties = (): void => {
    for (const { status, at, path } of spotify.calls.slice(penaltiesSeen))
      if (status === 429 && !isSingleRead(path))
        penaltyEnds = Math.max(penaltyEnds, at.getTime() + PENALTY_SECONDS * 1000);
    penaltiesSeen = spotify.calls.length;
  };
  let penaltiesSeen = 0;
  const wallClock = (at: number, timeZone: string): { day: string; time: string } => {
    const parts = new Intl.DateTimeFormat('sv-SE', {
      timeZone,
      dateStyle: 'short',
      timeStyle: 'medium',
    }).format(at);
    return { day: parts.slice(0, 10), time: parts.slice(11) };
  };

  it('end with exactly the days, the plays and the gaps there must be, and no call too early', async () => {
    const captureTimes = new Map<string, string>();
    for (const one of people) {
      const row = await test.db.one<{ time: string }>('SELECT capture_time($1::bigint)::text AS time', [
        one.userId,
      ]);
      captureTimes.set(one.id, row.time);
    }
    const deaths = new Map([
      [dayAt(0.2), people[0]],
      [dayAt(0.7), people[1]],
    ]);
    const [limitedFrom, limitedTo] = [dayAt(0.4), dayAt(0.4) + Math.min(7, Math.ceil(DAYS * 0.1)) * DAY_MS];
    const [abandoned, terminated, restarted] = [dayAt(0.1), dayAt(0.6), dayAt(0.9)].map(
      (day) => day + 20.5 * HOUR_MS,
    ) as [number, number, number];
    const [zoneLost, zoneFound] = [dayAt(0.5), dayAt(0.5) + 30 * DAY_MS];
    const quotaDay = dayAt(0.3) + AWAKE_HOUR * HOUR_MS;
    const misfortunes = [
      ...deaths.keys(),
      quotaDay,
      AZORES_CLOCK_CHANGE,
      zoneLost,
      zoneFound,
      limitedFrom,
      limitedTo,
      abandoned,
      terminated,
      restarted,
    ];

    for (let at = BEGINNING; at < BEGINNING + DAYS * DAY_MS; at += STEP_MS) {
      people.forEach((one) => listen(one, at - STEP_MS));
      if (!isAwake(at, misfortunes)) continue;
      await clock.set(new Date(at));
      const dead = deaths.get(at);
      if (dead) {
        dead.deadSince = at;
        spotify.revoke(dead.id);
        spotify.expireAccessTokens();
      }
      const ben = people[1] as Person;
      if (at === zoneLost) await chooseZone(ben, 'Mars/Olympus', 'UTC');
      if (at === zoneFound) await chooseZone(ben, ben.timezone, ben.timezone);
      if (at === quotaDay) await useUpQuota(people[0] as Person);
      if (at === limitedFrom)
        spotify.fail({ on: '/v1/', kind: 'rate-limit', retryAfter: PENALTY_SECONDS, quotaExceeded: true });
      if (at === limitedTo) spotify.heal();
      for (const one of people) {
        // Ann and Ben come back after two days; Cleo connects again as soon as she is warned.
        const { state } = await findConnectionHealth(test.db, one.userId);
        const gone = one.deadSince !== null && at >= one.deadSince + DEAD_MS;
        if (gone || state === 'expiring') await agree(one);
      }
      const working = await misfortune(at, { abandoned, terminated, restarted });
      if (!working) continue;
      lookAtPenalties();
      const limited = (at >= limitedFrom && at < limitedTo) || at < penaltyEnds;
      for (const one of people) {
        const { day, time } = wallClock(at, one.zoneUsed);
        if (one.deadSince === null && !limited && time >= (captureTimes.get(one.id) ?? '')) one.days.add(day);
      }
      if (Math.floor(at / STEP_MS) % 5 === 0) await Promise.all(workers.map((worker) => round(worker, at)));
      else await round(workers[Math.floor(at / STEP_MS) % 2] as Db, at);
      await tryAgain(at + AGAIN_MS);
      lookAtPages();
    }

    for (const one of people) await compare(one);
    // What fails at first as a rule is no hiccup.
    expect(triedAgain).toBeLessThan(DAYS / 20);
    expect(callsTooEarly(spotify.calls)).toEqual([]);
    const refusals = spotify.calls.filter(({ path, status }) => path === '/api/token' && status === 400);
    // Each dead token is tried once more a day later, and then thrown away.
    expect(refusals).toHaveLength(4);
    expect(lateKept).toBeGreaterThan(100);
    const reads = spotify.calls.filter(({ path }) => isSingleRead(path)).map(({ at }) => at.getTime());
    expect(reads[0]).toBeLessThan(quotaDay + 3 * HOUR_MS);
    expect(reads[1]).toBeGreaterThan((reads[0] ?? 0) + QUOTA_SECONDS * 1000);
    expect(people.flatMap(({ gaps }) => gaps).length).toBeGreaterThan(0);
  });

  /** As if another database had taken the place of this one: it knows the zone no more, or again. */
  async function chooseZone(one: Person, timezone: string, used: string): Promise<void> {
    await test.db.execute('UPDATE users SET timezone = $2 WHERE user_id = $1', [one.userId, timezone]);
    one.zoneUsed = used;
  }

  /** A track of an old archive without a payload, and the quota for such reads gone at the first one. */
  async function useUpQuota({ userId }: Person): Promise<void> {
    const trackId = '0'.repeat(22);
    await insertTrack(test.db, { trackId, name: 'As the old file has it' });
    await insertArchiveTracks(test.db, userId, [trackId]);
    spotify.fail({
      on: 'track',
      kind: 'rate-limit',
      retryAfter: QUOTA_SECONDS - 0.5,
      quotaExceeded: true,
      times: 'once',
    });
  }

  /** The bad days. Answers whether a worker is there to work this half hour. */
  async function misfortune(
    at: number,
    when: {
      abandoned?: number | undefined;
      terminated?: number | undefined;
      restarted?: number | undefined;
    },
  ): Promise<boolean> {
    const [first, second] = workers as [Db, Db];
    if (at === when.abandoned) {
      // Killed with its jobs in hand: they are nobody's until their leases end.
      await clock.set(new Date(at + 1_000));
      for (const job of ['capture', 'plays'] as const) await takeJobs(first, job, await listDue(first, job));
      return false;
    }
    if (at === when.terminated || at === when.restarted) {
      // In the middle of a call to Spotify the connections to the database are gone.
      await test.db.execute(`UPDATE play_polls SET next_poll_at = now()`);
      spotify.fail({ on: 'recently-played', kind: 'silence', times: 3 });
      const calls = spotify.calls.length;
      const broken = round(second, at).catch((error: unknown) => error);
      await vi.waitUntil(() => spotify.calls.length > calls, { timeout: HANGS_MS });
      if (at === when.terminated) {
        await test.db.execute(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE application_name = 'sim-worker' AND datname = current_database()`,
        );
      } else await proxy.refuse();
      await broken;
      await proxy.forward();
      spotify.heal();
      return false;
    }
    return true;
  }

  async function compare(one: Person): Promise<void> {
    for (const [kind, table] of [
      ['tracks', 'snapshots'],
      ['artists', 'artist_snapshots'],
    ] as const) {
      const days = await test.db.many<{ day: string; places: number }>(
        `SELECT snapshot_date AS day, count(*)::int AS places FROM ${table} WHERE user_id = $1 GROUP BY 1 ORDER BY 1`,
        [one.userId],
      );
      const missed = await test.db.many(
        `SELECT snapshot_date AS day, failure FROM capture_runs
         WHERE user_id = $1 AND kind = $2 AND outcome = 'missed' ORDER BY 1`,
        [one.userId, kind],
      );
      expect([one.id, kind, days], `missed: ${JSON.stringify(missed)}`).toEqual([
        one.id,
        kind,
        [...one.days].toSorted().map((day) => ({ day, places: PLACES })),
      ]);
      const runs = await test.db.many<{ day: string; outcome: string }>(
        `SELECT snapshot_date AS day, outcome FROM capture_runs
           WHERE user_id = $1 AND kind = $2 AND outcome <> 'failed' ORDER BY 1`,
        [one.userId, kind],
      );
      // Each day that is over is told of once, as kept or as missed.
      expect(new Set(runs.map(({ day }) => day)).size).toBe(runs.length);
      expect(runs.filter(({ outcome }) => outcome === 'kept').map(({ day }) => day)).toEqual(
        [...one.days].toSorted(),
      );
    }
    const plays = await test.db.many<{ at: Date }>(
      'SELECT played_at AS at FROM plays WHERE user_id = $1 ORDER BY 1',
      [one.userId],
    );
    expect([one.id, plays.map(({ at }) => at.toISOString())]).toEqual([one.id, [...one.plays].toSorted()]);
    const gaps = await test.db.many<{ after: Date; before: Date }>(
      `SELECT after_played_at AS after, before_played_at AS before FROM play_gaps WHERE user_id = $1 ORDER BY 1`,
      [one.userId],
    );
    expect(gaps.map(({ after, before }) => `${after.toISOString()} to ${before.toISOString()}`)).toEqual(
      one.gaps,
    );
    // Whatever was played outside of the gaps is there.
    const lost = one.history
      .filter(({ arrives_at }) => arrives_at === undefined)
      .map(({ played_at: at }) => at)
      .filter((at) => !one.plays.has(at) && at < (plays.at(-1)?.at.toISOString() ?? ''));
    const inGaps = lost.filter((at) =>
      gaps.some(({ after, before }) => at > after.toISOString() && at < before.toISOString()),
    );
    const beforeTheFirst = lost.filter((at) => at < (plays[0]?.at.toISOString() ?? ''));
    expect(inGaps.length + beforeTheFirst.length).toBe(lost.length);
  }
});

/** Once a day, and from just before a misfortune until three hours after it every half hour. */
const isAwake = (at: number, misfortunes: readonly number[]): boolean =>
  EVERY_HALF_HOUR ||
  at % DAY_MS === AWAKE_HOUR * HOUR_MS ||
  misfortunes.some((when) => at >= when - STEP_MS && at <= when + 3 * HOUR_MS);

/** What was played until then; histories only ever grow at their end. */
function upTo(history: readonly StandInPlay[], now: Date): readonly StandInPlay[] {
  const instant = now.toISOString();
  let end = history.length;
  while (end > 0 && (history[end - 1] as StandInPlay).played_at > instant) end -= 1;
  return history.slice(Math.max(0, end - 150), end);
}

/** A quota closes its own family of calls alone. */
const FAMILIES = ['/v1/me/top/', '/v1/me/player/', '/api/token'];

/** Calls made while a 429 answered earlier to one of their family was still to be waited out. */
const callsTooEarly = (calls: readonly RecordedCall[]): string[] =>
  FAMILIES.flatMap((family) => tooEarly(calls.filter(({ path }) => path.startsWith(family))));

function tooEarly(calls: readonly RecordedCall[]): string[] {
  let [told, notBefore] = [0, 0];
  return calls.flatMap((call) => {
    const at = call.at.getTime();
    const early = at > told && at < notBefore && !isSignIn(call);
    if (call.status === 429 && !isSingleRead(call.path))
      [told, notBefore] = [at, Math.max(notBefore, at + PENALTY_SECONDS * 1000)];
    return early ? [`${call.at.toISOString()} ${call.path}`] : [];
  });
}

/** What has a quota of its own, which is nobody else's business. */
const isSingleRead = (path: string): boolean => path.startsWith('/v1/tracks/');

/** The test itself plays the listener's browser here. */
const isSignIn = ({ path, grantType }: RecordedCall): boolean =>
  path === '/authorize' || grantType === 'authorization_code';
