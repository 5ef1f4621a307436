import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inventLocalTrack, inventTrack } from '../../scripts/spotify-stand-in/catalogue.ts';
import { standInListeners } from '../../scripts/spotify-stand-in/listeners.ts';
import { startSpotifyStandIn, type SpotifyStandIn } from '../../scripts/spotify-stand-in/server.ts';
import { recordBrought } from '../../src/catalogue/files-and-spotify.ts';
import { captureSnapshots, isCapturedToday } from '../../src/snapshots/capture.ts';
import { findTopList } from '../../src/snapshots/top-list.ts';
import { getArchiveSummary } from '../../src/figures/summary.ts';
import { TIME_RANGES } from '../../src/spotify/top-tracks.ts';
import type { SpotifyAccess } from '../../src/users/access-token.ts';
import { saveConnection } from '../../src/users/connections.ts';
import { checksumTables } from '../support/checksum.ts';
import { deleteEverything, useDatabase } from '../support/database.ts';
import { insertListener, insertTrack } from '../support/factories.ts';
import { incompressible } from '../support/incompressible.ts';
import { countListed, shortListed } from '../support/short-lists.ts';
import { connect, settingsFor } from '../support/spotify-sign-in.ts';

const ALICE = 'alice-stand-in';
const BOB = 'bob-stand-in';
/** Where it is written down that a capture kept nothing. */
const RECORDED = ['capture_runs', 'archive_changes'];
const tokenKeys = [{ id: 't1', key: randomBytes(32) }];

const test = useDatabase();
let spotify: SpotifyStandIn;
let access: SpotifyAccess;
let alice: number;

beforeAll(async () => {
  spotify = await startSpotifyStandIn({ listeners: shortListed() });
  access = { settings: settingsFor(spotify, { timeoutMs: 20_000 }), tokenKeys };
});
afterAll(() => spotify.close());

beforeEach(async () => {
  await deleteEverything(test.db);
  spotify.heal();
  spotify.setListeners(shortListed());
  alice = await connectListener(ALICE);
});

async function connectListener(listenerId: string, timezone = 'UTC'): Promise<number> {
  const userId = await insertListener(test.db, listenerId, timezone);
  spotify.signInAs(listenerId);
  await saveConnection(test.db, userId, tokenKeys, await connect(spotify));
  return userId;
}

const captureBoth = (userId = alice) => captureSnapshots(test.db, userId, access);
/** What became of the lists of tracks. */
const capture = async (userId = alice) => {
  const { date, tracks } = await captureBoth(userId);
  if (tracks.failure !== undefined) throw tracks.failure;
  return { date, ...tracks };
};

const keptLists = (userId = alice) =>
  test.db.many<{ date: string; range: string; places: number; best: number; worst: number }>(
    `SELECT snapshot_date AS date, time_range AS range, count(*)::int AS places,
       min(rank) AS best, max(rank) AS worst
     FROM snapshots WHERE user_id = $1 GROUP BY 1, 2 ORDER BY 1, 2`,
    [userId],
  );

const topCalls = () => spotify.calls.filter(({ path }) => path === '/v1/me/top/tracks');

