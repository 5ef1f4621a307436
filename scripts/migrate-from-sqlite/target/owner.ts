import { createHash } from 'node:crypto';
import type { Transaction } from '../../../src/db.ts';
import { quoteName } from '../../../src/database/sql-text.ts';
import { describeCell, type Cell } from '../read/cells.ts';
import type { Source, SourceTable } from '../read/open-source.ts';

export interface Archive {
  readonly userId: number;
  readonly spotifyId: string | null;
}

/** The listener's archive, the one this file was moved into before, or a new one. */
export async function findOrCreateArchive(
  tx: Transaction,
  owner: string | null,
  digest: string,
): Promise<Archive> {
  return owner === null ? unclaimedArchive(tx, digest) : ownedArchive(tx, owner, digest);
}

async function ownedArchive(tx: Transaction, owner: string, digest: string): Promise<Archive> {
  const known = await tx.maybeOne<{ user_id: number }>('SELECT user_id FROM users WHERE spotify_id = $1', [
    owner,
  ]);
  if (known) return { userId: known.user_id, spotifyId: owner };
  const waiting = await tx.maybeOne<{ user_id: number }>(
    `UPDATE users SET spotify_id = $1
     WHERE user_id = (SELECT user_id FROM imports JOIN users USING (user_id)
                      WHERE source_digest = $2 AND spotify_id IS NULL ORDER BY import_id LIMIT 1)
     RETURNING user_id`,
    [owner, digest],
  );
  return { userId: waiting?.user_id ?? (await createUser(tx, owner)), spotifyId: owner };
}

async function unclaimedArchive(tx: Transaction, digest: string): Promise<Archive> {
  return (await findMoved(tx, digest, false)) ?? { userId: await createUser(tx, null), spotifyId: null };
}

/** The listener's archive, or the one this file was moved into before; null if there is none. */
export async function findArchive(
  tx: Transaction,
  owner: string | null,
  digest: string,
): Promise<Archive | null> {
  const owned = await tx.maybeOne<Archive>(
    'SELECT user_id AS "userId", spotify_id AS "spotifyId" FROM users WHERE spotify_id = $1',
    [owner],
  );
  return owned ?? findMoved(tx, digest, owner !== null);
}

/** @param unclaimed look only among unclaimed archives */
function findMoved(tx: Transaction, digest: string, unclaimed: boolean): Promise<Archive | null> {
  return tx.maybeOne<Archive>(
    `SELECT user_id AS "userId", spotify_id AS "spotifyId" FROM imports JOIN users USING (user_id)
     WHERE source_digest = $1 AND (spotify_id IS NULL OR NOT $2) ORDER BY import_id LIMIT 1`,
    [digest, unclaimed],
  );
}

async function createUser(tx: Transaction, spotifyId: string | null): Promise<number> {
  const user = await tx.one<{ user_id: number }>(
    'INSERT INTO users (spotify_id) VALUES ($1) RETURNING user_id',
    [spotifyId],
  );
  return user.user_id;
}

/**
 * A hash over an archive's earliest rows (of one capture or one playlist), so that it is recognised after the old app
 * has added more.
 */
export function digestOf(source: Source): string {
  const hash = createHash('sha256').update(source.layout);
  let rows = 0;
  for (const sql of earliestRows(source)) {
    for (const row of source.db.prepare<[], Record<string, Cell>>(sql).safeIntegers().iterate()) {
      rows += 1;
      hash.update(JSON.stringify(Object.values(row).map((cell) => describeCell(cell))));
    }
    if (rows > 0) break;
  }
  return hash.digest('hex');
}

/** Queries to try until one finds rows: the lists, else the tracks. */
function earliestRows(source: Source): string[] {
  return ['snapshots', 'playlist_tracks', 'tracks'].flatMap((shape) => {
    const table = source.tables.find((found) => found.shape === shape);
    return table ? [EARLIEST[shape]?.(source, table) ?? ''] : [];
  });
}

const EARLIEST: Readonly<Record<string, (source: Source, table: SourceTable) => string>> = {
  snapshots: (_, table) => {
    const name = quoteName(table.name);
    return `SELECT track_id, snapshot_date, time_range FROM ${name}
      WHERE snapshot_date = (SELECT min(snapshot_date) FROM ${name} WHERE snapshot_date GLOB '[12]???-??-??')
      ORDER BY time_range, track_id LIMIT 200`;
  },
  playlist_tracks: (source, table) => {
    const name = quoteName(table.name);
    const tracks = source.tables.find((found) => found.shape === 'tracks')?.name ?? 'tracks';
    const rest = ['position', 'created_at'].filter((column) => !table.missing.includes(column));
    return `SELECT e.playlist_id, t.spotify_id, ${rest.map((column) => `e.${column}`).join(', ') || 'NULL'}
      FROM ${name} AS e NOT INDEXED LEFT JOIN ${quoteName(tracks)} AS t ON t.id = e.track_id
      WHERE e.playlist_id IS (SELECT playlist_id FROM ${name} NOT INDEXED LIMIT 1) LIMIT 200`;
  },
  tracks: (source, table) =>
    `SELECT ${source.layout === 'snapshots' ? 'track_id' : 'spotify_id'} FROM ${quoteName(table.name)} NOT INDEXED LIMIT 20`,
};
