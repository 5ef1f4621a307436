import type { Db, Queries } from '../db.ts';
import { heldFor } from '../database/lease.ts';
import { IS_SENDING, LEASE_SECONDS, type SendingProblem } from './sendings.ts';

/** SQL for the worker. If a playlist may exist whose id never arrived, only the listener decides. */
export const GOES_ON = `(creation_asked_at IS NULL AND CASE state
    WHEN 'sending' THEN NOT ${IS_SENDING}
    WHEN 'waiting' THEN started_at < now() - interval '1 minute'
    ELSE again_at <= now() END)`;

export interface Leased {
  readonly playlistId: string;
  readonly lease: string;
  readonly name: string;
  readonly description: string;
  readonly isPublic: boolean;
  readonly trackIds: readonly string[];
  notTaken: readonly string[];
  spotifyPlaylistId: string | null;
  handled: number;
  confirmed: number;
  pending: number;
  startOver: boolean;
}

/** In one statement, so that one process gets it. Null: another has it, it is complete, or it must wait. */
export const takeSending = (db: Queries, userId: number, playlistId: string): Promise<Leased | null> =>
  db.maybeOne<Leased>(take('true'), [userId, playlistId]);

/** Null also if another worker has tried since this one looked. */
export const takeDueSending = (db: Queries, userId: number, playlistId: string): Promise<Leased | null> =>
  db.maybeOne<Leased>(take(GOES_ON), [userId, playlistId]);

const take = (onlyWhere: string): string => `
  UPDATE playlist_sendings AS s SET
    state = 'sending', problem = NULL, not_before = NULL, again_at = NULL,
    lost_creations = lost_creations + (creation_asked_at IS NOT NULL)::int, creation_asked_at = NULL,
    lease = gen_random_uuid(), leased_until = ${heldFor(LEASE_SECONDS)}
  FROM playlists AS p
  WHERE s.user_id = $1 AND s.playlist_id = $2 AND (p.user_id, p.playlist_id) = (s.user_id, s.playlist_id)
    AND state <> 'sent'
    AND NOT ${IS_SENDING} AND ${onlyWhere}
    AND (not_before IS NULL OR not_before <= now())
  RETURNING s.playlist_id AS "playlistId", lease, p.name, COALESCE(p.description, '') AS description,
    is_public AS "isPublic", track_ids AS "trackIds", s.spotify_playlist_id AS "spotifyPlaylistId",
    handled, confirmed, pending, start_over AS "startOver", ARRAY(
      SELECT entry ->> 'track_id' FROM jsonb_array_elements(left_out) AS entry WHERE entry ->> 'reason' = 'not-taken'
    ) AS "notTaken"`;

export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

export interface Progress {
  readonly handled?: number;
  readonly confirmed?: number;
  readonly pending?: number;
  readonly startOver?: boolean;
  readonly spotifyPlaylistId?: string;
  readonly notTaken?: readonly string[];
  readonly descriptionRefused?: boolean;
  readonly creating?: boolean;
}

export const progressOf = ({ handled, confirmed, pending, startOver: again }: Leased): Progress => ({
  handled,
  confirmed,
  pending,
  startOver: again,
});

/** Saves the progress and renews the lease, before and after every call. @throws LeaseLost */
export async function note(
  db: Queries,
  userId: number,
  { playlistId, lease }: Leased,
  progress: Progress,
): Promise<void> {
  const noted = await db.execute(NOTE, [
    userId,
    playlistId,
    lease,
    progress.handled ?? null,
    progress.confirmed ?? null,
    progress.pending ?? null,
    progress.startOver ?? null,
    progress.spotifyPlaylistId ?? null,
    progress.notTaken ?? null,
    progress.creating ?? null,
    progress.descriptionRefused ?? null,
  ]);
  if (noted === 0) throw new LeaseLost();
}

const NOTE = `
  UPDATE playlist_sendings SET
    leased_until = ${heldFor(LEASE_SECONDS)},
    handled = COALESCE($4, handled),
    confirmed = COALESCE($5, confirmed),
    failures = CASE WHEN $5 > furthest THEN 0 ELSE failures END,
    furthest = GREATEST(furthest, $5),
    pending = COALESCE($6, pending),
    start_over = COALESCE($7, start_over),
    spotify_playlist_id = COALESCE($8, spotify_playlist_id),
    left_out = CASE WHEN $9::text[] IS NULL THEN left_out
      ELSE jsonb_path_query_array(left_out, '$[*] ? (@.reason != "not-taken")') || COALESCE(
        (SELECT jsonb_agg(jsonb_build_object('track_id', track_id, 'reason', 'not-taken') ORDER BY place)
         FROM unnest($9::text[]) WITH ORDINALITY AS entry (track_id, place)), '[]') END,
    creation_asked_at = CASE $10::boolean WHEN true THEN now() WHEN false THEN NULL ELSE creation_asked_at END,
    description_refused = COALESCE($11, description_refused)
  WHERE user_id = $1 AND playlist_id = $2 AND lease = $3 AND leased_until > now()`;

export async function noteCreated(
  db: Db,
  userId: number,
  leased: Leased,
  spotifyPlaylistId: string,
): Promise<void> {
  await db.withTransaction(async (tx) => {
    await note(tx, userId, leased, { spotifyPlaylistId, creating: false });
    await tx.execute(
      `UPDATE playlists SET spotify_playlist_id = $3 WHERE user_id = $1 AND playlist_id = $2`,
      [userId, leased.playlistId, spotifyPlaylistId],
    );
  });
}

const PASSING = new Set<SendingProblem>([
  'rate-limited',
  'unreachable',
  'unreadable',
  'scope-denied',
  'failed',
]);
/** Without progress between them: a good two hours. */
const MOST_FAILURES = 6;

/** Without an effect if the lease is lost. What may pass is tried again in 2, 4, 8 … minutes or at Spotify's time. */
export async function endSending(
  db: Queries,
  userId: number,
  { playlistId, lease }: Leased,
  end: { readonly problem: SendingProblem; readonly waitSeconds: number } | 'sent',
): Promise<void> {
  if (end === 'sent') return void (await db.execute(END_SENT, [userId, playlistId, lease]));
  const { problem, waitSeconds } = end;
  const mayPass = PASSING.has(problem);
  await db.execute(END_STOPPED, [userId, playlistId, lease, problem, waitSeconds, mayPass, MOST_FAILURES]);
}

const END_SENT = `
  UPDATE playlist_sendings SET
    state = 'sent', handled = cardinality(track_ids), finished_at = now(), failures = 0, lease = NULL, leased_until = NULL
  WHERE user_id = $1 AND playlist_id = $2 AND lease = $3`;

/** Being asked to wait does not count as a failure. */
const END_STOPPED = `
  UPDATE playlist_sendings SET
    state = 'stopped', problem = $4, stopped_at = now(),
    not_before = CASE WHEN $5 > 0 THEN now() + make_interval(secs => $5) END,
    failures = failures + ($4 <> 'rate-limited')::int,
    again_at = CASE
      WHEN NOT $6 OR creation_asked_at IS NOT NULL THEN NULL
      WHEN $4 = 'rate-limited' THEN now() + make_interval(secs => $5)
      WHEN failures < $7 THEN now() + make_interval(secs => GREATEST($5, 120 * 2 ^ failures)) END,
    lease = NULL, leased_until = NULL
  WHERE user_id = $1 AND playlist_id = $2 AND lease = $3`;
