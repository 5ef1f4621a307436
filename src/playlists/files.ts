import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';

export interface FileTrack {
  readonly track_id: string;
  readonly name: string | null;
  readonly artist_names: string | null;
  readonly album_name: string | null;
  readonly release_date: string | null;
  readonly duration_ms: number | null;
  readonly spotify_url: string | null;
}

const ROWS_AT_A_TIME = 500;

/** In batches: a long playlist is never wholly in memory. */
export async function* streamFileTracks(db: Queries, trackIds: readonly string[]): AsyncGenerator<FileTrack> {
  for (let from = 0; from < trackIds.length; from += ROWS_AT_A_TIME) {
    yield* await db.many<FileTrack>(FILE_TRACKS, [trackIds.slice(from, from + ROWS_AT_A_TIME)]);
  }
}

const FILE_TRACKS = hotQuery(
  'playlist: tracks for a file',
  `
  SELECT track_id, tracks.name, album_name, duration_ms, spotify_url,
    COALESCE((
      SELECT string_agg(artists.name, ', ' ORDER BY position)
      FROM track_artists JOIN artists USING (artist_id) WHERE track_artists.track_id = tracks.track_id
    ), artist_name) AS artist_names,
    CASE release_date_precision
      WHEN 'year' THEN left(release_date::text, 4) WHEN 'month' THEN left(release_date::text, 7)
      ELSE release_date::text END AS release_date
  FROM unnest($1::text[]) WITH ORDINALITY AS list (track_id, place)
  JOIN tracks USING (track_id)
  ORDER BY place`,
);
