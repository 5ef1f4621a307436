import Sqlite from 'better-sqlite3';
import { beforeAll, describe, expect, it } from 'vitest';
import { moveArchive } from '../../../scripts/migrate-from-sqlite/move-archive.ts';
import { exitCodeOf, type MoveReport } from '../../../scripts/migrate-from-sqlite/report.ts';
import { useDatabase } from '../../support/database.ts';
import { useDirectory } from '../../support/old-archives.ts';
import {
  copyReference,
  hasReferenceArchives,
  referencePath,
  type ReferenceLayout,
} from '../../support/reference-archives.ts';
import { dumpTables, emptyTables } from '../../support/table-dump.ts';

/** What the old file itself holds. */
function source(layout: ReferenceLayout, sql: string): unknown[] {
  const db = new Sqlite(referencePath(layout), { readonly: true });
  const rows = db.prepare(sql).all();
  db.close();
  return rows;
}

describe.skipIf(!hasReferenceArchives)('the reference archives', { timeout: 120_000 }, () => {
  const test = useDatabase();
  const directory = useDirectory();

  function move(layout: ReferenceLayout): Promise<MoveReport> {
    const file = copyReference(layout, directory);
    return moveArchive({ db: test.patient, file, owner: 'alice', backup: false });
  }

  const count = async (table: string): Promise<number> =>
    (await test.db.one<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`)).count;

  async function expectSnapshots(): Promise<void> {
    const columns = 'track_id, name, artist_name, album_name, duration_ms, spotify_url';
    expect(await test.db.many(`SELECT ${columns} FROM tracks ORDER BY track_id`)).toEqual(
      source('snapshots', `SELECT ${columns} FROM tracks ORDER BY track_id`),
    );
    const keys = 'track_id, snapshot_date, time_range, rank';
    expect(await test.db.many(`SELECT ${keys} FROM snapshots ORDER BY 2, 3, 1`)).toEqual(
      source('snapshots', `SELECT ${keys} FROM snapshots ORDER BY 2, 3, 1`),
    );
    const payloads = source('snapshots', 'SELECT raw_json FROM tracks ORDER BY track_id') as {
      raw_json: string;
    }[];
    expect(await test.db.many('SELECT raw_json FROM tracks ORDER BY track_id')).toEqual(
      payloads.map(({ raw_json }) => ({ raw_json: JSON.parse(raw_json) })),
    );
  }

  async function expectPlaylists(): Promise<void> {
    const tracks = source(
      'playlists',
      `SELECT t.spotify_id AS track_id, t.name, album_name, duration_ms, popularity, audio_features,
              release_date, t.created_at || '.0' AS created_at
       FROM tracks AS t ORDER BY 1`,
    ) as { audio_features: string | null }[];
    const stored = await test.db.many<Record<string, unknown>>(
      `SELECT track_id, name, album_name, duration_ms, popularity, audio_features,
              left(release_date::text, CASE release_date_precision WHEN 'year' THEN 4 WHEN 'month' THEN 7 ELSE 10 END) AS release_date,
              (created_at AT TIME ZONE 'UTC')::text || '.0' AS created_at
       FROM tracks ORDER BY 1`,
    );
    expect(stored).toEqual(
      tracks.map((track) =>
        Object.assign(track, { audio_features: JSON.parse(track.audio_features ?? 'null') as unknown }),
      ),
    );
    const entries = `SELECT playlist_id, t.spotify_id AS track_id, position, e.created_at
      FROM playlist_tracks AS e JOIN tracks AS t ON t.id = e.track_id ORDER BY 1, 3`;
    expect(
      await test.db.many(
        `SELECT playlist_id, track_id, position, (created_at AT TIME ZONE 'UTC')::text AS created_at
         FROM playlist_tracks ORDER BY 1, 3`,
      ),
    ).toEqual(source('playlists', entries));
  }

  const content = async (): Promise<unknown> => {
    const { users: _users, imports: _imports, ...tables } = await dumpTables(test.db);
    const timeless = {
      ...tables,
      tracks: await test.db.many(
        `SELECT to_jsonb(t) - ARRAY['updated_at', 'audio_features_at'] AS track FROM tracks AS t ORDER BY track_id`,
      ),
    };
    return { ...timeless, artists: await test.db.many('SELECT artist_id, name FROM artists ORDER BY 1') };
  };
  let oneWay: unknown;

  describe.sequential('the snapshots layout first', () => {
    it('arrives value for value', async () => {
      expect(exitCodeOf(await move('snapshots'))).toBe(0);
      expect(await count('tracks')).toBe(1872);
      expect(await count('snapshots')).toBe(5400);
      expect(await count('library_tracks')).toBe(1872);
      await expectSnapshots();
    });

    it('has its dates, popularity and artists from the payload', async () => {
      const wrong = await test.db.one<{ wrong: number }>(
        `SELECT count(*)::int AS wrong FROM tracks
         WHERE raw_json #>> '{album,release_date}' IS DISTINCT FROM
                 left(release_date::text, CASE release_date_precision WHEN 'year' THEN 4 WHEN 'month' THEN 7 ELSE 10 END)
            OR raw_json #>> '{album,release_date_precision}' IS DISTINCT FROM release_date_precision
            OR (raw_json ->> 'popularity')::int IS DISTINCT FROM popularity
            OR jsonb_path_query_array(raw_json, '$.artists[*].id') IS DISTINCT FROM
                 (SELECT jsonb_agg(artist_id ORDER BY position) FROM track_artists AS a WHERE a.track_id = tracks.track_id)`,
      );
      expect(wrong.wrong).toBe(0);
    });

    it('is completed by the other one', async () => {
      expect(exitCodeOf(await move('playlists'))).toBe(0);
      await expectSnapshots();
      await expectPlaylists();
      oneWay = await content();
    });

    it('is not changed by a row where both are moved again', async () => {
      const before = await dumpTables(test.db, true);
      expect((await move('snapshots')).changed).toBe(false);
      expect((await move('playlists')).changed).toBe(false);
      expect(await dumpTables(test.db, true)).toEqual(before);
    });
  });

  describe.sequential('the playlists layout first', () => {
    beforeAll(() => emptyTables(test.db));

    it('arrives value for value', async () => {
      expect(exitCodeOf(await move('playlists'))).toBe(0);
      expect(await count('artists')).toBe(302);
      expect(await count('playlist_tracks')).toBe(1440);
      expect(await count('tracks WHERE audio_features IS NOT NULL')).toBe(1664);
      await expectPlaylists();
      expect(await test.db.many('SELECT track_id, artist_name FROM tracks ORDER BY 1')).toEqual(
        source(
          'playlists',
          `SELECT t.spotify_id AS track_id, a.name AS artist_name
           FROM tracks AS t LEFT JOIN artists AS a ON a.id = artist_id ORDER BY 1`,
        ),
      );
    });

    it('is completed by the other one to the same end', async () => {
      expect(exitCodeOf(await move('snapshots'))).toBe(0);
      expect(await content()).toEqual(oneWay);
    });
  });
});
