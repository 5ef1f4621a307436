import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { deleteRows } from '../support/database.ts';
import { countListed } from '../support/short-lists.ts';
import { ALICE, nobody, signIn, submit, useApp, userIdFor, type Visitor } from '../support/app.ts';

const test = useApp();
const ALL = countListed();
let alice: Visitor;
let userId: number;

beforeAll(async () => {
  alice = await signIn(test, ALICE);
  userId = await userIdFor(test, ALICE);
});
afterEach(async () => {
  test.spotify.heal();
  await deleteRows(test.db, 'snapshots', 'artist_snapshots');
  await test.db.execute('DELETE FROM spotify_limits');
});

const places = async (): Promise<number> =>
  (await test.db.one<{ n: number }>('SELECT count(*)::int AS n FROM snapshots WHERE user_id = $1', [userId]))
    .n;

describe('POST /snapshots', () => {
  it('keeps today’s lists, says so once and shows them', async () => {
    const answer = await submit(alice, '/snapshots');
    expect([answer.status, answer.headers.location]).toEqual([303, '/dashboard']);
    expect(await places()).toBe(ALL);
    const page = (await alice.get('/dashboard').expect(200)).text;
    const best = await test.db.one<{ name: string }>(
      `SELECT name FROM snapshots JOIN tracks USING (track_id)
       WHERE user_id = $1 AND time_range = 'short_term' AND rank = 1`,
      [userId],
    );
    expect(page).toMatch(
      new RegExp(`Saved for [-\\d]+: ${ALL} ranked tracks in 3 lists and \\d+ ranked artists in 3 lists\\.`),
    );
    expect(page).toContain(best.name);
    expect((await alice.get('/dashboard').expect(200)).text).not.toContain(`${ALL} ranked`);
  });

  it('pressed twice at once keeps each list once', async () => {
    await Promise.all([submit(alice, '/snapshots'), submit(alice, '/snapshots')]);
    expect(await places()).toBe(ALL);
    await submit(alice, '/snapshots');
    expect(await places()).toBe(ALL);
  });

  it.each([
    ['500', { kind: 'status', status: 500 } as const, 'Spotify cannot be reached'],
    ['HTML', { kind: 'html' } as const, 'could not be read'],
    ['429', { kind: 'rate-limit', retryAfter: 86_400 } as const, 'asked this app to wait'],
    ['silence', { kind: 'silence' } as const, 'Spotify cannot be reached'],
  ])('says within ten seconds that Spotify answered %s, and keeps nothing', async (_what, fault, words) => {
    test.spotify.fail({ on: 'top-tracks', ...fault });
    const begun = Date.now();
    expect((await submit(alice, '/snapshots')).status).toBe(303);
    expect(Date.now() - begun).toBeLessThan(10_000);
    expect((await alice.get('/dashboard').expect(200)).text).toContain(words);
    expect(await places()).toBe(0);
  });

  it('says which lists could not be kept where only those of one kind could', async () => {
    test.spotify.fail({ on: 'top-artists', kind: 'html' });
    await submit(alice, '/snapshots');
    expect((await alice.get('/dashboard').expect(200)).text).toMatch(
      /Your lists of artists could not be saved\. .*could not be read/,
    );
    expect(await places()).toBe(ALL);
    test.spotify.heal();
    await submit(alice, '/snapshots');
    expect((await alice.get('/dashboard').expect(200)).text).toMatch(
      /Saved for [-\d]+: \d+ ranked artists in 3 lists\./,
    );
  });

  it('asks a listener whose consent has ended to connect again, and harms no archive', async () => {
    const bob = await signIn(test, 'bob-stand-in');
    test.spotify.revoke('bob-stand-in');
    test.spotify.expireAccessTokens();
    await submit(bob, '/snapshots');
    expect((await bob.get('/dashboard').expect(200)).text).toContain('connect again');
    await submit(alice, '/snapshots');
    expect(await places()).toBe(ALL);
  });

  it('of nobody leads to sign-in', async () => {
    await nobody(test).post('/snapshots').expect(302).expect('Location', '/?return_to=%2Fdashboard');
  });
});