describe('a capture', () => {
  it('keeps the three lists of today to their ends, beyond the first fifty', async () => {
    spotify.setListeners(standInListeners());
    expect(await isCapturedToday(test.db, alice)).toBe(false);
    const { date, ...kept } = await capture();
    expect(kept).toEqual({ captured: [...TIME_RANGES], places: 225, skipped: 0 });
    expect(await keptLists()).toEqual([
      { date, range: 'long_term', places: 100, best: 1, worst: 100 },
      { date, range: 'medium_term', places: 75, best: 1, worst: 75 },
      { date, range: 'short_term', places: 50, best: 1, worst: 50 },
    ]);
    const expected = standInListeners()[0]?.topTracks.medium_term ?? [];
    const list = await findTopList(test.db, alice, 'medium_term');
    expect(list?.entries.map((entry) => entry.track_id)).toEqual(
      expected.map((track) => (track as { id: string }).id),
    );
    expect(await isCapturedToday(test.db, alice)).toBe(true);
    expect((await getArchiveSummary(test.db, alice)).totals).toMatchObject({
      snapshot_days: 1,
      snapshot_places: 225,
    });
  });

  it('of a list that goes on beyond five hundred places says so', async () => {
    spotify.behave({ topDepth: 2_742 });
    spotify.setTopTracks(
      ALICE,
      'long_term',
      Array.from({ length: 600 }, (_, n) => inventTrack(n)),
    );
    await capture();
    expect(await test.db.one(`SELECT deeper FROM capture_runs WHERE kind = 'tracks'`)).toEqual({
      deeper: true,
    });
  });

  it('twice keeps each list once, as first seen, and asks Spotify once', async () => {
    await capture();
    const before = await checksumTables(test.db);
    const calls = topCalls().length;
    spotify.setTopTracks(ALICE, 'short_term', [inventTrack(500)]);
    expect(await capture()).toMatchObject({ captured: [], places: 0 });
    expect(topCalls().length).toBe(calls);
    expect(await checksumTables(test.db)).toEqual(before);
  });

  it('five times at once keeps each list once', async () => {
    const results = await Promise.all(Array.from({ length: 5 }, () => capture()));
    expect(results.reduce((places, result) => places + result.places, 0)).toBe(countListed());
    expect((await keptLists()).map(({ places }) => places)).toEqual(
      (['long_term', 'medium_term', 'short_term'] as const).map((range) => countListed([range])),
    );
  });

  it('of two listeners who share tracks, at once, keeps both', async () => {
    const bob = await connectListener(BOB);
    await Promise.all([capture(), capture(bob)]);
    expect(await keptLists()).toHaveLength(3);
    expect(await keptLists(bob)).toHaveLength(3);
  });

  it('fetches only what the day still lacks', async () => {
    await capture();
    await test.db.execute(`DELETE FROM snapshots WHERE time_range = 'long_term'`);
    const calls = topCalls().length;
    expect(await capture()).toMatchObject({ captured: ['long_term'], places: countListed(['long_term']) });
    expect(
      new Set(
        topCalls()
          .slice(calls)
          .map(({ query }) => query.time_range),
      ),
    ).toEqual(new Set(['long_term']));
  });

  it.each([0, 1, 2])('keeps none of the lists when page %i fails', async (pages) => {
    spotify.setListeners(standInListeners());
    for (const range of TIME_RANGES) spotify.setTopArtists(ALICE, range, []);
    const before = await checksumTables(test.db, RECORDED);
    for (let page = 0; page < pages; page += 1) {
      spotify.fail({ on: 'top-tracks', kind: 'missing-fields', fields: ['nothing'], times: 'once' });
    }
    spotify.fail({ on: 'top-tracks', kind: 'html' });
    await expect(capture()).rejects.toMatchObject({ kind: 'unreadable' });
    expect(await checksumTables(test.db, RECORDED)).toEqual(before);
  });

  it('is dated by the listener’s own calendar', async () => {
    const bob = await connectListener(BOB);
    const zones = ['Pacific/Kiritimati', 'Etc/GMT+12'];
    const dates = [];
    for (const timeZone of zones) {
      await test.db.execute('UPDATE users SET timezone = $2 WHERE user_id = $1', [bob, timeZone]);
      const { date, places } = await capture(bob);
      expect(date).toBe(new Intl.DateTimeFormat('en-CA', { timeZone }).format(new Date()));
      expect(places).toBeGreaterThan(0);
      dates.push(date);
    }
    // 26 hours apart: it is never the same day in both.
    expect(new Set(dates).size).toBe(2);
  });

  it('of empty lists keeps nothing and is no error', async () => {
    for (const range of TIME_RANGES) spotify.setTopTracks(ALICE, range, []);
    expect(await capture()).toMatchObject({ captured: [], places: 0, skipped: 0 });
    expect(await keptLists()).toEqual([]);
  });

  it('of one empty list keeps the other two', async () => {
    spotify.setTopTracks(ALICE, 'medium_term', []);
    expect(await capture()).toMatchObject({
      captured: ['short_term', 'long_term'],
      places: countListed(['short_term', 'long_term']),
    });
  });
});

