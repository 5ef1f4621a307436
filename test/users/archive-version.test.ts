import { beforeEach, describe, expect, it } from 'vitest';
import { findArchiveVersion } from '../../src/users/archive-version.ts';
import { useDatabase } from '../support/database.ts';
import {
  insertArtistSnapshot,
  insertListener,
  insertPlaylist,
  insertPlays,
  insertSnapshot,
  insertTrack,
} from '../support/factories.ts';

const test = useDatabase();
let alice: number;
let bob: number;
let track: string;

const version = (userId: number) => findArchiveVersion(test.db, userId);

beforeEach(async () => {
  alice = await insertListener(test.db, null);
  bob = await insertListener(test.db, null);
  track = await insertTrack(test.db, { name: 'Halo', artists: ['beyonce'], features: { energy: 0.5 } });
  await insertSnapshot(test.db, alice, { date: '2026-01-01' }, [track]);
  await insertSnapshot(test.db, alice, { date: '2026-01-02' }, [track]);
  await insertArtistSnapshot(test.db, alice, { date: '2026-01-01' }, ['listed']);
  await insertPlaylist(test.db, alice, { playlistId: 'p' }, [track]);
  await insertPlays(test.db, alice, [['2026-01-01T12:00:00Z', track]]);
  await insertSnapshot(test.db, bob, { date: '2026-01-01' }, [await insertTrack(test.db)]);
});

/** $1 is Alice, $2 her track. */
const PERSONAL: readonly string[] = [
  `INSERT INTO snapshots (user_id, track_id, snapshot_date, time_range, rank) VALUES ($1, $2, '2026-02-01', 'long_term', 1)`,
  `UPDATE snapshots SET rank = 7 WHERE user_id = $1 AND track_id = $2 AND snapshot_date = '2026-01-02'`,
  `DELETE FROM snapshots WHERE user_id = $1 AND track_id = $2 AND snapshot_date = '2026-01-02'`,
  `INSERT INTO artist_snapshots (user_id, artist_id, snapshot_date, time_range, rank)
   SELECT $1, artist_id, '2026-02-01', 'long_term', 1 FROM track_artists WHERE track_id = $2`,
  `UPDATE artist_snapshots SET rank = 7 WHERE user_id = $1 AND $2 <> ''`,
  `DELETE FROM artist_snapshots WHERE user_id = $1 AND $2 <> ''`,
  `INSERT INTO plays (user_id, played_at, track_id, raw_json) VALUES ($1, now(), $2, '{}')`,
  `DELETE FROM plays WHERE user_id = $1 AND track_id = $2`,
  `INSERT INTO play_gaps (user_id, after_played_at, before_played_at) SELECT $1, now(), now() + interval '1 day' WHERE $2 <> ''`,
  `INSERT INTO capture_runs (user_id, snapshot_date, outcome, started_at, finished_at)
   SELECT $1, '2026-02-01', 'empty', now(), now() WHERE $2 <> ''`,
  `UPDATE playlists SET name = 'Another' WHERE user_id = $1 AND $2 <> ''`,
  `DELETE FROM playlists WHERE user_id = $1 AND $2 <> ''`,
  `DELETE FROM playlist_tracks WHERE user_id = $1 AND track_id = $2`,
  `INSERT INTO hidden_tracks (user_id, track_id) VALUES ($1, $2)`,
  `INSERT INTO hidden_artists (user_id, artist_id) SELECT $1, 'listed' WHERE $2 <> ''`,
  `INSERT INTO own_audio_features (user_id, track_id, audio_features) VALUES ($1, $2, '{"energy": 0.5}')`,
  `UPDATE library_tracks SET listings = 9 WHERE user_id = $1 AND track_id = $2`,
  `SELECT derive_all($1) FROM tracks WHERE track_id = $2`,
];

/** What all share, where it reaches Alice. $1 is her track. */
const SHARED: readonly string[] = [
  `UPDATE tracks SET name = 'Another' WHERE track_id = $1`,
  `UPDATE tracks SET raw_json = '{"album": {"images": [{"url": "x"}]}}' WHERE track_id = $1`,
  `UPDATE tracks SET audio_features = '{"energy": 0.1}' WHERE track_id = $1`,
  `UPDATE artists SET name = 'Another' FROM track_artists AS c WHERE c.artist_id = artists.artist_id AND track_id = $1`,
  `UPDATE artists SET raw_json = '{"images": [{"url": "x"}]}' WHERE artist_id = 'listed' AND $1 <> ''`,
  `INSERT INTO track_artists (track_id, artist_id, position) VALUES ($1, 'listed', 2)`,
  `DELETE FROM track_artists WHERE track_id = $1`,
  `INSERT INTO enrichment_misses (source, track_id) VALUES ('reccobeats', $1)`,
];

describe('the version of an archive', () => {
  it.each(PERSONAL)('is another, for its listener alone, after %s', async (sql) => {
    const [hers, his] = [await version(alice), await version(bob)];
    expect(await test.db.execute(sql, [alice, track])).toBeGreaterThan(0);
    expect(await version(alice)).not.toBe(hers);
    expect(await version(bob)).toBe(his);
  });

  it.each(SHARED)('is another where the catalogue changes what it says: %s', async (sql) => {
    const [hers, his] = [await version(alice), await version(bob)];
    expect(await test.db.execute(sql, [track])).toBeGreaterThan(0);
    expect(await version(alice)).not.toBe(hers);
    expect(await version(bob)).toBe(his);
  });

  it('never comes back, whichever of two changes at once is done first, and neither waits', async () => {
    const seen = [await version(alice)];
    const change = `UPDATE playlists SET name = 'Another' WHERE user_id = $1`;
    await test.db.withTransaction(async (tx) => {
      await tx.execute(`SELECT mark_changed(ARRAY[$1::bigint])`, [alice]);
      await test.db.execute(change, [alice]);
      seen.push(await version(alice));
    });
    seen.push(await version(alice));
    await test.db.execute(change, [alice]);
    seen.push(await version(alice));
    expect(new Set(seen).size).toBe(4);
    expect(await test.db.many('SELECT FROM archive_changes WHERE user_id = $1', [alice])).toHaveLength(1);
  });

  it('goes with its listener', async () => {
    await test.db.execute('DELETE FROM users WHERE user_id = $1', [alice]);
    expect(await test.db.many('SELECT FROM archive_changes WHERE user_id = $1', [alice])).toEqual([]);
  });
});
