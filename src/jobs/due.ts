import type { Queries } from '../db.ts';
import type { SpotifyFamily } from '../spotify/settings.ts';
import { IS_ALLOWED, type AllowedIds } from '../users/allowed.ts';
import { MAY_BE_ASKED } from '../users/connections.ts';
import { isOpen } from '../users/spotify-limit.ts';

/** What is done for each connected listener again and again. */
export type JobName = 'capture' | 'plays';

/**
 * Of these listeners ($2; NULL: of all) those who may be asked about at all: on the list ($1), connected, not paused, and
 * Spotify has not asked to wait with such calls. A reconnection makes everything due again. What was done in the future
 * was done by a clock that has been put back since: waiting for that hour would lose what is played until then.
 */
const connected = (family: SpotifyFamily): string => `
  SELECT user_id, authorized_at, wall_clock(now(), timezone) AS wall_clock
  FROM spotify_connections JOIN users USING (user_id)
  WHERE ${MAY_BE_ASKED} AND paused_at IS NULL AND ${IS_ALLOWED('$1')}
    AND ($2::bigint[] IS NULL OR user_id = ANY ($2))
    AND ${isOpen(family)}`;

/** Not now(): another worker may have done it since this statement began, a moment before it looked. */
const FUTURE = `now() + interval '1 minute'`;

/**
 * Listeners whose lists of today, of tracks or of artists, are missing, from their minute of the day on: also where that
 * minute was skipped by a change of clocks, or passed before anybody was there to capture. After a failure it is tried
 * again 5, 10, 20 … minutes later, an hour at most; a new day begins without failures.
 */
const DUE_CAPTURES = `
  WITH connected AS MATERIALIZED (${connected('top-lists')}), open AS (
    SELECT user_id, wall_clock::date AS date, authorized_at, kind, tried.failures, tried.last_failed_at
    FROM connected
    CROSS JOIN unnest(ARRAY['tracks', 'artists']) AS kinds (kind)
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE outcome = 'failed')::int AS failures,
        max(finished_at) FILTER (WHERE outcome = 'failed') AS last_failed_at,
        bool_or(outcome IN ('kept', 'empty')) AS done
      FROM capture_runs AS r
      WHERE r.user_id = connected.user_id AND r.snapshot_date = wall_clock::date AND r.kind = kinds.kind
        AND (outcome <> 'failed' OR finished_at > authorized_at)
    ) AS tried
    WHERE wall_clock::time >= capture_time(user_id) AND tried.done IS NOT TRUE
  ), missing AS (
    SELECT * FROM open
    WHERE 3 > CASE kind
      WHEN 'tracks' THEN (SELECT count(DISTINCT time_range) FROM snapshots AS s
        WHERE s.user_id = open.user_id AND s.snapshot_date = open.date)
      ELSE (SELECT count(DISTINCT time_range) FROM artist_snapshots AS s
        WHERE s.user_id = open.user_id AND s.snapshot_date = open.date) END
  )
  SELECT user_id,
    concat_ws(' ', date, string_agg(kind || ' ' || failures, ' ' ORDER BY kind), authorized_at) AS due_for
  FROM missing
  GROUP BY user_id, date, authorized_at
  HAVING bool_or(last_failed_at IS NULL OR last_failed_at > ${FUTURE}
    OR last_failed_at + make_interval(mins => LEAST(60, 5 * 2 ^ (failures - 1))::int) <= now())`;

/** Listeners whose plays are to be asked for. */
const DUE_POLLS = `
  WITH connected AS (${connected('recently-played')})
  SELECT user_id, concat_ws(' ', next_poll_at, authorized_at) AS due_for
  FROM connected LEFT JOIN play_polls USING (user_id)
  WHERE next_poll_at IS NULL OR next_poll_at <= now() OR polled_at IS NULL OR authorized_at > polled_at
    OR polled_at > ${FUTURE}`;

/** SQL, of listeners as above: whom each job is due for now, and the facts that make it so: once it is done they are others. */
export const DUE: Readonly<Record<JobName, string>> = { capture: DUE_CAPTURES, plays: DUE_POLLS };

export async function listDue(db: Queries, job: JobName, allowed: AllowedIds = []): Promise<number[]> {
  const due = await db.many<{ user_id: number }>(
    `SELECT user_id FROM (${DUE[job]}) AS due ORDER BY user_id`,
    [allowed, null],
  );
  return due.map(({ user_id: userId }) => userId);
}

/** Whether anybody's lists or plays are due. */
export const isFetchingDue = async (db: Queries, allowed: AllowedIds = []): Promise<boolean> =>
  (await db.maybeOne(`SELECT FROM (${DUE_CAPTURES}) AS c UNION ALL SELECT FROM (${DUE_POLLS}) AS p LIMIT 1`, [
    allowed,
    null,
  ])) !== null;

/** By way of whom Spotify is asked for a track, which is nobody's own: the one who connected last and is not refused. */
export async function findCourier(db: Queries, allowed: AllowedIds = []): Promise<number | null> {
  const courier = await db.maybeOne<{ user_id: number }>(
    `WITH connected AS (${connected('single-reads')})
     SELECT user_id FROM connected JOIN spotify_connections USING (user_id)
     ORDER BY refusal NULLS FIRST, connected.authorized_at DESC, user_id LIMIT 1`,
    [allowed, null],
  );
  return courier?.user_id ?? null;
}
