import type { Db, Queries } from '../db.ts';
import { heldFor } from '../lease.ts';
import { IS_SENDING, LEASE_SECONDS, type SendingProblem } from './sendings.ts';

/**
 * SQL: whether a sending goes on by itself now: cut off in the middle, never begun because the process died right after
 * the press of the button, or stopped until now. Where Spotify may have made a playlist whose id never arrived, only
 * the listener can say whether another is to be made.
 */
export const GOES_ON = `(creation_asked_at IS NULL AND CASE state
    WHEN 'sending' THEN NOT ${IS_SENDING}
    WHEN 'waiting' THEN started_at < now() - interval '1 minute'
    ELSE again_at <= now() END)`;

/** What whoever sends works with. */
export interface Leased {
  readonly playlistId: string;
  readonly lease: string;
  readonly name: string;
  readonly description: string;
  readonly isPublic: boolean;
  readonly trackIds: readonly string[];
  /** Tracks that Spotify does not take. */
  notTaken: readonly string[];
  spotifyPlaylistId: string | null;
  handled: number;
  confirmed: number;
  pending: number;
  startOver: boolean;
}

/**
 * Takes a sending in hand, in one statement: in however many tabs and processes it is asked for, one gets it. null
 * where another has it, where all is sent, or where it must wait.
 */
export const takeSending = (db: Queries, userId: number, playlistId: string): Promise<Leased | null> =>
  db.maybeOne<Leased>(take('true'), [userId, playlistId]);

/** The same for a worker: null also where another has tried since it looked. */
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

/** Somebody else has taken over, or the playlist was deleted: stop, and write nothing more. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

export interface Progress {
  readonly handled?: number;
  readonly confirmed?: number;
  readonly pending?: number;
  readonly startOver?: boolean;
  readonly spotifyPlaylistId?: string;
  /** Tracks that Spotify does not take, all of them. */
  readonly notTaken?: readonly string[];
  /** Spotify does not take the description. */
  readonly descriptionRefused?: boolean;
  /** Whether Spotify has been asked to make the playlist and has not answered yet. */
  readonly creating?: boolean;
}

export const progressOf = ({ handled, confirmed, pending, startOver: again }: Leased): Progress => ({
  handled,
  confirmed,
  pending,
  startOver: again,
});

/**
 * Writes down how far a sending is, and holds on to it for as long again: right before every call to Spotify, and
 * after it.
 * @throws LeaseLost
 */
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

/** The playlist at Spotify, from now on also the playlist's own. */
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

/** What a later try may well not meet. */
const PASSING = new Set<SendingProblem>([
  'rate-limited',
  'unreachable',
  'unreadable',
  'scope-denied',
  'failed',
]);
/** After so many tries in a row that brought nothing the listener decides: two hours and a bit. */
const MOST_FAILURES = 6;

/**
 * Lets go of a sending: it is done, or something stands in its way. What may pass is tried again 2, 4, 8 … minutes
 * later, or when Spotify says. Does nothing where the lease is lost.
 */
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

/** Being asked to wait is no failure, however often. */
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
