import type { Queries } from '../db.ts';
import { hotQuery } from '../hot-queries.ts';
import type { FoldedQuery } from './terms.ts';
import { artistTsQueryOf } from './ts-query.ts';

export interface FoundArtist {
  readonly artist_id: string;
  readonly name: string;
  /** The listener's tracks of theirs. */
  readonly tracks: number;
  /** Artists found in all, of whom this is one. */
  readonly found: number;
}

const ARTISTS_SHOWN = 4;

/** Artists of the listener's tracks whose own names a query finds, those with most tracks first. */
export async function findArtists(db: Queries, userId: number, query: FoldedQuery): Promise<FoundArtist[]> {
  const artistQuery = artistTsQueryOf(query);
  return artistQuery === null ? [] : findArtistsBy(db, userId, artistQuery, ARTISTS_SHOWN);
}

/** @param artistQuery a tsquery over artists' names (weight B) */
export const findArtistsBy = (
  db: Queries,
  userId: number,
  artistQuery: string,
  limit: number,
): Promise<FoundArtist[]> => db.many<FoundArtist>(ARTISTS, [userId, artistQuery, limit]);

/** Whoever matches is credited on every track that matches by them: those met most often are enough to look at. */
const ARTISTS = hotQuery(
  'search: artists',
  `
  SELECT artist_id, name, tracks, count(*) OVER ()::int AS found
  FROM (
    SELECT artist_id, count(*)::int AS tracks
    FROM library_tracks JOIN track_artists USING (track_id)
    WHERE user_id = $1 AND NOT hidden AND document @@ $2::tsquery
    GROUP BY artist_id ORDER BY tracks DESC, artist_id LIMIT 50
  ) AS met
  JOIN artists USING (artist_id)
  WHERE setweight(to_tsvector('simple', marked_words(library_mark($1), name)), 'B') @@ $2::tsquery
  ORDER BY tracks DESC, name, artist_id
  LIMIT $3`,
  { plannedAnew: true },
);
