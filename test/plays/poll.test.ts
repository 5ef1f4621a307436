import { beforeEach, describe, expect, it } from 'vitest';
import { inventLocalTrack, inventTrack } from '../../scripts/spotify-stand-in/catalogue.ts';
import type { StandInPlay } from '../../scripts/spotify-stand-in/server.ts';
import { pollPlays } from '../../src/plays/poll.ts';
import { deleteEverything } from '../support/database.ts';
import { ALICE, BOB } from '../support/app.ts';
import { checksumTables } from '../support/checksum.ts';
import { useConnected } from '../support/connected.ts';

const test = useConnected();
let alice: number;

beforeEach(async () => {
  await deleteEverything(test.db);
  test.spotify.heal();
  test.serve({});
  alice = await test.connectListener(ALICE);
});

const NOW = Date.now();
const minutesAgo = (minutes: number): string => new Date(NOW - minutes * 60_000).toISOString();
const play = (minutes: number, track: object | null = inventTrack(minutes % 100)): StandInPlay => ({
  track,
  played_at: minutesAgo(minutes),
  context: null,
});
/** One play a minute, the newest `newest` minutes ago. */
const plays = (newest: number, count: number): StandInPlay[] =>
  Array.from({ length: count }, (_, index) => play(newest + index));
const serve = (recentlyPlayed: readonly StandInPlay[]): void => test.serve({ [ALICE]: { recentlyPlayed } });
const poll = (userId = alice) => pollPlays(test.db, userId, test.access);
const kept = async (userId = alice): Promise<string[]> =>
  (
    await test.db.many<{ played_at: Date }>(
      'SELECT played_at FROM plays WHERE user_id = $1 ORDER BY played_at DESC, track_id',
      [userId],
    )
  ).map((row) => row.played_at.toISOString());
const gaps = () =>
  test.db.many<{ after: Date; before: Date }>(
    'SELECT after_played_at AS after, before_played_at AS before FROM play_gaps WHERE user_id = $1 ORDER BY 1',
    [alice],
  );
const minutesUntilNext = async (): Promise<number> =>
  (
    await test.db.one<{ minutes: number }>(
      `SELECT round(extract(epoch FROM next_poll_at - now()) / 60)::int AS minutes FROM play_polls`,
    )
  ).minutes;

describe('a poll', () => {
  it('keeps each play with its moment, its context and the whole item, and the track in catalogue and archive', async () => {
    const context = { type: 'album', uri: 'spotify:album:x' };
    const item = { ...play(5, inventTrack(1)), context };
    serve([item]);
    expect(await poll()).toEqual({ added: 1, skipped: 0, possibleGap: false });
    const row = await test.db.one<Record<string, unknown>>('SELECT * FROM plays');
    expect(row).toMatchObject({ user_id: alice, track_id: inventTrack(1).id, context });
    expect(row.played_at).toEqual(new Date(item.played_at));
    expect(row.raw_json).toEqual(item);
    expect(await test.db.many('SELECT name FROM library_tracks WHERE user_id = $1', [alice])).toEqual([
      { name: inventTrack(1).name },
    ]);
  });

  it('is one call for the last fifty as they are, and keeps none twice', async () => {
    serve(plays(30, 3));
    await poll();
    serve([...plays(10, 2), ...plays(30, 3)]);
    const calls = test.spotify.calls.length;
    expect(await poll()).toMatchObject({ added: 2, possibleGap: false });
    expect(test.spotify.calls.slice(calls).map(({ query }) => query)).toEqual([{ limit: '50' }]);
    const before = await checksumTables(test.db, ['play_polls', 'spotify_connections']);
    expect(await poll()).toMatchObject({ added: 0 });
    expect(await checksumTables(test.db, ['play_polls', 'spotify_connections'])).toEqual(before);
  });

  it('five times at once keeps each play once', async () => {
    const results = await Promise.all(Array.from({ length: 5 }, () => poll()));
    expect(results.reduce((sum, { added }) => sum + added, 0)).toBe(30);
    expect(await kept()).toHaveLength(30);
  });

  it('of two listeners keeps to each their own', async () => {
    const bob = await test.connectListener(BOB);
    await Promise.all([poll(), poll(bob)]);
    expect([(await kept()).length, (await kept(bob)).length]).toEqual([30, 9]);
  });

  it.each([0, 1, 49])('of a first page of %i plays is no gap', async (count) => {
    serve(plays(1, count));
    expect(await poll()).toEqual({ added: count, skipped: 0, possibleGap: false });
    expect(await gaps()).toEqual([]);
  });

  it('of fifty plays that do not reach back to the newest one kept records a possible gap, once', async () => {
    serve(plays(200, 1));
    await poll();
    serve([...plays(10, 60), ...plays(200, 1)]);
    expect(await poll()).toEqual({ added: 50, skipped: 0, possibleGap: true });
    expect(await gaps()).toEqual([{ after: new Date(minutesAgo(200)), before: new Date(minutesAgo(59)) }]);
    await poll();
    expect(await gaps()).toHaveLength(1);
  });

  it('of fifty that end with the newest one kept is none', async () => {
    serve(plays(59, 1));
    await poll();
    serve(plays(10, 50));
    expect(await poll()).toMatchObject({ added: 49, possibleGap: false });
    expect(await gaps()).toEqual([]);
  });

  it('of the first fifty ever is a beginning and no gap', async () => {
    serve(plays(1, 60));
    expect(await poll()).toMatchObject({ added: 50, possibleGap: false });
  });
});

