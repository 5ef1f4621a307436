import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { ALBUM_PLACE, IN_ALBUM_ORDER } from './listener-album.ts';

export const listAlbumTrackIds = (
  db: Queries,
  userId: number,
  albumId: string,
  limit: number,
): Promise<string[]> => listIds(db, OF_ALBUM, [userId, albumId, limit]);

export const listArtistTrackIds = (
  db: Queries,
  userId: number,
  artistId: string,
  limit: number,
): Promise<string[]> => listIds(db, OF_ARTIST, [userId, artistId, limit]);

async function listIds(db: Queries, sql: string, values: readonly unknown[]): Promise<string[]> {
  const rows = await db.many<{ track_id: string }>(sql, values);
  return rows.map(({ track_id: trackId }) => trackId);
}

const OF_ALBUM = hotQuery(
  'playlist builder: the tracks of an album',
  `
  SELECT track_id FROM (
    SELECT track_id, own.name, ${ALBUM_PLACE}
    FROM library_tracks AS own JOIN tracks USING (track_id)
    WHERE user_id = $1 AND album_id = $2 AND NOT hidden
  ) AS own
  ORDER BY ${IN_ALBUM_ORDER} LIMIT $3`,
);

const OF_ARTIST = hotQuery(
  'playlist builder: the tracks of an artist',
  `
  SELECT track_id
  FROM track_artists JOIN library_tracks AS own USING (track_id) LEFT JOIN played_tracks USING (user_id, track_id)
  WHERE user_id = $1 AND artist_id = $2 AND NOT hidden
  ORDER BY plays DESC NULLS LAST, listings DESC, best_rank, own.name, track_id LIMIT $3`,
);
