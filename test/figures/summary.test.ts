import { beforeEach, describe, expect, it } from 'vitest';
import { ask } from '../../src/database/ask-together.ts';
import { computeLibrarySound } from '../../src/catalogue/library-sound.ts';
import {
  getArchiveSummary,
  getMoodCounts,
  KEPT_SOUND,
  refreshArchiveSummary,
  refreshPlayedSummary,
} from '../../src/figures/summary.ts';
import { deleteEverything, useDatabase } from '../support/database.ts';
import { listStrayDerived } from '../support/derived.ts';
import {
  insertArchiveTracks,
  insertListener,
  insertListens,
  insertPlaylist,
  insertSnapshot,
  insertTrack,
} from '../support/factories.ts';

const test = useDatabase();
let alice: number;
let bob: number;
let first: string;
let second: string;

beforeEach(async () => {
  await deleteEverything(test.db);
  alice = await insertListener(test.db, 'alice');
  bob = await insertListener(test.db, 'bob');
  first = await insertTrack(test.db, { artists: ['ann'], features: { energy: 0.5 }, popularity: 1 });
  second = await insertTrack(test.db);
  await insertSnapshot(test.db, alice, { date: '2026-01-31' }, [first]);
  await insertSnapshot(test.db, alice, { date: '2026-02-28', range: 'long_term' }, [first]);
  await insertPlaylist(test.db, alice, { playlistId: 'p' }, [first]);
  await insertSnapshot(test.db, bob, { date: '2026-02-28' }, [second]);
  for (const listener of [alice, bob]) await refreshArchiveSummary(test.db, listener);
});

const keptFor = async (which = ''): Promise<number[]> =>
  (
    await test.db.many<{ user_id: number }>(`SELECT user_id FROM archive_summaries ${which} ORDER BY user_id`)
  ).map((row) => row.user_id);

describe('a summary', () => {
  it('counts days, places and playlists, and knows the first day and the last', async () => {
    expect((await getArchiveSummary(test.db, alice)).totals).toEqual({
      snapshot_days: 2,
      snapshot_places: 2,
      playlists: 1,
      first_date: '2026-01-31',
      last_date: '2026-02-28',
    });
  });

  it('of an archive without anything is all zeros and nulls', async () => {
    const carol = await insertListener(test.db, 'carol');
    const { totals, figures } = await getArchiveSummary(test.db, carol);
    expect(totals).toEqual({
      snapshot_days: 0,
      snapshot_places: 0,
      playlists: 0,
      first_date: null,
      last_date: null,
    });
    expect(figures).toMatchObject({ tracks: 0, artists: 0, energy: { average: null, known: 0 } });
  });

  it('that an older version of the app kept, in another shape, is not believed', async () => {
    const known = await getArchiveSummary(test.db, alice);
    await test.db.execute(`UPDATE archive_summaries SET summary = '{"totals": {}}'`);
    expect(await getArchiveSummary(test.db, alice)).toEqual(known);
    await test.db.execute(`UPDATE archive_summaries SET summary = '{"shape": 1}', mood = '{"shape": 1}'`);
    expect(await getArchiveSummary(test.db, alice)).toEqual(known);
    expect(await getMoodCounts(test.db, alice)).not.toHaveProperty('shape');
  });

  it('has how the library sounds beside it, which goes with the first change', async () => {
    const sound = await computeLibrarySound(test.db, alice);
    expect(sound).toMatchObject({ tracks: 1, average: { energy: 0.5 } });
    expect(await ask(test.db, KEPT_SOUND, alice)).toEqual(sound);
    await insertSnapshot(test.db, alice, { date: '2026-03-31' }, [second]);
    expect(await ask(test.db, KEPT_SOUND, alice)).toBeNull();
    expect(await ask(test.db, KEPT_SOUND, bob)).not.toBeNull();
  });

  it('is kept ready, and the kept one is the same as one computed again', async () => {
    expect(await keptFor()).toEqual([alice, bob]);
    const kept = await getArchiveSummary(test.db, alice);
    await test.db.execute('DELETE FROM archive_summaries');
    expect(await getArchiveSummary(test.db, alice)).toEqual(kept);
  });
});

it('an empty playlist is counted at once, and costs nothing else', async () => {
  const { totals } = await getArchiveSummary(test.db, alice);
  await insertPlaylist(test.db, alice, { playlistId: 'q' });
  expect(await keptFor()).toEqual([alice, bob]);
  expect((await getArchiveSummary(test.db, alice)).totals).toEqual({
    ...totals,
    playlists: totals.playlists + 1,
  });
});

