import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeDemoArchive } from '../scripts/demo/archive/write.ts';
import { REPLACED_TRIGGERS } from '../scripts/migrate-from-sqlite/target/bulk-load.ts';
import { moveArchive } from '../scripts/migrate-from-sqlite/move-archive.ts';
import { rehearse } from '../src/database/rehearse.ts';
import { useDatabase } from './support/database.ts';
import { listStrayDerived } from './support/derived.ts';
import { insertArtistSnapshot, insertPlays } from './support/factories.ts';
import { change } from './support/generic-moves.ts';
import { countListenerRows } from './support/listener-rows.ts';

const test = useDatabase();
const directory = mkdtempSync(path.join(os.tmpdir(), 'mtm-derived-'));
const TALLIES = [
  'played_tracks',
  'played_artists',
  'played_albums',
  'play_endings',
  'play_days',
  'played_from',
  'discoveries',
  'play_sessions',
];
let userId = 0;

/** A fortieth of the demo's archive, both halves, with some plays, choices and a file of the listener's own. */
beforeAll(async () => {
  const { snapshotsFile, playlistsFile } = writeDemoArchive({ directory, endDate: '2026-11-21' });
  keepFortieth(snapshotsFile, `DELETE FROM snapshots WHERE track_id NOT IN (SELECT track_id FROM tracks)`);
  keepFortieth(playlistsFile, `DELETE FROM playlist_tracks WHERE track_id NOT IN (SELECT id FROM tracks)`);
  for (const file of [snapshotsFile, playlistsFile])
    await moveArchive({ db: test.patient, file, owner: 'alice', backup: false });
  userId = (await test.db.one<{ id: number }>('SELECT user_id AS id FROM users')).id;
  const tracks = await test.db.many<{ id: string }>(
    'SELECT track_id AS id FROM library_tracks ORDER BY track_id LIMIT 9',
  );
  await insertPlays(
    test.db,
    userId,
    tracks.map(({ id }, n) => [`2026-11-0${n + 1}T12:00:00Z`, id]),
  );
  await test.db.execute(`UPDATE plays SET context = '{"uri": "spotify:collection"}'`);
  for (const range of ['short_term', 'long_term'] as const)
    await insertArtistSnapshot(test.db, userId, { date: '2026-11-01', range }, ['ann', 'ben']);
  await test.db.execute('INSERT INTO hidden_tracks (user_id, track_id) VALUES ($1, $2)', [
    userId,
    tracks[0]?.id,
  ]);
  await test.db.execute(
    `INSERT INTO hidden_artists (user_id, artist_id) SELECT $1, min(artist_id) FROM track_artists`,
    [userId],
  );
  await test.db.execute(`INSERT INTO own_audio_features VALUES ($1, $2, '{"energy": 0.123}')`, [
    userId,
    tracks[1]?.id,
  ]);
}, 120_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The same tracks in both files. @param deleteRest SQL: what the file has of the other tracks */
function keepFortieth(file: string, deleteRest: string): void {
  change(file, (db) => {
    db.exec(`DELETE FROM tracks WHERE rowid % 40 <> 0`);
    db.exec(deleteRest);
  });
}

describe('what is derived', () => {
  it('of the demo archive is what derive_all() would make it', async () => {
    expect(await listStrayDerived(test.patient)).toEqual([]);
  });

  it.each([
    [`a name in the library`, `UPDATE library_tracks SET name = 'x' WHERE NOT hidden`],
    [`a count of listings`, `UPDATE library_tracks SET listings = listings + 1`],
    [`a track that shows`, `UPDATE library_tracks SET hidden = false`],
    [`a track that is missing`, `DELETE FROM library_tracks WHERE listings > 0`],
    [`a list that is missing`, `DELETE FROM snapshot_lists WHERE time_range = 'long_term'`],
    [
      `a list too many`,
      `INSERT INTO snapshot_lists SELECT user_id, 'short_term', '1999-01-01', 1 FROM users`,
    ],
    [
      `an artist too many`,
      `INSERT INTO listed_artists SELECT user_id, (SELECT min(artist_id) FROM artists), '' FROM users`,
    ],
    [`the points of a period`, `UPDATE snapshot_periods SET points = 0 WHERE period = 'all'`],
    [`a list of artists that is missing`, `DELETE FROM artist_snapshot_lists WHERE time_range = 'long_term'`],
    [`the points of an artist`, `UPDATE artist_snapshot_periods SET points = 0`],
    [`the last play of a track`, `UPDATE played_tracks SET last_played_at = now()`],
    [`what a track is sorted by`, `UPDATE library_measures SET plays = 7, listings = 7`],
    [`a track that cannot be sorted`, `DELETE FROM library_measures WHERE NOT hidden`],
    [`the plays of a day`, `UPDATE play_days SET plays = 7`],
    [`where plays of a day came from`, `UPDATE played_from SET plays = 7`],
    [`what was new on a day`, `UPDATE discoveries SET lasting = things + 1`],
    [`the end of a session`, `UPDATE play_sessions SET ended_at = now()`],
    [`an artist's plays until a month`, `UPDATE played_artists SET plays_until[1] = 7`],
    [`the first month of a track`, `UPDATE played_tracks SET months[1] = '2001-01-01'`],
    [`the album of a played track`, `UPDATE played_tracks SET of_album_id = 'another'`],
    [`the skips of a track`, `UPDATE play_endings SET skipped = 7`],
    [`an artist who was played`, `DELETE FROM played_artists`],
    [`the plays of an album`, `UPDATE played_albums SET plays = plays + 1`],
  ])('is mended by derive_all(): %s', async (_what, damage) => {
    const derive = async () =>
      (await test.patient.one<{ rows: number }>('SELECT derive_all($1) AS rows', [userId])).rows;
    expect(await test.patient.execute(damage)).toBeGreaterThan(0);
    expect(await derive()).toBeGreaterThan(0);
    expect(await derive()).toBe(0);
  });
});

describe('a row with ten years of months', () => {
  it('stays as it is where it is derived again: pages read it at every visit', async () => {
    const packed = await rehearse(test.patient, async (tx) => {
      await tx.execute(
        `INSERT INTO plays (user_id, played_at, track_id)
         SELECT $1, month, (SELECT max(track_id) FROM track_artists)
         FROM generate_series('2016-01-09'::timestamptz, '2025-12-09', '1 month') AS month`,
        [userId],
      );
      expect(await tx.execute(`UPDATE played_artists SET plays = 7`)).toBeGreaterThan(0);
      await tx.one('SELECT derive_all($1)', [userId]);
      return tx.many(
        `SELECT pg_column_compression(ms_until) AS how FROM played_artists WHERE cardinality(months) >= 120`,
      );
    });
    expect(packed).not.toEqual([]);
    expect(new Set(packed)).toEqual(new Set([{ how: null }]));
  });
});

describe('a listener who is deleted', () => {
  it.each(['DELETE FROM users', 'TRUNCATE users CASCADE'])('takes all rows along: %s', async (sql) => {
    const rows = await rehearse(test.patient, async (tx) => {
      expect(Object.keys(await countListenerRows(tx, userId))).toEqual(expect.arrayContaining(TALLIES));
      await tx.execute(sql);
      return countListenerRows(tx, userId);
    });
    expect(rows).toEqual({});
  });
});

interface Trigger {
  readonly relation: string;
  readonly name: string;
  readonly event: string;
}

describe('the triggers', () => {
  const listTriggers = () =>
    test.db.many<Trigger>(
      `SELECT tgrelid::regclass::text AS relation, tgname AS name,
         substring(pg_get_triggerdef(oid) FROM '(?:BEFORE|AFTER) (INSERT|UPDATE|DELETE|TRUNCATE) ') AS event
       FROM pg_trigger WHERE NOT tgisinternal AND pg_get_triggerdef(oid) LIKE '% AFTER %'`,
    );

  it('are one for each table and event, and named for them', async () => {
    const triggers = await listTriggers();
    const past: Record<string, string> = {
      INSERT: 'inserted',
      UPDATE: 'updated',
      DELETE: 'deleted',
      TRUNCATE: 'truncated',
    };
    expect(triggers.map(({ name }) => name)).toEqual(
      triggers.map(({ relation, event }) => `${relation}_${past[event]}`),
    );
    expect(new Set(triggers.map(({ name }) => name)).size).toBe(triggers.length);
  });

  it('that a bulk load does without exist', async () => {
    const names = (await listTriggers()).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(REPLACED_TRIGGERS));
  });
});
