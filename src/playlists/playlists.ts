import { isShown } from '../catalogue/shown.ts';
import { lockArchive } from '../users/lock-archive.ts';
import { refreshArchiveSummary } from '../figures/summary.ts';
import type { Db, Queries, Transaction } from '../db.ts';
import { notFound } from '../errors.ts';
import { hotQuery } from '../database/hot-queries.ts';

export interface Playlist {
  readonly playlist_id: string;
  readonly name: string;
  readonly description: string | null;
  readonly origin: 'old-archive' | 'built';
  readonly origin_details: PlaylistOrigin | null;
  readonly spotify_playlist_id: string | null;
  readonly created_at: Date;
  readonly tracks: number;
}

interface PlaylistOrigin {
  /** "the snapshot of 14 March 2024". */
  readonly words: string;
  readonly href: string;
  /** The address below /playlists/new that builds it again. */
  readonly recipe: string;
  readonly arrange: string;
}

export interface ListedPlaylist extends Playlist {
  readonly covers: readonly { readonly cover_seed: string; readonly thumbnail_url: string | null }[];
}

export const PLAYLISTS_PER_PAGE = 40;

export function listPlaylists(db: Queries, userId: number, page: number): Promise<ListedPlaylist[]> {
  return db.many<ListedPlaylist>(LIST, [userId, PLAYLISTS_PER_PAGE, (page - 1) * PLAYLISTS_PER_PAGE]);
}

export const listPlaylistsAfter = (
  db: Queries,
  userId: number,
  { after, limit }: { readonly after: string | null; readonly limit: number },
): Promise<Playlist[]> => db.many<Playlist>(LIST_AFTER, [userId, limit, after]);

export async function countPlaylists(db: Queries, userId: number): Promise<number> {
  return (await db.one<{ playlists: number }>(COUNT, [userId])).playlists;
}

const COUNT = hotQuery(
  'playlists: how many',
  `SELECT count(*)::int AS playlists FROM playlists WHERE user_id = $1`,
);

const COLUMNS = `
  playlist_id, name, description, origin, origin_details, spotify_playlist_id, created_at,
  (SELECT count(*)::int FROM playlist_tracks AS t
   WHERE (t.user_id, t.playlist_id) = (p.user_id, p.playlist_id)) AS tracks`;

const LIST = hotQuery(
  'playlists: the list',
  `
  SELECT ${COLUMNS}, COALESCE((
    SELECT jsonb_agg(cover ORDER BY place) FROM (
      SELECT min(place) AS place, jsonb_build_object(
        'cover_seed', seed, 'thumbnail_url', min(art)) AS cover
      FROM (
        SELECT row_number() OVER (ORDER BY position NULLS LAST, track_id) AS place,
          cover_seed AS seed, thumbnail_url AS art
        FROM (
          SELECT track_id, position FROM playlist_tracks AS e
          WHERE (e.user_id, e.playlist_id) = ($1, p.playlist_id) AND ${isShown('e.track_id')}
          ORDER BY position NULLS LAST, track_id LIMIT 12
        ) AS first JOIN tracks USING (track_id)
      ) AS pictures
      GROUP BY seed ORDER BY 1 LIMIT 4
    ) AS sleeves), '[]') AS covers
  FROM playlists AS p
  WHERE user_id = $1
  ORDER BY created_at DESC, playlist_id LIMIT $2 OFFSET $3`,
);

const LIST_AFTER = hotQuery(
  'api: the list of playlists, from one on',
  `
  SELECT ${COLUMNS}
  FROM playlists AS p
  WHERE user_id = $1 AND ($3::text IS NULL OR EXISTS (
    SELECT FROM playlists AS there
    WHERE (there.user_id, there.playlist_id) = ($1, $3)
      AND (p.created_at < there.created_at OR (p.created_at = there.created_at AND p.playlist_id > $3))))
  ORDER BY created_at DESC, playlist_id LIMIT $2`,
);

