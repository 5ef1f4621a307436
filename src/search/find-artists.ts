import { isArtistShown } from '../catalogue/shown.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';

export interface FoundArtist {
  readonly artist_id: string;
  readonly name: string;
  /** The listener's; 0: only Spotify's lists of artists have them. */
  readonly tracks: number;
  /** The number of artists found in all. */
  readonly found: number;
}

/** @param artistQuery a tsquery over artists' words (artist_document) */
export const findArtistsBy = (
  db: Queries,
  userId: number,
  artistQuery: string,
  limit: number,
): Promise<FoundArtist[]> => db.many<FoundArtist>(ARTISTS, [userId, artistQuery, limit]);

/** An artist who matches is credited on each track that matches by them: the most frequent ones suffice. */
export const artistsSql = (artistQuery: string, limit: `$${number}` | number): string => `
  SELECT artist_id, name, tracks, count(*) OVER ()::int AS found
  FROM (
    SELECT artist_id, sum(tracks)::int AS tracks
    FROM (
      SELECT artist_id, count(*) AS tracks FROM library_tracks JOIN track_artists USING (track_id)
      WHERE user_id + 0 = $1 AND NOT hidden AND document @@ ${artistQuery} GROUP BY artist_id
      UNION ALL
      SELECT artist_id, 0 FROM listed_artists AS listed
      WHERE user_id + 0 = $1 AND document @@ ${artistQuery} AND ${isArtistShown('listed.artist_id')}
    ) AS either
    GROUP BY artist_id ORDER BY tracks DESC, artist_id LIMIT 50
  ) AS met
  JOIN artists USING (artist_id)
  WHERE artist_document($1, COALESCE(name, '')) @@ ${artistQuery}
  ORDER BY tracks DESC, name, artist_id
  LIMIT ${limit}`;

const ARTISTS = hotQuery('search: artists', artistsSql('$2::tsquery', '$3'));
