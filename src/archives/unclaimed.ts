import { ask, question, theRow } from '../database/ask-together.ts';
import { CLAIM_FILED } from '../catalogue/files-and-spotify.ts';
import type { Db, Queries } from '../db.ts';
import { notFound } from '../errors.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { beginLongWork } from '../database/long-work.ts';
import { lockArchive } from '../users/lock-archive.ts';
import { getArchiveSummary, refreshArchiveSummary, type ArchiveSummary } from '../figures/summary.ts';

export interface UnclaimedArchive extends ArchiveSummary {
  readonly archiveId: number;
  readonly sources: readonly ImportSource[];
  /** The most often listed tracks, by which its owner recognises it. */
  readonly sample: readonly { readonly name: string | null; readonly artist_name: string | null }[];
}

interface ImportSource {
  readonly source_name: string;
  readonly source_layout: string;
  readonly finished_at: Date | null;
}

export const countUnclaimedArchives = (db: Queries): Promise<number> => ask(db, UNCLAIMED_COUNT);

export const UNCLAIMED_COUNT = question<[], number>(
  hotQuery(
    'dashboard: archives waiting for their owner',
    `SELECT count(*)::int AS archives FROM users WHERE spotify_id IS NULL`,
  ),
  (rows: readonly { archives: number }[]) => theRow(rows).archives,
);

export async function listUnclaimedArchives(db: Queries): Promise<UnclaimedArchive[]> {
  const archives = await db.many<{ user_id: number }>(UNCLAIMED);
  return Promise.all(archives.map((archive) => describeArchive(db, archive.user_id)));
}

const UNCLAIMED = hotQuery(
  'unclaimed archives: which',
  `SELECT user_id FROM users WHERE spotify_id IS NULL ORDER BY user_id LIMIT 50`,
);

async function describeArchive(db: Queries, archiveId: number): Promise<UnclaimedArchive> {
  const sources = await db.many<ImportSource>(SOURCES, [archiveId]);
  const sample = await db.many<{ name: string | null; artist_name: string | null }>(SAMPLE, [archiveId]);
  return { archiveId, sources, sample, ...(await getArchiveSummary(db, archiveId)) };
}

const SOURCES = hotQuery(
  'unclaimed archives: where one came from',
  `SELECT source_name, source_layout, finished_at FROM imports WHERE user_id = $1 ORDER BY import_id`,
);

const SAMPLE = hotQuery(
  'unclaimed archives: what one holds',
  `
  WITH places AS (
    SELECT track_id FROM snapshots WHERE user_id = $1
    UNION ALL
    SELECT track_id FROM playlist_tracks WHERE user_id = $1
  ), often AS (
    SELECT track_id, count(*) AS times FROM places GROUP BY track_id ORDER BY times DESC, track_id LIMIT 5
  )
  SELECT name, artist_name FROM often JOIN tracks USING (track_id) ORDER BY times DESC, track_id`,
);

/** What the listener has wins; what it displaces becomes a reject of the archive's import. @throws AppError 404 */
export async function claimArchive(db: Db, userId: number, archiveId: number): Promise<void> {
  await db.withTransaction(async (tx) => {
    await lockArchive(tx, userId);
    const found = await tx.execute(`SELECT FROM users WHERE user_id = $1 AND spotify_id IS NULL FOR UPDATE`, [
      archiveId,
    ]);
    if (found === 0) throw notFound();
    await tx.execute(NAME_ITS_SOURCE, [archiveId]);
    const execute = await beginLongWork(tx);
    for (const step of CLAIM) await execute(step, [userId, archiveId]);
    await execute(`DELETE FROM users WHERE user_id = $1`, [archiveId]);
    // The planner's statistics still name the old owner, and would take the new one's library for empty.
    await execute('ANALYZE library_tracks, snapshots, snapshot_lists, snapshot_periods, playlist_tracks');
    await refreshArchiveSummary(tx, userId);
  });
}

/** A reject belongs to an import. */
const NAME_ITS_SOURCE = `
  INSERT INTO imports (user_id, source_name, source_layout, source_digest, finished_at)
  SELECT $1, 'an archive without an import', 'snapshots', '', now()
  WHERE NOT EXISTS (SELECT FROM imports WHERE user_id = $1)`;

const rejectRows = (table: string, key: string, original: string, givesWay: string): string => `
  INSERT INTO import_rejects (user_id, import_id, source_table, source_key, reason, original)
  SELECT $2, (SELECT max(import_id) FROM imports WHERE user_id = $2), '${table}', ${key},
    'the listener already had another one', ${original}
  FROM ${table} AS theirs
  WHERE user_id = $2 AND ${givesWay}
  ON CONFLICT DO NOTHING`;

const cells = (...columns: string[]): string => `jsonb_build_object(${columns.map(cell).join(', ')})`;

