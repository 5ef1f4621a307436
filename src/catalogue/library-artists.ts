import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { isArtistShown } from './shown.ts';

export interface LibraryArtist {
  readonly artist_id: string;
  readonly name: string | null;
  readonly tracks: number;
  /** Places in ranked lists, of those tracks. */
  readonly listings: number;
  readonly best_rank: number | null;
}

export interface ArtistPlace {
  readonly listings: number;
  readonly artist_id: string;
}

export const listLibraryArtists = (
  db: Queries,
  userId: number,
  { after, limit }: { after: ArtistPlace | null; limit: number },
): Promise<LibraryArtist[]> =>
  db.many<LibraryArtist>(ARTISTS, [userId, after?.listings ?? null, after?.artist_id ?? '', limit]);

const ARTISTS = hotQuery(
  'api: the artists of the library',
  `
  SELECT artist_id, name, tracks, listings, best_rank
  FROM (
    SELECT artist_id, count(*)::int AS tracks, sum(listings)::int AS listings, min(best_rank) AS best_rank
    FROM library_tracks JOIN track_artists USING (track_id)
    WHERE user_id = $1 AND NOT hidden
    GROUP BY artist_id
  ) AS met
  JOIN artists USING (artist_id)
  WHERE ($2::int IS NULL OR listings < $2 OR (listings = $2 AND artist_id > $3))
    AND ${isArtistShown('met.artist_id')}
  ORDER BY listings DESC, artist_id
  LIMIT $4`,
  { mayScan: 'it counts the credits of every track of a library, which may be much of the catalogue' },
);
