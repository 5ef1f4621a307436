import { question } from '../database/ask-together.ts';
import { TALLY_OR_NONE, type PlayTally } from './play-tally.ts';

/** The plays are those of all its tracks in the library. */
export interface ArtistAlbum extends PlayTally {
  readonly album_id: string;
  readonly name: string | null;
  /** `YYYY-MM-DD`; only the year is sure. */
  readonly release_date: string | null;
  readonly tracks: number;
  readonly cover_seed: string;
  readonly thumbnail_url: string | null;
  readonly albums: number;
}

const SHOWN = 24;

export const ARTIST_ALBUMS = question<[userId: number, artistId: string], ArtistAlbum[]>(
  `
  WITH own AS (
    SELECT album_id, min(track_id) AS track_id, min(album_name) AS name, min(own.release_date) AS release_date,
      count(*)::int AS tracks, (count(*) OVER ())::int AS albums
    FROM track_artists JOIN library_tracks AS own USING (track_id)
    WHERE user_id = $1 AND artist_id = $2 AND NOT hidden AND album_id IS NOT NULL
    GROUP BY album_id
  ), top AS (
    SELECT own.*, ${TALLY_OR_NONE}
    FROM own LEFT JOIN played_albums AS played ON (played.user_id, played.album_id) = ($1, own.album_id)
    ORDER BY played.plays DESC NULLS LAST, tracks DESC, own.album_id LIMIT ${SHOWN}
  )
  SELECT top.*, tracks.cover_seed, tracks.thumbnail_url
  FROM top JOIN tracks USING (track_id)
  ORDER BY plays DESC, top.tracks DESC, album_id`,
  (rows: readonly ArtistAlbum[]) => [...rows],
);
