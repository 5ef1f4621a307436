import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { findArtistsBy } from './find-artists.ts';
import { TIES } from './found-sql.ts';
import { parseQuery } from './parse-query.ts';
import { foldQuery } from './terms.ts';
import { begunArtistTsQueryOf, begunTsQueryOf } from './ts-query.ts';

export type Suggestion =
  | { readonly kind: 'artist'; readonly artistId: string; readonly name: string; readonly tracks: number }
  | { readonly kind: 'track'; readonly trackId: string; readonly name: string; readonly artistName: string }
  | { readonly kind: 'album'; readonly albumId: string; readonly name: string; readonly artistName: string };

const SHOWN = { artists: 3, tracks: 5, albums: 2 };

/** A letter begins too many words; a Chinese or Japanese character may be one. */
const TOO_SHORT = /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}]?$/u;

/** From the listener's own names; the last word may be incomplete. */
export async function listSuggestions(db: Queries, userId: number, text: string): Promise<Suggestion[]> {
  const parsed = parseQuery(text);
  if (TOO_SHORT.test(parsed.clauses.at(-1)?.at(-1)?.text ?? '')) return [];
  const query = await foldQuery(db, userId, parsed);
  const [anywhere, track, album] = (['ABC', 'A', 'C'] as const).map((weights) =>
    begunTsQueryOf(query, weights),
  );
  if (typeof anywhere !== 'string') return [];
  const artists = begunArtistTsQueryOf(query);
  const [byArtist, rows] = await Promise.all([
    artists === null ? [] : findArtistsBy(db, userId, artists, SHOWN.artists),
    db.many<SuggestedRow>(SUGGESTIONS, [userId, anywhere, track, album, SHOWN.tracks, SHOWN.albums]),
  ]);
  return [
    ...byArtist.map(({ artist_id: artistId, name, tracks }) => ({
      kind: 'artist' as const,
      artistId,
      name,
      tracks,
    })),
    ...rows.map(suggestionOf),
  ];
}

interface SuggestedRow {
  readonly kind: 'track' | 'album';
  readonly id: string;
  readonly name: string;
  readonly artist_names: string;
}

function suggestionOf({ kind, id, name, artist_names: artistName }: SuggestedRow): Suggestion {
  return kind === 'track' ? { kind, trackId: id, name, artistName } : { kind, albumId: id, name, artistName };
}

/** Tracks by their own name first, then by others', then albums. */
const SUGGESTIONS = hotQuery(
  'search: suggestions',
  `
  WITH begun AS MATERIALIZED (
    SELECT track_id, album_id, album_name, popularity, last_listed_date, best_rank, document @@ $3::tsquery AS in_name,
      document @@ $4::tsquery AS in_album
    FROM library_tracks
    WHERE user_id + 0 = $1 AND NOT hidden AND document @@ $2::tsquery
  ),
  first AS (
    SELECT * FROM begun ORDER BY in_name DESC, ${TIES} LIMIT $5
  ),
  albums AS (
    SELECT min(track_id) AS track_id, album_id, min(album_name) AS album_name, count(*) AS tracks
    FROM begun WHERE in_album
    GROUP BY album_id ORDER BY tracks DESC, album_name, album_id LIMIT $6
  )
  (SELECT 'track' AS kind, track_id AS id, COALESCE(name, 'Untitled') AS name, artist_names
   FROM first JOIN library_tracks AS own USING (track_id) WHERE user_id = $1
   ORDER BY in_name DESC, first.popularity DESC NULLS LAST, first.last_listed_date DESC NULLS LAST, first.best_rank NULLS LAST, track_id)
  UNION ALL
  (SELECT 'album', albums.album_id, albums.album_name, artist_names
   FROM albums JOIN library_tracks AS own USING (track_id) WHERE user_id = $1
   ORDER BY tracks DESC, albums.album_name, albums.album_id)`,
);
