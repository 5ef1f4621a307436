import { TRACKS_AS_FILED } from '../../../src/catalogue/files-and-spotify.ts';
import type { Transaction } from '../../../src/db.ts';
import type { Source, SourceTable } from '../read/open-source.ts';
import { hasRepeatedKey } from '../read/repeated-keys.ts';
import type { TableReport } from '../report.ts';
import { planByKey, setPlanner } from '../verify/plan-by-key.ts';
import { NotForFastPath } from './may-go-fast.ts';
import { stageSourceSnapshots, readSourceTracks, sourceTracks } from './source-digest.ts';

/**
 * Compares a file that was moved before with the archive, value by value in one reading.
 * @returns the tables, or null as soon as a row is missing
 * @throws NotForFastPath or the server's error if the file needs the staged path
 */
export async function findAllThere(
  tx: Transaction,
  source: Source,
  userId: number,
): Promise<TableReport[] | null> {
  const [tracks, snapshots] = ['tracks', 'snapshots'].map((shape) =>
    source.tables.find((table) => table.shape === shape),
  );
  if (!tracks || !snapshots || !(await holdsAsMany(tx, userId, tracks, snapshots))) return null;
  const there =
    (await areListsThere(tx, source, snapshots, userId)) &&
    (await areTracksThere(tx, source, tracks, userId));
  return there ? source.tables.map(alreadyThere) : null;
}

/** Skips the comparison for a file that has grown. */
async function holdsAsMany(
  tx: Transaction,
  userId: number,
  tracks: SourceTable,
  snapshots: SourceTable,
): Promise<boolean> {
  const held = await tx.one<{ tracks: number; snapshots: number }>(
    `SELECT (SELECT count(*)::int FROM library_tracks WHERE user_id = $1) AS tracks,
            (SELECT count(*)::int FROM snapshots WHERE user_id = $1) AS snapshots`,
    [userId],
  );
  return held.tracks >= tracks.rows && held.snapshots >= snapshots.rows;
}

async function areListsThere(
  tx: Transaction,
  source: Source,
  table: SourceTable,
  userId: number,
): Promise<boolean> {
  await stageSourceSnapshots(tx, source.db, table, () => undefined);
  const found = await tx.one<{ there: number }>(
    `SELECT count(*)::int AS there FROM source_snapshots AS k
     JOIN snapshots AS t ON t.user_id = $1 AND t.snapshot_date = k.snapshot_date
       AND t.time_range = k.time_range AND t.track_id = k.track_id
     WHERE k.rank IS NULL OR k.rank = t.rank`,
    [userId],
  );
  return found.there === table.rows;
}

const same = (column: string): string => `(k.${column} IS NULL OR k.${column} = t.${column})`;

const TRACKS_THERE = `
  SELECT count(*)::int AS there FROM ${sourceTracks(2)}
  JOIN ${TRACKS_AS_FILED} AS t ON t.track_id = k.track_id
  JOIN library_tracks AS a ON a.user_id = $1 AND a.track_id = k.track_id
  WHERE ${['name', 'artist_name', 'album_name', 'duration_ms', 'spotify_url', 'raw_json'].map(same).join(' AND ')}
    AND (k.raw_json IS NULL OR jsonb_typeof(k.raw_json) = 'object')`;

async function areTracksThere(
  tx: Transaction,
  source: Source,
  table: SourceTable,
  userId: number,
): Promise<boolean> {
  const before = await planByKey(tx);
  let rows = 0;
  for (const chunk of readSourceTracks(source.db, table)) {
    const asked = tx.one<{ there: number }>(TRACKS_THERE, [userId, ...chunk.values]);
    // While the server compares. Of duplicate keys jsonb has kept only the last.
    const repeated = chunk.payloads.some((payload) => hasRepeatedKey(payload.toString()));
    const { there } = await asked;
    if (repeated) throw new NotForFastPath('a key that comes twice');
    if (there !== chunk.rows) return false;
    rows += chunk.rows;
  }
  await setPlanner(tx, before);
  return rows === table.rows;
}

const alreadyThere = ({ shape, rows }: SourceTable): TableReport => ({
  table: shape,
  read: rows,
  moved: 0,
  alreadyThere: rows,
  kept: 0,
  duplicates: 0,
  rejected: 0,
});
