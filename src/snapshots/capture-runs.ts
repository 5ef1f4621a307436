import type { Queries } from '../db.ts';
import { hotQuery } from '../hot-queries.ts';
import type { TimeRange } from '../spotify/top-tracks.ts';
import { IS_ALLOWED, type AllowedIds } from '../users/allowed.ts';
import { failureInWords } from '../users/attempts.ts';

/** What became of one attempt to keep a day's lists, or of a day on which none succeeded. */
export interface CaptureRun {
  readonly run_id: number;
  /** The listener's own calendar day, `YYYY-MM-DD`. */
  readonly snapshot_date: string;
  readonly outcome: 'kept' | 'empty' | 'failed' | 'missed';
  readonly started_at: Date;
  readonly finished_at: Date;
  readonly time_ranges: readonly TimeRange[];
  readonly places: number;
  /** Items of Spotify's answer that were no usable track. */
  readonly skipped: number;
  /** In words; null where nothing failed. */
  readonly failure: string | null;
}

export const RUNS_PER_PAGE = 50;

/** Newest first; the first page, unless told how many to pass over. */
export function listCaptureRuns(
  db: Queries,
  userId: number,
  { limit = RUNS_PER_PAGE, offset = 0 }: { limit?: number; offset?: number } = {},
): Promise<CaptureRun[]> {
  return db.many<CaptureRun>(NEWEST_RUNS, [userId, limit, offset]);
}

const NEWEST_RUNS = hotQuery(
  'settings: the newest captures',
  `
  SELECT run_id, snapshot_date, outcome, started_at, finished_at, time_ranges, places, skipped, failure
  FROM capture_runs WHERE user_id = $1 ORDER BY run_id DESC LIMIT $2 OFFSET $3`,
);

export type RunCounts = Readonly<Record<'runs' | CaptureRun['outcome'], number>>;

/** How the runs of all days ended. */
export const countCaptureRuns = (db: Queries, userId: number): Promise<RunCounts> =>
  db.one<RunCounts>(RUN_COUNTS, [userId]);

const RUN_COUNTS = hotQuery(
  'captures: how they ended',
  `
  SELECT count(*)::int AS runs,
    count(*) FILTER (WHERE outcome = 'kept')::int AS kept,
    count(*) FILTER (WHERE outcome = 'empty')::int AS empty,
    count(*) FILTER (WHERE outcome = 'failed')::int AS failed,
    count(*) FILTER (WHERE outcome = 'missed')::int AS missed
  FROM capture_runs WHERE user_id = $1`,
);

/** The minute of the listener's day at which their lists are asked for: `07:42`. */
export async function findCaptureTime(db: Queries, userId: number): Promise<string> {
  return (await db.one<{ time: string }>(CAPTURE_TIME, [userId])).time;
}

const CAPTURE_TIME = hotQuery(
  'settings: when lists are asked for',
  `SELECT to_char(capture_time($1::bigint), 'HH24:MI') AS time`,
);

export interface CaptureAge {
  readonly user_id: number;
  /** Since lists were last kept, or since Spotify was connected. */
  readonly seconds: number;
}

/** Of every listener on the list who ever connected Spotify and has not paused. */
export const listCaptureAges = (db: Queries, allowed: AllowedIds = []): Promise<CaptureAge[]> =>
  db.many<CaptureAge>(
    `SELECT users.user_id, extract(epoch FROM now() - COALESCE(max(finished_at), authorized_at))::float8 AS seconds
     FROM spotify_connections JOIN users USING (user_id)
     LEFT JOIN capture_runs AS kept ON kept.user_id = users.user_id AND outcome = 'kept'
     WHERE paused_at IS NULL AND ${IS_ALLOWED('$1')}
     GROUP BY users.user_id, authorized_at ORDER BY users.user_id`,
    [allowed],
  );

