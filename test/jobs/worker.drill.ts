import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDb, type Db } from '../../src/db.ts';
import { finishJob, giveJobBack, takeJobs, type TakenJob } from '../../src/jobs/job-leases.ts';
import { runRound, startWorker } from '../../src/jobs/worker.ts';
import { deleteEverything, deleteRows } from '../support/database.ts';
import { ALICE, BOB } from '../support/app.ts';
import { useConnected } from '../support/connected.ts';
import { HANGS_MS } from '../support/drill.ts';
import { nodeArguments } from '../support/run-script.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';

const test = useConnected();
let [alice, bob] = [0, 0];

beforeAll(async () => {
  // Every minute of the day is late enough.
  await test.db.execute(
    `CREATE OR REPLACE FUNCTION capture_time(user_id bigint) RETURNS time LANGUAGE sql IMMUTABLE RETURN time '00:00'`,
  );
});
async function beginAgain(): Promise<void> {
  await deleteEverything(test.db);
  test.spotify.heal();
  test.serve({});
  [alice, bob] = [await test.connectListener(ALICE), await test.connectListener(BOB)];
  await test.db.execute(`UPDATE spotify_connections SET authorized_at = authorized_at - interval '1 day'`);
}
beforeEach(beginAgain);

const round = (): Promise<void> => runRound(test.db, test.access);
const callsTo = (path: string): number =>
  test.spotify.calls.filter((call) => call.path.startsWith(path)).length;
const topCalls = (): number => callsTo('/v1/me/top/');
const playCalls = (): number => callsTo('/v1/me/player/recently-played');

/** Of each listener: lists kept of today, of tracks and of artists, runs that kept them, plays kept. */
const kept = async (userId: number) =>
  test.db.one<{ lists: number; runs: number; plays: number }>(
    `SELECT (SELECT count(*)::int FROM (
         SELECT DISTINCT 'tracks', snapshot_date, time_range FROM snapshots WHERE user_id = $1
         UNION ALL
         SELECT DISTINCT 'artists', snapshot_date, time_range FROM artist_snapshots WHERE user_id = $1) AS l) AS lists,
       (SELECT count(*)::int FROM capture_runs WHERE user_id = $1 AND outcome = 'kept') AS runs,
       (SELECT count(*)::int FROM plays WHERE user_id = $1) AS plays`,
    [userId],
  );
const everything = { [ALICE]: { lists: 6, runs: 2, plays: 30 }, [BOB]: { lists: 6, runs: 2, plays: 9 } };
const nothing = { lists: 0, runs: 0, plays: 0 };
/** How many calls for lists and for plays are made meanwhile. */
async function countCalls(work: () => Promise<void>): Promise<{ top: number; plays: number }> {
  const [top, plays] = [topCalls(), playCalls()];
  await work();
  return { top: topCalls() - top, plays: playCalls() - plays };
}

describe('a round', () => {
  it('captures and asks for plays, and the next one finds nothing to do', async () => {
    await round();
    expect([await kept(alice), await kept(bob)]).toEqual([everything[ALICE], everything[BOB]]);
    const calls = test.spotify.calls.length;
    await round();
    expect(test.spotify.calls).toHaveLength(calls);
  });

  it('of each of six workers at once, round after round, makes each call to Spotify once', async () => {
    const alone = await countCalls(round);
    await beginAgain();
    const workers = Array.from({ length: 6 }, () => openWorker(test.url));
    const together = await countCalls(async () => {
      for (let rounds = 0; rounds < 2; rounds += 1)
        await Promise.all(workers.map((db) => runRound(db, test.access)));
    });
    await Promise.all(workers.map((db) => db.close()));
    expect([await kept(alice), await kept(bob)]).toEqual([everything[ALICE], everything[BOB]]);
    expect(together).toEqual(alone);
  });

  it('in which Spotify asks to wait loses nothing: what was put off is done once the time has come', async () => {
    test.spotify.fail({ on: '/v1/', kind: 'rate-limit', retryAfter: 86_400 });
    const calls = test.spotify.calls.length;
    await round();
    // Up to four calls are under way when the first is answered.
    expect(test.spotify.calls.length - calls).toBeLessThanOrEqual(4);
    const after = test.spotify.calls.length;
    await round();
    expect(test.spotify.calls).toHaveLength(after);
    expect([await kept(alice), await kept(bob)]).toEqual([nothing, nothing]);
    test.spotify.heal();
    await test.db.execute(`UPDATE spotify_limits SET not_before = now()`);
    // What met the answer itself is tried again some minutes later.
    await test.db.execute(`UPDATE capture_runs SET finished_at = finished_at - interval '1 hour'`);
    await test.db.execute(`UPDATE play_polls SET next_poll_at = now()`);
    await round();
    expect([await kept(alice), await kept(bob)]).toEqual([everything[ALICE], everything[BOB]]);
  });

  it.each<[string, (userId: number) => Promise<unknown>, { lists: number }]>([
    [
      'whose time zone is nonsense',
      (userId) => test.db.execute(`UPDATE users SET timezone = 'Nowhere' WHERE user_id = $1`, [userId]),
      { lists: 6 },
    ],
    [
      'whose stored tokens cannot be read',
      (userId) =>
        test.db.execute(
          `UPDATE spotify_connections SET access_token = 'v1.t1.x.y.z', refresh_token = 'v1.t1.x.y.z' WHERE user_id = $1`,
          [userId],
        ),
      { lists: 0 },
    ],
    [
      'of whom Spotify sends nonsense',
      async () => test.serve({ [ALICE]: { topTracks: nonsense, recentlyPlayed: [{ track: 7 } as never] } }),
      { lists: 0 },
    ],
    [
      'whose rows the database refuses',
      (userId) =>
        test.db.execute(`ALTER TABLE snapshots ADD CONSTRAINT poison CHECK (user_id <> ${userId}) NOT VALID`),
      { lists: 3 },
    ],
  ])('is not spoilt by a listener %s', async (_poison, poison, { lists }) => {
    await poison(alice);
    await round();
    await test.db.execute('ALTER TABLE snapshots DROP CONSTRAINT IF EXISTS poison');
    expect((await kept(alice)).lists).toBe(lists);
    expect(await kept(bob)).toEqual(everything[BOB]);
  });
});

