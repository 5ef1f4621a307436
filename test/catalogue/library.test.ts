import { beforeAll, describe, expect, it } from 'vitest';
import { claimArchive } from '../../src/archives/unclaimed.ts';
import { useDatabase } from '../support/database.ts';
import {
  insertArchiveTracks,
  insertListener,
  insertPlaylist,
  insertSnapshot,
  insertTrack,
} from '../support/factories.ts';
import { listStrayDerived } from '../support/derived.ts';

const test = useDatabase();
let alice = 0;
let bob = 0;

beforeAll(async () => {
  alice = await insertListener(test.db, 'alice');
  bob = await insertListener(test.db, 'bob');
});

const libraryOf = (userId: number, trackId: string) =>
  test.db.one<Record<string, unknown>>(
    `SELECT name, artist_names, energy, has_isrc, explicit, tempo, key, first_listed_date, last_listed_date,
       best_rank, listings, time_ranges, document @@ (library_mark(user_id) || 'beyonce')::tsquery AS found, search_text
     FROM library_tracks WHERE user_id = $1 AND track_id = $2`,
    [userId, trackId],
  );

describe('a listener’s library', () => {
  it('holds what a track is, found without accents and capitals', async () => {
    const track = await insertTrack(test.db, {
      name: 'Halo',
      artistName: 'Beyoncé',
      artists: ['beyonce', 'someone else'],
      features: { energy: 0.72, valence: 7, tempo: 79.9, key: 9, mode: '1' },
      payload: { explicit: false, external_ids: { isrc: 'USSM10804556' }, album: { album_type: 'album' } },
    });
    await insertArchiveTracks(test.db, alice, [track]);
    expect(await libraryOf(alice, track)).toMatchObject({
      artist_names: 'Beyoncé, BEYONCE, SOMEONE ELSE',
      energy: 0.72,
      has_isrc: true,
      explicit: false,
      tempo: 79.9,
      key: 9,
      found: true,
      search_text: 'halo\nbeyonce, beyonce, someone else\n',
      listings: 0,
    });
  });

  it('does not believe a feature that is no number or outside its range', async () => {
    const track = await insertTrack(test.db, {
      features:
        '{"energy": 1e400, "valence": "high", "danceability": -0.1, "tempo": 0, "key": -1, "mode": 0.5}',
      payload: { explicit: 'yes', external_ids: { isrc: null }, album: 'none' },
    });
    await insertPlaylist(test.db, alice, { playlistId: 'odd' }, [track]);
    expect(await libraryOf(alice, track)).toMatchObject({
      energy: null,
      tempo: null,
      key: null,
      explicit: null,
      has_isrc: false,
    });
  });

  it('counts where and when a track was listed, through additions, corrections and deletions', async () => {
    const one = await insertTrack(test.db);
    const two = await insertTrack(test.db);
    await insertSnapshot(test.db, alice, { date: '2024-03-02' }, [one, two]);
    await insertSnapshot(test.db, alice, { date: '2024-03-01', range: 'long_term' }, [two, one]);
    await insertSnapshot(test.db, bob, { date: '2020-01-01' }, [two]);
    expect(await libraryOf(alice, two)).toMatchObject({
      first_listed_date: '2024-03-01',
      last_listed_date: '2024-03-02',
      best_rank: 1,
      listings: 2,
      time_ranges: ['long_term', 'short_term'],
    });
    expect(await libraryOf(bob, two)).toMatchObject({ first_listed_date: '2020-01-01', listings: 1 });
    await test.db.execute(`UPDATE snapshots SET rank = 7 WHERE user_id = $1 AND track_id = $2`, [alice, two]);
    expect(await libraryOf(alice, two)).toMatchObject({ best_rank: 7 });
    await test.db.execute(`DELETE FROM snapshots WHERE user_id = $1 AND snapshot_date = '2024-03-01'`, [
      alice,
    ]);
    expect(await libraryOf(alice, two)).toMatchObject({ listings: 1, time_ranges: ['short_term'] });
    await test.db.execute(`DELETE FROM snapshots WHERE user_id = $1`, [alice]);
    expect(await libraryOf(alice, two)).toMatchObject({
      first_listed_date: null,
      best_rank: null,
      listings: 0,
    });
  });

  it('follows the catalogue on every library: names, features, artists', async () => {
    const track = await insertTrack(test.db, { name: 'Old', artists: ['ann'] });
    await insertArchiveTracks(test.db, alice, [track]);
    await insertArchiveTracks(test.db, bob, [track]);
    await test.db.execute(
      `UPDATE tracks SET name = 'New', audio_features = '{"energy": 0.5}' WHERE track_id = $1`,
      [track],
    );
    await test.db.execute(`UPDATE artists SET name = 'Ann Other' WHERE artist_id = 'ann'`);
    for (const listener of [alice, bob])
      expect(await libraryOf(listener, track)).toMatchObject({
        name: 'New',
        energy: 0.5,
        artist_names: 'Ann Other',
      });
    await test.db.execute(`DELETE FROM track_artists WHERE track_id = $1`, [track]);
    expect(await libraryOf(bob, track)).toMatchObject({ artist_names: '' });
  });

  it('takes in what a claimed archive brings', async () => {
    const archive = await insertListener(test.db, null);
    const track = await insertTrack(test.db);
    await insertSnapshot(test.db, archive, { date: '2019-05-05' }, [track]);
    await claimArchive(test.db, alice, archive);
    expect(await libraryOf(alice, track)).toMatchObject({ first_listed_date: '2019-05-05', listings: 1 });
  });

  it('has room for names of any length and script', async () => {
    const name = '\u{1F3B5} 夜に駆ける Ещё'.repeat(4000);
    const track = await insertTrack(test.db, { name, artistName: name, albumName: name });
    await insertArchiveTracks(test.db, alice, [track]);
    expect(Array.from(String((await libraryOf(alice, track)).name))).toHaveLength(500);
  });

  it('can be written by a session without a search path, as a restored dump is', async () => {
    await test.db.withTransaction(async (tx) => {
      await tx.execute('SET LOCAL search_path TO pg_catalog');
      expect(await tx.execute('UPDATE public.library_tracks SET name = name')).toBeGreaterThan(0);
      await tx.execute('REINDEX TABLE public.library_tracks');
    });
  });

  it('says everywhere what the catalogue and the snapshots say, after all of this', async () => {
    expect(await listStrayDerived(test.db)).toEqual([]);
  });
});