/** How the runs of the last 24 hours ended. */
export const countRecentRuns = (db: Queries): Promise<{ outcome: CaptureRun['outcome']; runs: number }[]> =>
  db.many(
    `SELECT outcome, count(*) FILTER (WHERE finished_at > now() - interval '1 day')::int AS runs
     FROM unnest(ARRAY['kept', 'empty', 'failed', 'missed']) AS outcomes (outcome)
     LEFT JOIN capture_runs USING (outcome)
     GROUP BY outcome`,
  );

export interface SuccessfulRun {
  readonly date: string;
  readonly startedAt: Date;
  readonly captured: readonly TimeRange[];
  readonly places: number;
  readonly skipped: number;
}

/** Part of the transaction that keeps the lists: the run is told of if and only if they are kept. */
export async function recordRun(tx: Queries, userId: number, run: SuccessfulRun): Promise<void> {
  await tx.execute(
    `INSERT INTO capture_runs
       (user_id, snapshot_date, outcome, started_at, finished_at, time_ranges, places, skipped)
     VALUES ($1, $2, $3, $4, now(), $5, $6, $7)`,
    [
      userId,
      run.date,
      run.captured.length > 0 ? 'kept' : 'empty',
      run.startedAt,
      run.captured,
      run.places,
      run.skipped,
    ],
  );
}

/** An attempt that kept nothing, and why. (A listener deleted meanwhile has no more runs.) */
export async function recordFailedRun(
  db: Queries,
  userId: number,
  { startedAt, error }: { startedAt: Date; error: unknown },
): Promise<void> {
  await db.execute(
    `INSERT INTO capture_runs (user_id, snapshot_date, outcome, started_at, finished_at, failure)
     SELECT user_id, wall_clock(now(), timezone)::date, 'failed', $2, now(), $3 FROM users WHERE user_id = $1`,
    [userId, startedAt, failureInWords(error)],
  );
}

/**
 * Days that are over and on which nothing was kept, from each listener's first run on: a gap in an archive is told of,
 * never left to be noticed. Days are the listeners' own.
 * @returns how many were found
 */
export const recordMissedDays = (db: Queries, allowed: AllowedIds = []): Promise<number> =>
  db.execute(MISSED_DAYS, [allowed]);

const MISSED_DAYS = `
  WITH told AS (
    SELECT user_id, COALESCE(max(snapshot_date) FILTER (WHERE outcome <> 'failed') + 1, min(snapshot_date)) AS first_open
    FROM capture_runs GROUP BY user_id
  ), runs AS (
    SELECT user_id, wall_clock(now(), timezone)::date AS today, paused_at, first_open,
      ${IS_ALLOWED('$1')} AS allowed
    FROM told JOIN users USING (user_id)
  )
  INSERT INTO capture_runs (user_id, snapshot_date, outcome, started_at, finished_at, failure)
  SELECT user_id, day::date, 'missed', now(), now(), COALESCE(
    (SELECT failure FROM capture_runs AS failed
     WHERE failed.user_id = runs.user_id AND snapshot_date = day::date AND outcome = 'failed'
     ORDER BY run_id DESC LIMIT 1),
    CASE
      WHEN NOT allowed THEN 'You were not on the list of people who may use this app.'
      WHEN paused_at IS NOT NULL AND paused_at < day + interval '1 day' THEN 'You had paused it.'
      WHEN c.refresh_token IS NULL THEN 'Spotify needed you to connect again.'
      WHEN EXISTS (SELECT FROM spotify_limits
        WHERE not_before > day + interval '1 day' AND bucket IN ('api', 'accounts', 'top-lists'))
        THEN 'Spotify had asked this app to wait.'
      ELSE 'Nobody asked Spotify that day: the worker was not running, or Spotify had asked it to wait.'
    END)
  FROM runs
  LEFT JOIN spotify_connections AS c USING (user_id)
  CROSS JOIN LATERAL generate_series(GREATEST(first_open, today - 400), today - 1, interval '1 day') AS day
  WHERE NOT EXISTS (SELECT FROM snapshots AS s WHERE s.user_id = runs.user_id AND s.snapshot_date = day::date)
  ON CONFLICT DO NOTHING`;
