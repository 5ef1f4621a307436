import { isArtistShown } from '../catalogue/shown.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../hot-queries.ts';
import type { FoldedQuery } from './terms.ts';
import { artistTsQueryOf } from './ts-query.ts';

export interface FoundArtist {
  readonly artist_id: string;
  readonly name: string;
  /** The listener's tracks of theirs; 0: only Spotify's lists of artists have them. */
  readonly tracks: number;
  /** Artists found in all, of whom this is one. */
  readonly found: number;
}

const ARTISTS_SHOWN = 4;

/** Artists of the listener's tracks and of Spotify's lists whose own names a query finds, those with most tracks first. */
export async function findArtists(db: Queries, userId: number, query: FoldedQuery): Promise<FoundArtist[]> {
  const artistQuery = artistTsQueryOf(query);
  return artistQuery === null ? [] : findArtistsBy(db, userId, artistQuery, ARTISTS_SHOWN);
}

/** @param artistQuery a tsquery over artists' words (artist_document) */
export const findArtistsBy = (
  db: Queries,
  userId: number,
  artistQuery: string,
  limit: number,
): Promise<FoundArtist[]> => db.many<FoundArtist>(ARTISTS, [userId, artistQuery, limit]);

/** An artist who matches is credited on every track that matches by them: those met most often are enough to look at. */
const ARTISTS = hotQuery(
  'search: artists',
  `
  SELECT artist_id, name, tracks, count(*) OVER ()::int AS found
  FROM (
    SELECT artist_id, sum(tracks)::int AS tracks
    FROM (
      SELECT artist_id, count(*) AS tracks FROM library_tracks JOIN track_artists USING (track_id)
      WHERE user_id + 0 = $1 AND NOT hidden AND document @@ $2::tsquery GROUP BY artist_id
      UNION ALL
      SELECT artist_id, 0 FROM listed_artists AS listed
      WHERE user_id + 0 = $1 AND document @@ $2::tsquery AND ${isArtistShown('listed.artist_id')}
    ) AS either
    GROUP BY artist_id ORDER BY tracks DESC, artist_id LIMIT 50
  ) AS met
  JOIN artists USING (artist_id)
  WHERE artist_document($1, COALESCE(name, '')) @@ $2::tsquery
  ORDER BY tracks DESC, name, artist_id
  LIMIT $3`,
);
