import { beforeAll, describe, expect, it } from 'vitest';
import { nobody, useCast } from '../support/app.ts';

const test = useCast();

beforeAll(async () => {
  await test.db.execute(`UPDATE users SET timezone = 'Asia/Tokyo' WHERE user_id = $1`, [test.aliceId]);
  await test.db.execute(
    `INSERT INTO capture_runs
       (user_id, snapshot_date, outcome, started_at, finished_at, time_ranges, places, skipped, failure)
     SELECT $1, day::date, outcome, day, day + interval '20 hours 5 minutes', ranges, places, skipped, failure
     FROM generate_series('2026-01-01'::timestamptz, '2026-04-20', '1 day') AS days (day)
     CROSS JOIN LATERAL (VALUES
       (day < '2026-04-18', 'kept', ARRAY['short_term', 'medium_term', 'long_term'], 150, 0, NULL),
       (day = '2026-04-18', 'failed', '{}', 0, 0, 'Spotify did not answer <b>in time</b>.'),
       (day = '2026-04-19', 'missed', '{}', 0, 0, 'You had paused it.'),
       (day = '2026-04-20', 'kept', ARRAY['long_term'], 1049, 1, NULL)
     ) AS run (applies, outcome, ranges, places, skipped, failure)
     WHERE applies ORDER BY days.day`,
    [test.aliceId],
  );
  await test.db.execute(
    `INSERT INTO capture_runs
       (user_id, kind, snapshot_date, outcome, started_at, finished_at, time_ranges, places, skipped)
     VALUES ($1, 'artists', '2026-04-20', 'kept', '2026-04-20', '2026-04-20', '{long_term}', 60, 2)`,
    [test.aliceId],
  );
});

describe('the page of captures', () => {
  it('needs sign-in, and before the first capture says what will stand there', async () => {
    await nobody(test).get('/settings/captures').expect(302);
    const page = (await test.bob.get('/settings/captures').expect(200)).text;
    expect(page).toContain('Nothing has been captured yet');
    expect(page).not.toContain('Spotify did not answer');
  });

  it('tells of each: the day, what became of it, when in the listener’s zone, how many, and what failed', async () => {
    const page = (await test.alice.get('/settings/captures').expect(200)).text;
    expect(page).toContain(
      'Track lists were saved 108 times, artist lists 1 time. Problems: 1 failed attempt and 1 missed day.',
    );
    expect(page).toContain('Failed: Spotify did not answer &lt;b&gt;in time&lt;/b&gt;.');
    expect(page).toContain('Missed: You had paused it.');
    expect(page).toContain('21 April 2026 at 05:05');
    expect(page).toContain('1,049');
    expect(page).toContain('Last year');
    expect(page).toContain('they aren’t tracks: 1 item');
    expect(page).toContain('they aren’t artists: 2 items');
    expect((await test.alice.get('/settings').expect(200)).text).toContain('href="/settings/captures"');
  });

  it('goes through all of them, fifty a page; past the end is a 404, no number a 400', async () => {
    const days = async (page: number): Promise<string[]> =>
      [
        ...(await test.alice.get(`/settings/captures?page=${page}`).expect(200)).text.matchAll(
          /<th scope="row">([^<]+)</g,
        ),
      ].map((match) => String(match[1]));
    const all = [...(await days(1)), ...(await days(2)), ...(await days(3))];
    expect(all).toHaveLength(111);
    expect(new Set(all).size).toBe(110);
    expect([all[0], all.at(-1)]).toEqual(['20 April 2026', '1 January 2026']);
    await test.alice.get('/settings/captures?page=4').expect(404);
    for (const page of ['0', '-1', 'x', '', '1.5', '9'.repeat(30), '%00'])
      expect((await test.alice.get(`/settings/captures?page=${page}`).expect(400)).text).toContain('page');
  });
});