const nonsense = { short_term: [null, 7 as never], medium_term: [], long_term: [] };

const openWorker = (url: string): Db =>
  createDb({ url, poolMin: 0, poolMax: 4, applicationName: 'test-worker' });

/** As if every job had been taken this much earlier. */
const letPass = (minutes: number): Promise<number> =>
  test.db.execute(
    `UPDATE job_leases SET leased_until = leased_until - make_interval(secs => 60 * $1::float8)`,
    [minutes],
  );

describe('a job', () => {
  it('is not taken by a worker that looked while another was finishing it', async () => {
    const taken = await test.db.withTransaction(async (tx) => {
      const [job] = await takeJobs(tx, 'plays', [alice]);
      // It sees the poll due, and waits for this row of job_leases.
      const late = takeJobs(test.db, 'plays', [alice]);
      await vi.waitUntil(() => isWaiting(), { timeout: HANGS_MS, interval: 20 });
      await tx.execute(
        `INSERT INTO play_polls (user_id, next_poll_at, polled_at) VALUES ($1, now() + interval '1 hour', now())`,
        [alice],
      );
      await finishJob(tx, 'plays', job as TakenJob);
      return { late };
    });
    expect(await taken.late).toEqual([]);
  });

  it('that changed nothing is tried again once its lease has ended, and one given back at once', async () => {
    const take = async (): Promise<TakenJob[]> => takeJobs(test.db, 'plays', [alice]);
    const [first] = await take();
    await finishJob(test.db, 'plays', first as TakenJob);
    expect(await take()).toEqual([]);
    await letPass(2.1);
    const [second] = await take();
    await giveJobBack(test.db, 'plays', second as TakenJob);
    expect(await take()).toHaveLength(1);
  });

  it('that is due for other facts is taken at once, but not by a worker that looked before it was finished', async () => {
    const [first] = await takeJobs(test.db, 'plays', [alice]);
    await finishJob(test.db, 'plays', first as TakenJob);
    await test.db.execute(`UPDATE spotify_connections SET authorized_at = authorized_at + interval '1 hour'`);
    const finishedIn = (seconds: number) =>
      test.db.execute(`UPDATE job_leases SET finished_at = now() + make_interval(secs => $1)`, [seconds]);
    await finishedIn(10);
    expect(await takeJobs(test.db, 'plays', [alice])).toEqual([]);
    await finishedIn(-1);
    expect(await takeJobs(test.db, 'plays', [alice])).toHaveLength(1);
  });

  it('is the next holder’s alone once its lease has ended', async () => {
    const [slow] = await takeJobs(test.db, 'plays', [alice]);
    await letPass(2.1);
    expect(await takeJobs(test.db, 'plays', [alice])).toHaveLength(1);
    expect(await giveJobBack(test.db, 'plays', slow as TakenJob)).toBe(0);
    expect(await takeJobs(test.db, 'plays', [alice])).toEqual([]);
  });

  it('is not held up by a lease taken before the clock was put back', async () => {
    await takeJobs(test.db, 'plays', [alice]);
    await letPass(-60);
    expect(await takeJobs(test.db, 'plays', [alice])).toHaveLength(1);
  });
});

const isWaiting = async (): Promise<boolean> =>
  (
    await test.db.one<{ waiting: boolean }>(
      `SELECT EXISTS (SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)
         WHERE NOT granted AND datname = current_database()) AS waiting`,
    )
  ).waiting;

const KILLS = 50;

