import type { Queries } from '../db.ts';
import { hotQuery } from '../hot-queries.ts';
import { isArtistShown } from './shown.ts';

/** An artist of a listener's library. */
export interface LibraryArtist {
  readonly artist_id: string;
  readonly name: string | null;
  /** The listener's tracks of theirs, hidden ones not among them. */
  readonly tracks: number;
  /** Places those held in ranked lists. */
  readonly listings: number;
  readonly best_rank: number | null;
}

/** Where a page begins: after this artist. */
export interface ArtistPlace {
  readonly listings: number;
  readonly artist_id: string;
}

/** The artists of the library, those most often listed first; equals in the order of their ids. */
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