const INTEGERS = new Set(['rank', 'position']);
const cell = (column: string): string =>
  `'${column}', jsonb_build_object('type', CASE WHEN ${column} IS NULL THEN 'null'
    ELSE '${INTEGERS.has(column) ? 'integer' : 'text'}' END, 'text', ${column}::text)`;

const sameList = (table: string): string => `EXISTS (
    SELECT FROM ${table} AS own
    WHERE (own.user_id, own.snapshot_date, own.time_range) = ($1, theirs.snapshot_date, theirs.time_range))`;

const samePlace = (table: string, key: string): string => `EXISTS (
    SELECT FROM ${table} AS own
    WHERE (own.user_id, own.snapshot_date, own.time_range, own.${key})
        = ($1, theirs.snapshot_date, theirs.time_range, theirs.${key})
      AND own.rank IS NOT DISTINCT FROM theirs.rank)`;

const keepDisplaced = (table: string, key: string): string =>
  rejectRows(
    table,
    `'${key}=' || ${key} || ', snapshot_date=' || snapshot_date || ', time_range=' || time_range`,
    cells(key, 'snapshot_date', 'time_range', 'rank'),
    `${sameList(table)} AND NOT ${samePlace(table, key)}`,
  );
const takeLists = (table: string, key: string): string => `
  INSERT INTO ${table} (user_id, snapshot_date, time_range, ${key}, rank)
  SELECT $1, snapshot_date, time_range, ${key}, rank FROM ${table} AS theirs
  WHERE user_id = $2 AND NOT ${sameList(table)}`;

const OTHER_PLAYLIST = `EXISTS (
    SELECT FROM playlists AS own
    WHERE (own.user_id, own.playlist_id) = ($1, theirs.playlist_id)
      AND (own.name, own.origin, own.origin_details, own.spotify_playlist_id)
        IS DISTINCT FROM (theirs.name, theirs.origin, theirs.origin_details, theirs.spotify_playlist_id))`;

const OTHER_ENTRY = `EXISTS (
    SELECT FROM playlist_tracks AS own
    WHERE (own.user_id, own.playlist_id, own.track_id) = ($1, theirs.playlist_id, theirs.track_id)
      AND (own.position, own.created_at) IS DISTINCT FROM (theirs.position, theirs.created_at))`;

/** In foreign-key order; $1 the listener, $2 the unclaimed archive. */
const CLAIM: readonly string[] = [
  keepDisplaced('snapshots', 'track_id'),
  keepDisplaced('artist_snapshots', 'artist_id'),
  rejectRows(
    'playlists',
    `'playlist_id=' || playlist_id`,
    cells('playlist_id', 'name', 'origin', 'origin_details', 'spotify_playlist_id', 'created_at'),
    OTHER_PLAYLIST,
  ),
  rejectRows(
    'playlist_tracks',
    `'playlist_id=' || playlist_id || ', track_id=' || track_id`,
    cells('playlist_id', 'track_id', 'position', 'created_at'),
    OTHER_ENTRY,
  ),
  takeLists('snapshots', 'track_id'),
  takeLists('artist_snapshots', 'artist_id'),
  `INSERT INTO playlists (user_id, playlist_id, name, origin, origin_details, spotify_playlist_id, created_at)
   SELECT $1, playlist_id, name, origin, origin_details, spotify_playlist_id, created_at
   FROM playlists WHERE user_id = $2
   ON CONFLICT DO NOTHING`,
  `INSERT INTO playlist_tracks (user_id, playlist_id, track_id, position, created_at)
   SELECT $1, playlist_id, track_id, position, created_at FROM playlist_tracks WHERE user_id = $2
   ON CONFLICT DO NOTHING`,
  `INSERT INTO library_tracks (user_id, track_id)
   SELECT $1, track_id FROM library_tracks WHERE user_id = $2
   ON CONFLICT DO NOTHING`,
  `INSERT INTO hidden_tracks (user_id, track_id, hidden_at)
   SELECT $1, track_id, hidden_at FROM hidden_tracks WHERE user_id = $2
   ON CONFLICT DO NOTHING`,
  `INSERT INTO hidden_artists (user_id, artist_id, hidden_at)
   SELECT $1, artist_id, hidden_at FROM hidden_artists WHERE user_id = $2
   ON CONFLICT DO NOTHING`,
  ...CLAIM_FILED,
  `DELETE FROM import_rejects AS theirs
   WHERE user_id = $2 AND EXISTS (
     SELECT FROM import_rejects AS own
     WHERE own.user_id = $1
       AND (own.source_table, own.source_key, own.reason, own.original)
         = (theirs.source_table, theirs.source_key, theirs.reason, theirs.original)
       AND own.source_column IS NOT DISTINCT FROM theirs.source_column)`,
  `UPDATE imports SET user_id = $1 WHERE user_id = $2`,
];
