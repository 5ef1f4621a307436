import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { refreshArchiveSummary } from '../../src/archives/summary.ts';
import { createDb, type Db } from '../../src/db.ts';
import { startEmbeddedPostgres } from '../../src/embedded-postgres.ts';
import { migrateUp } from '../../src/schema.ts';
import { writeDemoArchive } from '../demo-archive/write.ts';
import { moveArchive } from '../migrate-from-sqlite/move-archive.ts';
import { silentProgress } from '../migrate-from-sqlite/progress.ts';

/**
 * Gives `use` a throwaway database in which one listener's archive is the demo's, `times` over: as many tracks, and
 * as many days with lists, each on days of their own.
 */
export async function withLargeArchive<Result>(
  times: number,
  use: (db: Db, userId: number) => Promise<Result>,
): Promise<Result> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mtm-explain-'));
  const server = await startEmbeddedPostgres({ dataDir: path.join(directory, 'postgres'), throwaway: true });
  try {
    await migrateUp(server.url);
    const db = createDb({
      url: server.url,
      poolMin: 0,
      poolMax: 2,
      applicationName: 'explain',
      statementTimeoutMs: 0,
    });
    const userId = await fill(db, directory, times);
    const result = await use(db, userId);
    await db.close();
    return result;
  } finally {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function fill(db: Db, directory: string, times: number): Promise<number> {
  const { snapshotsFile, playlistsFile } = writeDemoArchive({ directory, endDate: '2026-11-21' });
  for (const file of [snapshotsFile, playlistsFile]) {
    await moveArchive({
      db,
      file,
      owner: 'listener',
      mode: 'move',
      assumedZone: 'UTC',
      backup: false,
      progress: silentProgress,
    });
  }
  const { user_id: userId } = await db.one<{ user_id: number }>(
    `SELECT user_id FROM users WHERE spotify_id = 'listener'`,
  );
  for (const statement of MULTIPLY) await db.execute(statement, [times]);
  await db.execute('VACUUM ANALYZE');
  await db.withTransaction((tx) => refreshArchiveSummary(tx, userId));
  return userId;
}

/** Copy n of a track has its id with “-n”; copy n of a monthly list stands n days later. */
const MULTIPLY = [
  `INSERT INTO tracks (track_id, name, artist_name, album_name, duration_ms, spotify_url, raw_json, audio_features,
     release_date, release_date_precision, popularity)
   SELECT track_id || '-' || n, name, artist_name, album_name, duration_ms, spotify_url, raw_json, audio_features,
     release_date, release_date_precision, popularity
   FROM tracks, generate_series(1, $1::int - 1) AS n`,
  `INSERT INTO track_artists (track_id, artist_id, position)
   SELECT track_id || '-' || n, artist_id, position FROM track_artists, generate_series(1, $1::int - 1) AS n`,
  `INSERT INTO archive_tracks (user_id, track_id)
   SELECT user_id, track_id || '-' || n FROM archive_tracks, generate_series(1, $1::int - 1) AS n`,
  `INSERT INTO snapshots (user_id, snapshot_date, time_range, track_id, rank)
   SELECT user_id, snapshot_date + n, time_range, track_id || '-' || n, rank
   FROM snapshots, generate_series(1, $1::int - 1) AS n`,
  `INSERT INTO playlist_tracks (user_id, playlist_id, track_id, position)
   SELECT user_id, playlist_id, track_id || '-' || n, position
   FROM playlist_tracks, generate_series(1, $1::int - 1) AS n`,
];
