import type { Db } from '../../src/db.ts';
import { deleteEverything } from './database.ts';

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

/** Empties every table, and numbers begin again. */
export async function emptyTables(db: Db): Promise<void> {
  // Of many rows, each is looked for by every key that may point at it.
  if (await holdsMany(db))
    return void (await db.execute(`TRUNCATE ${TABLES.join(', ')} RESTART IDENTITY CASCADE`));
  await deleteEverything(db);
  await db.execute(
    `SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) FROM pg_sequences
     WHERE last_value IS NOT NULL`,
  );
}

const holdsMany = async (db: Db): Promise<boolean> =>
  (await db.many('SELECT FROM tracks LIMIT 200')).length === 200;