export async function getPlaylist(db: Queries, userId: number, playlistId: string): Promise<Playlist> {
  const found = await db.maybeOne<Playlist>(ONE, [userId, playlistId]);
  if (!found) throw notFound();
  return found;
}

const ONE = hotQuery(
  'playlist: its name and origin',
  `SELECT ${COLUMNS} FROM playlists AS p WHERE user_id = $1 AND playlist_id = $2`,
);

/** Entries of an old archive may have no position: they come last. */
export async function listPlaylistTrackIds(
  db: Queries,
  userId: number,
  playlistId: string,
): Promise<string[]> {
  return (await db.one<{ track_ids: string[] }>(TRACK_IDS, [userId, playlistId])).track_ids;
}

const TRACK_IDS = hotQuery(
  'playlist: its tracks in order',
  `
  SELECT COALESCE(array_agg(track_id ORDER BY position NULLS LAST, track_id), '{}') AS track_ids
  FROM playlist_tracks WHERE user_id = $1 AND playlist_id = $2 AND ${isShown('playlist_tracks.track_id')}`,
);

export interface NewPlaylist {
  readonly name: string;
  readonly description: string;
  readonly origin: PlaylistOrigin;
  readonly trackIds: readonly string[];
  readonly buildKey: string;
}

/** The same build, in another tab or by a double click, returns the first playlist. */
export async function keepPlaylist(
  db: Db,
  userId: number,
  playlist: NewPlaylist,
): Promise<{ playlistId: string; isNew: boolean }> {
  return db.withTransaction(async (tx) => {
    await lockArchive(tx, userId);
    const known = await tx.maybeOne<{ playlist_id: string }>(
      `SELECT playlist_id FROM playlists WHERE user_id = $1 AND build_key = $2`,
      [userId, playlist.buildKey],
    );
    if (known) return { playlistId: known.playlist_id, isNew: false };
    const playlistId = await insertPlaylist(tx, userId, playlist);
    await refreshArchiveSummary(tx, userId);
    return { playlistId, isNew: true };
  });
}

async function insertPlaylist(tx: Transaction, userId: number, playlist: NewPlaylist): Promise<string> {
  const { name, description, origin, trackIds, buildKey } = playlist;
  const { playlist_id: playlistId } = await tx.one<{ playlist_id: string }>(
    `INSERT INTO playlists (user_id, name, description, origin, origin_details, build_key)
     VALUES ($1, $2, NULLIF($3, ''), 'built', $4, $5) RETURNING playlist_id`,
    [userId, name, description, JSON.stringify(origin), buildKey],
  );
  await tx.execute(
    `INSERT INTO playlist_tracks (user_id, playlist_id, track_id, position)
     SELECT $1, $2, track_id, place FROM unnest($3::text[]) WITH ORDINALITY AS list (track_id, place)`,
    [userId, playlistId, trackIds],
  );
  return playlistId;
}

/** Renames it here only; moving the old file again does not undo it. @throws AppError 404 */
export async function renamePlaylist(
  db: Queries,
  userId: number,
  playlistId: string,
  { name, description }: { readonly name: string; readonly description: string },
): Promise<void> {
  const renamed = await db.execute(
    `UPDATE playlists SET name = $3, description = NULLIF($4, '') WHERE user_id = $1 AND playlist_id = $2`,
    [userId, playlistId, name, description],
  );
  if (renamed === 0) throw notFound();
}

/** Here only: its copy on Spotify stays, and moving the old file again restores it. @throws AppError 404 */
export async function deletePlaylist(db: Db, userId: number, playlistId: string): Promise<void> {
  await db.withTransaction(async (tx) => {
    await lockArchive(tx, userId);
    const deleted = await tx.execute(`DELETE FROM playlists WHERE user_id = $1 AND playlist_id = $2`, [
      userId,
      playlistId,
    ]);
    if (deleted === 0) throw notFound();
    await refreshArchiveSummary(tx, userId);
  });
}
