import type { Queries } from '../db.ts';
import type { SpotifyFamily } from '../spotify/settings.ts';
import { IS_ALLOWED, type AllowedIds } from '../users/allowed.ts';
import { MAY_BE_ASKED } from '../users/connections.ts';
import { isOpen } from '../users/spotify-limit.ts';

export type JobName = 'capture' | 'plays';

/**
 * Listeners ($2; NULL: all) about whom Spotify may be asked. A reconnection makes everything due again. A time in the
 * future is from a clock that has been put back: waiting for it would lose plays.
 */
const connected = (family: SpotifyFamily): string => `
  SELECT user_id, authorized_at, wall_clock(now(), timezone) AS wall_clock
  FROM spotify_connections JOIN users USING (user_id)
  WHERE ${MAY_BE_ASKED} AND paused_at IS NULL AND ${IS_ALLOWED('$1')}
    AND ($2::bigint[] IS NULL OR user_id = ANY ($2))
    AND ${isOpen(family)}`;

/** Not now(): another worker may have finished since this statement began. */
const FUTURE = `now() + interval '1 minute'`;

/** From the listener's minute on, even if the clocks skipped it; after failures in 5, 10, 20 … 60 minutes again. */
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

const DUE_POLLS = `
  WITH connected AS (${connected('recently-played')})
  SELECT user_id, concat_ws(' ', next_poll_at, authorized_at) AS due_for
  FROM connected LEFT JOIN play_polls USING (user_id)
  WHERE next_poll_at IS NULL OR next_poll_at <= now() OR polled_at IS NULL OR authorized_at > polled_at
    OR polled_at > ${FUTURE}`;

/** SQL: for whom a job is due, and the facts that make it due and change once it is done. */
export const DUE: Readonly<Record<JobName, string>> = { capture: DUE_CAPTURES, plays: DUE_POLLS };

export async function listDue(db: Queries, job: JobName, allowed: AllowedIds = []): Promise<number[]> {
  const due = await db.many<{ user_id: number }>(
    `SELECT user_id FROM (${DUE[job]}) AS due ORDER BY user_id`,
    [allowed, null],
  );
  return due.map(({ user_id: userId }) => userId);
}

export const isFetchingDue = async (db: Queries, allowed: AllowedIds = []): Promise<boolean> =>
  (await db.maybeOne(`SELECT FROM (${DUE_CAPTURES}) AS c UNION ALL SELECT FROM (${DUE_POLLS}) AS p LIMIT 1`, [
    allowed,
    null,
  ])) !== null;

/** A track is nobody's own, so any token will do: of the allowed listener who connected last. */
export async function findCourier(db: Queries, allowed: AllowedIds = []): Promise<number | null> {
  const courier = await db.maybeOne<{ user_id: number }>(
    `WITH connected AS (${connected('single-reads')})
     SELECT user_id FROM connected JOIN spotify_connections USING (user_id)
     ORDER BY refusal NULLS FIRST, connected.authorized_at DESC, user_id LIMIT 1`,
    [allowed, null],
  );
  return courier?.user_id ?? null;
}
