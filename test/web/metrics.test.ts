import { describe, expect, it } from 'vitest';
import { ALICE, nobody, signIn, useApp, userIdFor } from '../support/app.ts';
import { insertEmptyHistoryImport } from '../support/factories.ts';

const TOKEN = 'a-token-of-the-tests-0123456789';
const test = useApp({ METRICS_TOKEN: TOKEN });

async function readMetrics(): Promise<string> {
  const answer = await nobody(test).get('/metrics').set('Authorization', `Bearer ${TOKEN}`).expect(200);
  expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  return answer.text;
}

/** The value of a line, by its name and labels. */
const valueOf = (text: string, line: string): number =>
  Number(
    text
      .split('\n')
      .find((one) => one.startsWith(`${line} `))
      ?.slice(line.length + 1),
  );

describe('/metrics', () => {
  it.each([undefined, 'Bearer wrong', `Basic ${TOKEN}`, `Bearer ${TOKEN}x`])(
    'is a 404 for who does not hold the token (%s)',
    async (authorization) => {
      const asking = nobody(test).get('/metrics');
      await (authorization === undefined ? asking : asking.set('Authorization', authorization)).expect(404);
    },
  );

  it('counts and times requests by route template, without an address or a name', async () => {
    const alice = await signIn(test, ALICE);
    await alice.get('/search?q=secretly').expect(200);
    await alice.get('/tracks/secret-track').expect(404);
    const text = await readMetrics();
    expect(valueOf(text, 'mtm_http_request_seconds_count{method="GET",route="/search",status="200"}')).toBe(
      1,
    );
    expect(
      valueOf(text, 'mtm_http_request_seconds_count{method="GET",route="/tracks/:trackId",status="404"}'),
    ).toBe(1);
    expect(text).not.toMatch(/secret|alice|Alice/);
  });

  it('tells of the pool, the event loop and the memory', async () => {
    const text = await readMetrics();
    expect(valueOf(text, 'mtm_db_pool_connections{state="waiting"}')).toBe(0);
    expect(
      valueOf(text, 'mtm_db_pool_connections{state="idle"}') +
        valueOf(text, 'mtm_db_pool_connections{state="in use"}'),
    ).toBeGreaterThan(0);
    expect(valueOf(text, 'nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
    expect(valueOf(text, 'process_resident_memory_bytes')).toBeGreaterThan(1e6);
  });

  it('tells how old each listener’s last capture is, and how captures ended', async () => {
    const userId = await userIdFor(test, ALICE);
    await test.db.execute(
      `INSERT INTO capture_runs (user_id, snapshot_date, outcome, started_at, finished_at)
       SELECT $1::bigint, current_date, outcome, now() - age, now() - age
       FROM (VALUES ('kept', interval '3 hours'), ('kept', interval '27 hours'), ('failed', interval '1 hour'))
         AS runs (outcome, age)`,
      [userId],
    );
    const text = await readMetrics();
    const age = valueOf(text, `mtm_last_capture_age_seconds{listener="${userId}",kind="tracks"}`);
    expect(age).toBeGreaterThanOrEqual(3 * 3_600);
    expect(age).toBeLessThan(3 * 3_600 + 60);
    const runs = (kind: string, outcome: string) =>
      valueOf(text, `mtm_captures_last_day{kind="${kind}",outcome="${outcome}"}`);
    expect(['kept', 'failed', 'missed'].map((outcome) => runs('tracks', outcome))).toEqual([1, 1, 0]);
    expect(['kept', 'failed', 'missed'].map((outcome) => runs('artists', outcome))).toEqual([0, 0, 0]);
    await test.db.execute('UPDATE users SET paused_at = now() WHERE user_id = $1', [userId]);
    expect(await readMetrics()).not.toContain('mtm_last_capture_age_seconds{');
  });

  it('tells how far the imports of listening history are', async () => {
    await insertEmptyHistoryImport(test.db, await userIdFor(test, ALICE));
    const text = await readMetrics();
    expect(
      ['reading', 'read', 'done'].map((state) => valueOf(text, `mtm_history_imports{state="${state}"}`)),
    ).toEqual([0, 0, 1]);
  });

  it('tells how long Spotify has asked to wait', async () => {
    await test.db.execute(
      `INSERT INTO spotify_limits VALUES ('api', now() + interval '1 hour'), ('accounts', now() - interval '1 hour')`,
    );
    const text = await readMetrics();
    expect(valueOf(text, 'mtm_spotify_wait_seconds{bucket="api"}')).toBeGreaterThan(3_500);
    expect(valueOf(text, 'mtm_spotify_wait_seconds{bucket="accounts"}')).toBe(0);
  });
});

describe('without a token in the settings', () => {
  const other = useApp();
  it('there is no /metrics', async () => {
    await nobody(other).get('/metrics').set('Authorization', 'Bearer ').expect(404);
    await nobody(other).get('/metrics').set('Authorization', 'Bearer null').expect(404);
  });
});
