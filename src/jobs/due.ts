import type { Queries } from '../db.ts';
import { IS_ALLOWED, type AllowedIds } from '../users/allowed.ts';
import { IS_DUE } from '../enrichment/turns.ts';

/** What a listener is due for, and the id of the job that does it: the same for whoever plans it, however often. */
export interface DueJob {
  readonly user_id: number;
  readonly job_id: string;
}

/**
 * Who may be asked about at all: on the list, connected, not paused, and Spotify has not asked the app to wait. A reconnection
 * makes everything due anew. What was done in the future was done by a clock that has been put back since: waiting for
 * that hour would lose what is played until then.
 */
const connected = (allowed: string): string => `
  SELECT user_id, authorized_at, wall_clock(now(), timezone) AS wall_clock
  FROM spotify_connections JOIN users USING (user_id)
  WHERE refresh_token IS NOT NULL AND paused_at IS NULL AND ${IS_ALLOWED(allowed)}
    AND NOT EXISTS (SELECT FROM spotify_limits WHERE not_before > now())`;

/**
 * Listeners whose lists of today are missing, from their minute of the day on: also where that minute was skipped by
 * a change of clocks, or passed before anybody was there to plan. After a failure it is tried again 5, 10, 20 …
 * minutes later, an hour at most; what a new day brings is another job.
 */
export const listDueCaptures = (db: Queries, allowed: AllowedIds = []): Promise<DueJob[]> =>
  db.many<DueJob>(DUE_CAPTURES, [allowed]);

const DUE_CAPTURES = `
  WITH connected AS (${connected('$1')}), today AS (
    SELECT user_id, wall_clock::date AS date, authorized_at, tried.failures, tried.last_failed_at
    FROM connected
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE outcome = 'failed')::int AS failures,
        max(finished_at) FILTER (WHERE outcome = 'failed') AS last_failed_at,
        bool_or(outcome IN ('kept', 'empty')) AS done
      FROM capture_runs AS r
      WHERE r.user_id = connected.user_id AND r.snapshot_date = wall_clock::date
        AND (outcome <> 'failed' OR finished_at > authorized_at)
    ) AS tried
    WHERE wall_clock::time >= capture_time(user_id) AND tried.done IS NOT TRUE
  )
  SELECT user_id, md5(concat_ws(' ', 'capture', user_id, date, failures, authorized_at))::uuid AS job_id
  FROM today
  WHERE (last_failed_at IS NULL OR last_failed_at > now()
      OR last_failed_at + make_interval(mins => LEAST(60, 5 * 2 ^ (failures - 1))::int) <= now())
    AND (SELECT count(DISTINCT time_range) FROM snapshots AS s
         WHERE s.user_id = today.user_id AND s.snapshot_date = today.date) < 3
  ORDER BY user_id`;

/** Listeners whose plays are to be asked for. */
export const listDuePolls = (db: Queries, allowed: AllowedIds = []): Promise<DueJob[]> =>
  db.many<DueJob>(DUE_POLLS, [allowed]);

const DUE_POLLS = `
  WITH connected AS (${connected('$1')})
  SELECT user_id, md5(concat_ws(' ', 'plays', user_id, next_poll_at, authorized_at))::uuid AS job_id
  FROM connected LEFT JOIN play_polls USING (user_id)
  WHERE next_poll_at IS NULL OR next_poll_at <= now() OR polled_at IS NULL OR authorized_at > polled_at
    OR polled_at > now()
  ORDER BY user_id`;

/** For the job that concerns no listener in particular. */
const NOBODY = 0;

/** Whether it is time to ask for audio features: one job, or none. */
export const listDueFeatures = (db: Queries, perDay: number): Promise<DueJob[]> =>
  db.many<DueJob>(
    `SELECT ${NOBODY} AS user_id, ${ENRICHMENT_JOB} FROM enrichments WHERE source = 'reccobeats' AND ${IS_DUE}`,
    [perDay],
  );

/**
 * Whether it is time to ask Spotify for payloads, and by way of whom: a track is everybody's, so whoever connected last
 * and is not refused serves.
 */
export const listDuePayloads = (db: Queries, perDay: number, allowed: AllowedIds = []): Promise<DueJob[]> =>
  db.many<DueJob>(
    `WITH connected AS (${connected('$2')})
     SELECT user_id, ${ENRICHMENT_JOB}
     FROM connected JOIN spotify_connections USING (user_id), enrichments
     WHERE source = 'spotify' AND ${IS_DUE}
     ORDER BY refusal NULLS FIRST, connected.authorized_at DESC, user_id LIMIT 1`,
    [perDay, allowed],
  );

const ENRICHMENT_JOB = `md5(concat_ws(' ', 'enrichment', source, asked_date, asked, next_at))::uuid AS job_id`;
