import type { Db } from '../../src/db.ts';

const TABLES = [
  'users',
  'tracks',
  'artists',
  'track_artists',
  'library_tracks',
  'snapshots',
  'snapshot_lists',
  'snapshot_periods',
  'playlists',
  'playlist_tracks',
  'imports',
  'import_rejects',
];

/** Every row of every table as text, in a settled order; `physical` adds the transaction that wrote it. */
export async function dumpTables(db: Db, physical = false): Promise<Record<string, string[]>> {
  const dump: Record<string, string[]> = {};
  for (const table of TABLES) {
    const rows = await db.many<{ line: string }>(
      `SELECT ${physical ? `t.xmin || ' ' ||` : ''} t::text AS line FROM ${table} AS t ORDER BY t::text`,
    );
    dump[table] = rows.map((row) => row.line);
  }
  return dump;
}

/** Empties every table, sequences included. */
export async function emptyTables(db: Db): Promise<void> {
  await db.execute(`TRUNCATE ${TABLES.join(', ')} RESTART IDENTITY CASCADE`);
}
