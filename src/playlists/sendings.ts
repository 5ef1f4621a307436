import { IS_SPOTIFY_ID } from '../catalogue/spotify-id.ts';
import { isShown } from '../catalogue/shown.ts';
import type { Db, Queries } from '../db.ts';
import { AppError, notFound } from '../errors.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { isHeld } from '../database/lease.ts';
import type { SpotifyErrorKind } from '../spotify/errors.ts';

export type SendingProblem =
  | SpotifyErrorKind
  | 'needs-reconnect'
  /** Spotify denies a right that it has granted, which has passed by itself before. */
  | 'scope-denied'
  /** The playlist was changed at Spotify: continuing could double or disorder it. */
  | 'changed-there'
  | 'gone-there'
  | 'failed';

type LeftOutReason = 'local-file' | 'no-spotify-id' | 'not-taken';

export interface Sending {
  /** `interrupted`: a restart or a crash ended its process. */
  readonly state: 'waiting' | 'sending' | 'interrupted' | 'stopped' | 'sent';
  readonly is_public: boolean;
  readonly total: number;
  readonly handled: number;
  readonly confirmed: number;
  readonly left_out: number;
  /** Empty playlists that may exist, because the answer to creating them was lost. */
  readonly lost_creations: number;
  readonly problem: SendingProblem | null;
  readonly stopped_at: Date | null;
  /** When it may be resumed. */
  readonly not_before: Date | null;
  /** When the worker resumes it; null: only its listener does. */
  readonly again_at: Date | null;
  readonly description_refused: boolean;
  readonly spotify_playlist_id: string | null;
  readonly finished_at: Date | null;
}

/** Far longer than one call, so that nobody takes over while a call is under way. */
export const LEASE_SECONDS = 30;

export const IS_SENDING = isHeld('leased_until', LEASE_SECONDS);

export function findSending(db: Queries, userId: number, playlistId: string): Promise<Sending | null> {
  return db.maybeOne<Sending>(FIND, [userId, playlistId]);
}

const FIND = hotQuery(
  'playlist: how far it is sent',
  `
  SELECT
    CASE WHEN state = 'sending' AND NOT ${IS_SENDING} THEN 'interrupted' ELSE state END AS state,
    is_public, cardinality(track_ids) AS total, handled, confirmed, jsonb_array_length(left_out) AS left_out,
    lost_creations + (creation_asked_at IS NOT NULL AND NOT ${IS_SENDING})::int AS lost_creations,
    problem, stopped_at, description_refused, spotify_playlist_id, finished_at,
    CASE WHEN not_before > now() THEN not_before END AS not_before,
    CASE WHEN state = 'sending' AND NOT ${IS_SENDING} AND creation_asked_at IS NULL THEN leased_until
      ELSE again_at END AS again_at
  FROM playlist_sendings WHERE user_id = $1 AND playlist_id = $2`,
);

export interface LeftOutTrack {
  readonly track_id: string;
  readonly reason: LeftOutReason;
  readonly name: string | null;
  readonly artist_name: string | null;
}

export function listLeftOut(db: Queries, userId: number, playlistId: string): Promise<LeftOutTrack[]> {
  return db.many<LeftOutTrack>(LEFT_OUT, [userId, playlistId]);
}

const LEFT_OUT = hotQuery(
  'playlist: what was left out',
  `
  SELECT left_out.track_id, left_out.reason, name, artist_name
  FROM playlist_sendings
  CROSS JOIN LATERAL ROWS FROM (jsonb_to_recordset(left_out) AS (track_id text, reason text))
    WITH ORDINALITY AS left_out (track_id, reason, place)
  LEFT JOIN tracks USING (track_id)
  WHERE user_id = $1 AND playlist_id = $2
  ORDER BY place LIMIT 500`,
);

/** Only the first call has an effect. @throws AppError 404; 400 if only local files are in it */
export async function startSending(
  db: Db,
  userId: number,
  playlistId: string,
  { isPublic }: { readonly isPublic: boolean },
): Promise<void> {
  await db.withTransaction(async (tx) => {
    await tx.execute(START, [userId, playlistId, isPublic]);
    const started = await tx.maybeOne<{ total: number }>(
      `SELECT cardinality(track_ids) AS total FROM playlist_sendings WHERE user_id = $1 AND playlist_id = $2`,
      [userId, playlistId],
    );
    if (!started) throw notFound();
    if (started.total === 0) throw new AppError(400, NOTHING_TO_SEND);
  });
}

const NOTHING_TO_SEND = 'None of the tracks in this playlist is on Spotify, so there is nothing to send.';

const START = `
  INSERT INTO playlist_sendings (user_id, playlist_id, is_public, track_ids, left_out)
  SELECT $1, $2, $3,
    COALESCE(array_agg(track_id ORDER BY position NULLS LAST, track_id) FILTER (WHERE sendable), '{}'),
    COALESCE(jsonb_agg(
      jsonb_build_object('track_id', track_id, 'reason',
        CASE WHEN track_id LIKE 'spotify:local:%' THEN 'local-file' ELSE 'no-spotify-id' END)
      ORDER BY position NULLS LAST, track_id) FILTER (WHERE NOT sendable), '[]')
  FROM (
    SELECT track_id, position, ${IS_SPOTIFY_ID('track_id')} AS sendable
    FROM playlist_tracks WHERE user_id = $1 AND playlist_id = $2 AND ${isShown('playlist_tracks.track_id')}
  ) AS entries
  HAVING EXISTS (SELECT FROM playlists WHERE user_id = $1 AND playlist_id = $2)
  ON CONFLICT DO NOTHING`;

/** Only if its copy is gone or was changed: the playlist can then be sent as another one. */
export async function forgetSending(db: Db, userId: number, playlistId: string): Promise<void> {
  await db.withTransaction(async (tx) => {
    const forgotten = await tx.execute(
      `DELETE FROM playlist_sendings
       WHERE user_id = $1 AND playlist_id = $2 AND state = 'stopped' AND problem IN ('gone-there', 'changed-there')`,
      [userId, playlistId],
    );
    if (forgotten === 0) return;
    await tx.execute(
      `UPDATE playlists SET spotify_playlist_id = NULL WHERE user_id = $1 AND playlist_id = $2`,
      [userId, playlistId],
    );
  });
}