describe('npm run worker', () => {
  const running: ChildProcess[] = [];
  afterEach(() => running.splice(0).forEach((child) => child.kill('SIGKILL')));

  function spawnScript(script: string): ChildProcess {
    const key = test.access.tokenKeys[0];
    const child = spawn(process.execPath, nodeArguments(script), {
      stdio: 'ignore',
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'test',
        DATABASE_URL: test.url,
        TOKEN_ENCRYPTION_KEYS: `${key?.id}:${key?.key.toString('base64')}`,
        SESSION_SECRET: Buffer.alloc(32, 's').toString('base64'),
        SPOTIFY_CLIENT_ID: test.spotify.clientId,
        SPOTIFY_CLIENT_SECRET: test.spotify.clientSecret,
        SPOTIFY_ACCOUNTS_URL: test.spotify.accountsUrl,
        SPOTIFY_API_URL: test.spotify.apiUrl,
      },
    });
    running.push(child);
    return child;
  }
  const kill = async (child: ChildProcess, signal: NodeJS.Signals): Promise<unknown> => {
    const ended = once(child, 'exit');
    child.kill(signal);
    return (await ended)[0];
  };

  it('works by itself, and ends with 0 when it is told to', async () => {
    const worker = spawnScript('scripts/worker.ts');
    await vi.waitUntil(async () => (await kept(bob)).plays > 0, { timeout: HANGS_MS, interval: 200 });
    expect(await kill(worker, 'SIGTERM')).toBe(0);
    expect([await kept(alice), await kept(bob)]).toEqual([everything[ALICE], everything[BOB]]);
  });

  it('killed with a job in hand is taken over, not before two minutes have passed', async () => {
    test.spotify.fail({ on: 'top-tracks', kind: 'silence' });
    const calls = topCalls();
    const worker = spawnScript('scripts/worker.ts');
    await vi.waitUntil(() => topCalls() > calls, { timeout: HANGS_MS, interval: 50 });
    await kill(worker, 'SIGKILL');
    test.spotify.heal();
    await letPass(1);
    await round();
    expect((await kept(alice)).lists).toBe(0);
    await letPass(1.1);
    // Where the kill came late, the silence was met to its end: that is tried again some minutes later.
    await test.db.execute(`UPDATE capture_runs SET finished_at = finished_at - interval '1 hour'`);
    await round();
    expect([await kept(alice), await kept(bob)]).toEqual([everything[ALICE], everything[BOB]]);
  });

  it(
    'killed anywhere in a capture leaves each kind whole or not at all',
    { timeout: KILLS * 40_000 },
    async () => {
      for (let kills = 0; kills < KILLS; kills += 1) {
        await deleteRows(test.db, 'snapshots', 'artist_snapshots', 'capture_runs');
        const calls = topCalls();
        const capture = spawnScript('scripts/capture.ts');
        const ended = once(capture, 'exit');
        await Promise.race([
          ended,
          vi.waitUntil(() => topCalls() > calls, { timeout: HANGS_MS, interval: 2 }),
        ]);
        // From the first call on: somewhere in the answers, the writing, or after it.
        await sleep((kills * 120) / KILLS);
        capture.kill('SIGKILL');
        await ended;
        for (const userId of [alice, bob]) {
          const { lists, runs } = await kept(userId);
          expect([0, 3, 6]).toContain(lists);
          expect(runs).toBe(lists / 3);
        }
      }
      await round();
      expect([(await kept(alice)).lists, (await kept(bob)).lists]).toEqual([6, 6]);
    },
  );
});

describe('a database that goes away in the middle of a capture', () => {
  it('costs nothing: the same worker keeps the day once it is back', async () => {
    const proxy = await startTcpProxy(test.url);
    await proxy.forward();
    const own = openWorker(proxy.url);
    test.spotify.fail({ on: 'top-tracks', kind: 'silence', times: 3 });
    const calls = topCalls();
    const hasty = { ...test.access, settings: { ...test.access.settings, timeoutMs: 1_500 } };
    const broken = runRound(own, hasty).catch((error: unknown) => error);
    await vi.waitUntil(() => topCalls() > calls, { timeout: HANGS_MS });
    await proxy.refuse();
    expect(await broken).toBeInstanceOf(Error);
    expect((await kept(alice)).lists).toBe(0);
    await proxy.forward();
    test.spotify.heal();
    await letPass(3);
    // What was given up and recorded before the database went is tried again some minutes later.
    await test.db.execute(`UPDATE capture_runs SET finished_at = finished_at - interval '1 hour'`);
    await runRound(own, test.access);
    expect([await kept(alice), await kept(bob)]).toEqual([everything[ALICE], everything[BOB]]);
    await own.close();
    await proxy.close();
  });

  it('does not end a worker: it goes on by itself', async () => {
    const proxy = await startTcpProxy(test.url);
    const db = openWorker(proxy.url);
    // Nothing listens yet.
    await proxy.refuse();
    const worker = startWorker(db, test.access, { roundMs: 200 });
    await sleep(500);
    await proxy.forward();
    await vi.waitUntil(async () => (await kept(bob)).plays > 0, { timeout: HANGS_MS, interval: 100 });
    await worker.stop();
    expect([await kept(alice), await kept(bob)]).toEqual([everything[ALICE], everything[BOB]]);
    await db.close();
    await proxy.close();
  });
});