const onlyShort = (tracks: (object | null)[]) => {
  spotify.setTopTracks(ALICE, 'short_term', tracks);
  spotify.setTopTracks(ALICE, 'medium_term', []);
  spotify.setTopTracks(ALICE, 'long_term', []);
};

describe('odd items', () => {
  it('are left out and counted, and move nobody up', async () => {
    const episode = { ...inventTrack(5), type: 'episode' };
    onlyShort([null, inventTrack(1), episode, { id: null }, inventTrack(2), inventTrack(1)]);
    expect(await capture()).toMatchObject({ places: 2, skipped: 4 });
    const list = await findTopList(test.db, alice, 'short_term');
    expect(list?.entries.map((entry) => [entry.name, entry.rank])).toEqual([
      [inventTrack(1).name, 2],
      [inventTrack(2).name, 5],
    ]);
  });

  it('like a local file are kept under their uri', async () => {
    onlyShort([inventLocalTrack(0)]);
    expect(await capture()).toMatchObject({ places: 1, skipped: 0 });
    const list = await findTopList(test.db, alice, 'short_term');
    expect(list?.entries[0]).toMatchObject({
      track_id: inventLocalTrack(0).uri,
      artist_name: 'Cousin Ruth',
      rank: 1,
    });
  });

  it.each([
    ['NUL', 'a\0b', 'a\uFFFDb'],
    ['a lone surrogate', 'a\uD83Cb', 'a\uFFFDb'],
  ])('with %s in a name and an id sink nothing', async (_what, odd, kept) => {
    onlyShort([{ ...inventTrack(1), name: odd }, { ...inventTrack(2), id: odd, uri: odd }, inventTrack(3)]);
    expect(await capture()).toMatchObject({ places: 3 });
    const list = await findTopList(test.db, alice, 'short_term');
    expect(list?.entries.map((entry) => [entry.rank, entry.name])).toEqual([
      [1, kept],
      [2, inventTrack(2).name],
      [3, inventTrack(3).name],
    ]);
    expect(list?.entries[1]?.track_id).toBe(kept);
  });

  it('with an id too long for an index are left out and sink nothing', async () => {
    const uri = `spotify:local:${incompressible(1900)}`;
    onlyShort([{ ...inventLocalTrack(0), uri }, inventTrack(1)]);
    expect(await capture()).toMatchObject({ places: 1, skipped: 1 });
    const list = await findTopList(test.db, alice, 'short_term');
    expect(list?.entries.map((entry) => [entry.name, entry.rank])).toEqual([[inventTrack(1).name, 2]]);
  });

  it('known from an old archive are completed and never overwritten', async () => {
    const known = inventTrack(1);
    await insertTrack(test.db, {
      trackId: known.id,
      name: 'As the old archive had it',
      payload: { old: true },
      features: { energy: 0.7 },
      popularity: 42,
    });
    await test.db.execute(recordBrought('file_tracks', '$1::bigint', 'SELECT track_id FROM tracks'), [alice]);
    onlyShort([known]);
    await capture();
    const row = await test.db.one<Record<string, unknown>>('SELECT * FROM tracks');
    expect(row).toMatchObject({
      name: 'As the old archive had it',
      raw_json: { old: true },
      audio_features: { energy: 0.7 },
      popularity: 42,
      duration_ms: known.duration_ms,
      album_name: (known.album as { name: string }).name,
    });
  });
});

describe('Spotify’s limits', () => {
  it('stop all calls at once, for everybody, until it is time', async () => {
    const bob = await connectListener(BOB);
    spotify.fail({ on: 'top-tracks', kind: 'rate-limit', retryAfter: 600, times: 'once' });
    const before = spotify.calls.length;
    await expect(capture()).rejects.toMatchObject({ kind: 'rate-limited', retryAfterSeconds: 600 });
    expect(spotify.calls.length).toBe(before + 1);
    await expect(capture(bob)).rejects.toMatchObject({ kind: 'rate-limited' });
    await expect(capture()).rejects.toMatchObject({ status: 503 });
    expect(spotify.calls.length).toBe(before + 1);
    expect(await keptLists()).toEqual([]);
    await test.db.execute(`UPDATE spotify_limits SET not_before = now()`);
    expect(await capture(bob)).toMatchObject({ captured: [...TIME_RANGES] });
  });
});
