import { isArtistShown } from '../catalogue/shown.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../hot-queries.ts';
import { inPeriod, periodValues, type Listener, type Period } from './period.ts';

/** Where plays were started from, as Spotify's API tells of those it was asked about: files do not say. */
export interface PlayContext {
  /** playlist, album, artist, collection … */
  readonly type: string | null;
  readonly uri: string | null;
  /** Of an album or an artist in the library, or of a playlist kept here; null: not known. */
  readonly name: string | null;
  readonly plays: number;
  /** Plays of the period from anywhere that is known. */
  readonly all_plays: number;
}

/** Those that most plays of a period came from. */
export const listContexts = (
  db: Queries,
  listener: Listener,
  period: Period,
  limit: number,
): Promise<PlayContext[]> => db.many<PlayContext>(CONTEXTS, [...periodValues(listener, period), limit]);

const CONTEXTS = hotQuery(
  'when: where plays came from',
  `
  WITH told AS (
    SELECT context ->> 'type' AS type, left(context ->> 'uri', 500) AS uri, count(*)::int AS plays
    FROM plays JOIN library_tracks AS own USING (user_id, track_id)
    WHERE user_id = $1 AND jsonb_typeof(context) = 'object' AND context IS NOT NULL AND ${inPeriod('played_at')} AND NOT own.hidden
      AND counts_as_play(
        (SELECT counted_plays FROM users WHERE user_id = $1), plays.ms_played, plays.reached_end, own.duration_ms)
    GROUP BY 1, 2
  ), shown AS (
    SELECT told.*, split_part(uri, ':', 3) AS id FROM told
    WHERE type IS DISTINCT FROM 'artist' OR ${isArtistShown("split_part(told.uri, ':', 3)")}
  ), top AS (
    SELECT *, (sum(plays) OVER ())::int AS all_plays FROM shown ORDER BY plays DESC, uri LIMIT $5
  )
  SELECT type, uri, plays, all_plays, CASE type
    WHEN 'album' THEN (
      SELECT album_name FROM library_tracks WHERE user_id = $1 AND album_id = top.id AND NOT hidden LIMIT 1)
    WHEN 'artist' THEN (SELECT artists.name FROM artists WHERE artist_id = top.id)
    WHEN 'playlist' THEN (SELECT playlists.name FROM playlists WHERE user_id = $1 AND spotify_playlist_id = top.id LIMIT 1)
    END AS name
  FROM top ORDER BY plays DESC, uri`,
);