describe('a kept summary is forgotten', () => {
  const byAlice = 'WHERE user_id = (SELECT user_id FROM users WHERE spotify_id = $1)';
  it.each([
    ['a list is added', () => insertSnapshot(test.db, alice, { date: '2026-03-31' }, [second])],
    ['a list is deleted', () => test.db.execute(`DELETE FROM snapshots ${byAlice}`, ['alice'])],
    ['a rank is changed', () => test.db.execute(`UPDATE snapshots SET rank = 9 ${byAlice}`, ['alice'])],
    ['a playlist with tracks is added', () => insertPlaylist(test.db, alice, { playlistId: 'q' }, [second])],
    ['a playlist is deleted', () => test.db.execute(`DELETE FROM playlists ${byAlice}`, ['alice'])],
    ['a track leaves a playlist', () => test.db.execute(`DELETE FROM playlist_tracks ${byAlice}`, ['alice'])],
    ['a track joins the archive', () => insertArchiveTracks(test.db, alice, [second])],
    ['a track leaves the archive', () => test.db.execute(`DELETE FROM library_tracks ${byAlice}`, ['alice'])],
    [
      'a track’s features become known',
      () =>
        test.db.execute(`UPDATE tracks SET audio_features = '{"energy": 1}' WHERE track_id = $1`, [first]),
    ],
    ['an artist’s name becomes known', () => test.db.execute(`UPDATE artists SET name = 'Ann'`)],
    [
      'an artist is linked to a track',
      async () => {
        await test.db.execute(`INSERT INTO artists (artist_id) VALUES ('ben')`);
        await test.db.execute(`INSERT INTO track_artists VALUES ($1, 'ben', 2)`, [first]);
      },
    ],
    [
      'an artist is taken off a track',
      () => test.db.execute(`DELETE FROM track_artists WHERE track_id = $1`, [first]),
    ],
  ])('when %s, and nobody else’s is', async (_what, change: () => Promise<unknown>) => {
    const before = await getArchiveSummary(test.db, alice);
    await change();
    expect(await keptFor()).toEqual([bob]);
    expect(await getArchiveSummary(test.db, alice)).not.toEqual(before);
  });

  it('for everyone who has the track, when a track changes', async () => {
    await test.db.execute(`UPDATE tracks SET popularity = 77`);
    expect(await keptFor()).toEqual([]);
  });

  it('not by a track that nobody has, nor by another listener’s change', async () => {
    const unheard = await insertTrack(test.db);
    await test.db.execute(`UPDATE tracks SET popularity = 5 WHERE track_id = $1`, [unheard]);
    expect(await keptFor()).toEqual([alice, bob]);
    await insertSnapshot(test.db, bob, { date: '2026-03-31' }, [first]);
    expect(await keptFor()).toEqual([alice]);
  });
});

describe('what a summary says of plays', () => {
  const ready = () => keptFor('WHERE plays IS NOT NULL');
  const play = () => insertListens(test.db, alice, [{ at: '2026-03-01T12:00:00Z', track: first }]);

  it.each([
    ['a play', play],
    [
      'another clock',
      () => test.db.execute(`UPDATE users SET timezone = 'Asia/Tokyo' WHERE user_id = $1`, [alice]),
    ],
    [
      'another rule',
      () => test.db.execute(`UPDATE users SET counted_plays = 'any' WHERE user_id = $1`, [alice]),
    ],
  ])('is forgotten alone, by %s', async (_what, change: () => Promise<unknown>) => {
    expect(await ready()).toEqual([alice, bob]);
    await change();
    expect(await ready()).toEqual([bob]);
    expect(await keptFor()).toEqual([alice, bob]);
  });

  it('is made again by who adds plays, with all else where a track is new', async () => {
    await play();
    await test.db.withTransaction((tx) => refreshPlayedSummary(tx, alice));
    expect(await ready()).toEqual([alice, bob]);
    await insertListens(test.db, alice, [{ at: '2026-03-01T13:00:00Z', track: second }]);
    expect(await keptFor()).toEqual([bob]);
    await test.db.withTransaction((tx) => refreshPlayedSummary(tx, alice));
    expect(await ready()).toEqual([alice, bob]);
    expect(await listStrayDerived(test.db)).toEqual([]);
  });
});