describe('plays that Spotify hears of late', () => {
  const late = (minutes: number, arrivedMinutesAgo: number): StandInPlay => ({
    ...play(minutes, inventTrack(Math.floor(minutes))),
    arrives_at: minutesAgo(arrivedMinutesAgo),
  });

  it('of a phone that was offline beside a laptop are all kept, and are no gap', async () => {
    const laptop = [58, 48, 38, 28].map((minutes) => play(minutes));
    const phone = [55, 45, 35, 25].map((minutes) => late(minutes, 0));
    serve(laptop);
    await poll();
    serve([...laptop, ...phone]);
    expect(await poll()).toEqual({ added: 4, skipped: 0, possibleGap: false });
    expect(await kept()).toHaveLength(8);
    expect(await gaps()).toEqual([]);
  });

  it('are kept where they lie before and among fifty known ones, as far as Spotify remembers', async () => {
    serve(plays(60, 20));
    await poll();
    // Fourteen played offline an hour ago, twenty here since: the page is full and reaches back to what is known.
    serve([...plays(10, 20), ...Array.from({ length: 14 }, (_, n) => late(60.5 + n, 0)), ...plays(60, 20)]);
    expect(await poll()).toMatchObject({ added: 34, possibleGap: false });
    expect(await gaps()).toEqual([]);
  });

  it('that push others out of the page are a possible gap, though the newest play known is in it', async () => {
    serve([play(200), play(20)]);
    await poll();
    serve([play(200), play(20), ...Array.from({ length: 60 }, (_, n) => late(30 + n, 0))]);
    expect(await poll()).toMatchObject({ added: 49, possibleGap: true });
    expect(await gaps()).toEqual([{ after: new Date(minutesAgo(200)), before: new Date(minutesAgo(78)) }]);
    expect(await poll()).toMatchObject({ added: 0, possibleGap: false });
  });

  it('hide no gap that is there besides', async () => {
    serve([play(300)]);
    await poll();
    serve([play(300), late(299, 0), ...plays(10, 60)]);
    expect(await poll()).toMatchObject({ added: 50, possibleGap: true });
    expect(await gaps()).toEqual([{ after: new Date(minutesAgo(300)), before: new Date(minutesAgo(59)) }]);
  });

  it('from before the first play known are a beginning and no gap', async () => {
    serve(plays(1, 30));
    await poll();
    serve([...plays(1, 30), ...Array.from({ length: 20 }, (_, n) => late(100 + n, 0))]);
    expect(await poll()).toMatchObject({ added: 20, possibleGap: false });
  });
});

describe('what is no track among the plays', () => {
  const skipped = async (): Promise<number> =>
    (await test.db.one<{ skipped: number }>('SELECT skipped FROM play_polls')).skipped;
  const episode = { type: 'episode', id: 'e', name: 'E' };

  it('is counted once, however often Spotify names it, with what comes late', async () => {
    serve([play(1), play(2, episode), play(3, null)]);
    await poll();
    await poll();
    expect(await skipped()).toBe(2);
    serve([play(0), play(1), play(2, episode), play(2.5, episode), play(3, null)]);
    await poll();
    expect(await skipped()).toBe(3);
  });

  it('is no gap where it is the oldest of a full page', async () => {
    const page = [...plays(1, 49), play(60, episode)];
    serve(page);
    await poll();
    serve([play(0), ...page.slice(0, 48), play(60, episode)]);
    expect(await poll()).toMatchObject({ added: 1, possibleGap: false });
  });
});

describe('odd items', () => {
  it('that are null, an episode, or without a time are left out and counted', async () => {
    const episode = { ...inventTrack(1), type: 'episode', id: 'e' };
    const odd = [play(1, null), play(2, episode), { ...play(3), played_at: 'yesterday' }, play(4)];
    serve(odd);
    expect(await poll()).toMatchObject({ added: 1 });
    expect(await kept()).toEqual([minutesAgo(4)]);
  });

  it('at the same moment are each kept, the same one once', async () => {
    serve([play(5, inventTrack(1)), play(5, inventTrack(2)), play(5, inventTrack(1))]);
    expect(await poll()).toMatchObject({ added: 2 });
    serve([play(5, inventTrack(3)), play(5, inventTrack(1)), play(5, inventTrack(2))]);
    expect(await poll()).toMatchObject({ added: 1 });
    expect(await kept()).toHaveLength(3);
  });

  it('out of order are all kept', async () => {
    test.spotify.fail({
      on: 'recently-played',
      kind: 'body',
      body: JSON.stringify({ items: [play(9), play(3), play(6)], next: null, cursors: null }),
    });
    expect(await poll()).toMatchObject({ added: 3 });
    expect(await kept()).toEqual([minutesAgo(3), minutesAgo(6), minutesAgo(9)]);
  });

  it('from the future are kept and hide no play after them', async () => {
    serve([play(-60 * 24 * 300), play(5)]);
    await poll();
    serve([play(-60 * 24 * 300), play(2), play(5)]);
    expect(await poll()).toMatchObject({ added: 1 });
    expect(await kept()).toHaveLength(3);
  });

  it.each([
    '0000-01-01T00:00:00Z',
    '1970-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    '+275760-09-13T00:00:00Z',
  ])('said to be of %s are no plays, and sink nothing', async (playedAt) => {
    test.spotify.fail({
      on: 'recently-played',
      kind: 'body',
      body: JSON.stringify({ items: [{ ...play(1), played_at: playedAt }, play(3)] }),
    });
    expect(await poll()).toMatchObject({ added: 1, skipped: 1 });
  });

  it('like a local file or one with NUL in its name are kept', async () => {
    serve([play(1, inventLocalTrack(0)), play(2, { ...inventTrack(2), name: 'a\0b' })]);
    expect(await poll()).toMatchObject({ added: 2, skipped: 0 });
  });

  it('behind a “next” to another host are never asked for', async () => {
    test.spotify.fail({
      on: 'recently-played',
      kind: 'replaced-fields',
      fields: { next: 'http://evil.example/v1/me/player/recently-played' },
    });
    const calls = test.spotify.calls.length;
    expect(await poll()).toMatchObject({ added: 30 });
    expect(test.spotify.calls).toHaveLength(calls + 1);
  });
});

describe('the next poll', () => {
  it('is soon while a lot is played, within twenty minutes while something is, and later in silence', async () => {
    serve(plays(1, 20));
    await poll();
    expect(await minutesUntilNext()).toBeLessThanOrEqual(20);
    await test.db.execute(`UPDATE play_polls SET succeeded_at = now() - interval '10 minutes'`);
    serve([...Array.from({ length: 25 }, (_, n) => play(n / 30, inventTrack(n))), ...plays(1, 3)]);
    await poll();
    expect(await minutesUntilNext()).toBeLessThanOrEqual(12);
    await test.db.execute(`DELETE FROM plays`);
    serve(plays(120, 3));
    await poll();
    expect(await minutesUntilNext()).toBe(30);
    await test.db.execute(`DELETE FROM plays`);
    serve(plays(60 * 40, 3));
    await poll();
    expect(await minutesUntilNext()).toBe(45);
  });

  it('after failures is put off further each time, and says in words why', async () => {
    test.spotify.fail({ on: 'recently-played', kind: 'html' });
    for (const minutes of [2, 4, 8, 16, 32, 60, 60]) {
      await expect(poll()).rejects.toMatchObject({ kind: 'unreadable' });
      expect(await minutesUntilNext()).toBe(minutes);
    }
    expect(await test.db.one('SELECT failures, failure FROM play_polls')).toMatchObject({
      failures: 7,
      failure: expect.stringContaining('could not be read') as string,
    });
    test.spotify.heal();
    await poll();
    expect(await test.db.one('SELECT failures, failure FROM play_polls')).toEqual({
      failures: 0,
      failure: null,
    });
  });
});

describe('the tallies of plays', () => {
  const tallies = () =>
    test.db.one<Record<string, number>>(
      `SELECT (SELECT count(*)::int FROM plays) AS plays,
         (SELECT COALESCE(sum(plays), 0)::int FROM played_tracks) AS of_tracks,
         (SELECT COALESCE(sum(plays), 0)::int FROM play_days) AS of_days,
         (SELECT COALESCE(sum(plays), 0)::int FROM play_sessions) AS of_sessions,
         (SELECT count(*)::int FROM played_tracks AS t WHERE (first_played_at, last_played_at) IS DISTINCT FROM
           (SELECT (min(played_at), max(played_at)) FROM plays AS p WHERE (p.user_id, p.track_id) = (t.user_id, t.track_id))
         ) AS wrong`,
    );

  it('agree with the plays whatever is added and deleted', async () => {
    serve(plays(1, 50));
    await poll();
    expect(await tallies()).toEqual({ plays: 50, of_tracks: 50, of_days: 50, of_sessions: 50, wrong: 0 });
    await test.db.execute(`DELETE FROM plays WHERE played_at < $1`, [minutesAgo(20)]);
    const { plays: left } = await tallies();
    expect(await tallies()).toEqual({
      plays: left,
      of_tracks: left,
      of_days: left,
      of_sessions: left,
      wrong: 0,
    });
    await test.db.execute('DELETE FROM users');
    expect(await tallies()).toEqual({ plays: 0, of_tracks: 0, of_days: 0, of_sessions: 0, wrong: 0 });
  });

  it('cannot be led astray by changing a play', async () => {
    await poll();
    await expect(test.db.execute(`UPDATE plays SET played_at = now()`)).rejects.toThrow('a play is a fact');
  });
});
