import { ask, question, theRow } from '../database/ask-together.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import type { TimeRange } from '../spotify/top-list.ts';
import { IS_ALLOWED, type AllowedIds } from '../users/allowed.ts';
import { failureInWords } from '../users/attempts.ts';
import { LIST_KINDS, type ListKindName } from './list-kinds.ts';

export interface CaptureRun {
  readonly run_id: number;
  readonly kind: ListKindName;
  /** The listener's, `YYYY-MM-DD`. */
  readonly snapshot_date: string;
  readonly outcome: 'kept' | 'empty' | 'failed' | 'missed';
  readonly started_at: Date;
  readonly finished_at: Date;
  readonly time_ranges: readonly TimeRange[];
  readonly places: number;
  readonly skipped: number;
  readonly deeper: boolean;
  readonly failure: string | null;
}

export const RUNS_PER_PAGE = 50;

export function listCaptureRuns(
  db: Queries,
  userId: number,
  { limit = RUNS_PER_PAGE, offset = 0 }: { limit?: number; offset?: number } = {},
): Promise<CaptureRun[]> {
  return ask(db, NEWEST_RUNS, userId, limit, offset);
}

const RUNS = `
  SELECT run_id, kind, snapshot_date, outcome, started_at, finished_at, time_ranges, places, skipped, deeper, failure
  FROM capture_runs WHERE user_id = $1`;

export const NEWEST_RUNS = question<[userId: number, limit: number, offset: number], CaptureRun[]>(
  hotQuery('settings: the newest captures', `${RUNS} ORDER BY run_id DESC LIMIT $2 OFFSET $3`),
  (runs: readonly CaptureRun[]) =>
    runs.map((run) => ({
      ...run,
      started_at: new Date(run.started_at),
      finished_at: new Date(run.finished_at),
    })),
);

export const listCaptureRunsAfter = (
  db: Queries,
  userId: number,
  { after, limit }: { readonly after: number | null; readonly limit: number },
): Promise<CaptureRun[]> => db.many<CaptureRun>(RUNS_AFTER, [userId, limit, after]);

const RUNS_AFTER = hotQuery(
  'api: captures, from one on',
  `${RUNS} AND run_id < COALESCE($3::bigint, 9223372036854775807) ORDER BY run_id DESC LIMIT $2`,
);

export interface RunCounts extends Readonly<Record<'runs' | 'empty' | 'failed', number>> {
  readonly kept_tracks: number;
  readonly kept_artists: number;
  readonly missed: number;
}

export const countCaptureRuns = (db: Queries, userId: number): Promise<RunCounts> =>
  db.one<RunCounts>(RUN_COUNTS, [userId]);

const RUN_COUNTS = hotQuery(
  'captures: how they ended',
  `
  SELECT count(*)::int AS runs,
    count(*) FILTER (WHERE outcome = 'kept' AND kind = 'tracks')::int AS kept_tracks,
    count(*) FILTER (WHERE outcome = 'kept' AND kind = 'artists')::int AS kept_artists,
    count(*) FILTER (WHERE outcome = 'empty')::int AS empty,
    count(*) FILTER (WHERE outcome = 'failed')::int AS failed,
    count(DISTINCT snapshot_date) FILTER (WHERE outcome = 'missed')::int AS missed
  FROM capture_runs WHERE user_id = $1`,
);

/** In the listener's day: `07:42`. */
export const CAPTURE_TIME = question<[userId: number], string>(
  `SELECT to_char(capture_time($1::bigint), 'HH24:MI') AS time`,
  (rows: readonly { time: string }[]) => theRow(rows).time,
);

export interface CaptureAge {
  readonly user_id: number;
  readonly kind: ListKindName;
  /** Since the last capture of the kind, or since Spotify was connected. */
  readonly seconds: number;
}

/** Of all allowed listeners who connected Spotify and have not paused, per kind. */
export const listCaptureAges = (db: Queries, allowed: AllowedIds = []): Promise<CaptureAge[]> =>
  db.many<CaptureAge>(
    `SELECT user_id, kind, extract(epoch FROM now() - COALESCE(max(finished_at), authorized_at))::float8 AS seconds
     FROM spotify_connections JOIN users USING (user_id)
     CROSS JOIN unnest($2::text[]) WITH ORDINALITY AS kinds (kind, place)
     LEFT JOIN (SELECT user_id, kind, finished_at FROM capture_runs WHERE outcome = 'kept') AS kept
       USING (user_id, kind)
     WHERE paused_at IS NULL AND ${IS_ALLOWED('$1')}
     GROUP BY user_id, authorized_at, kind, place ORDER BY user_id, place`,
    [allowed, LIST_KINDS],
  );

export interface RecentRuns extends Pick<CaptureRun, 'kind' | 'outcome'> {
  readonly runs: number;
}

export const countRecentRuns = (db: Queries): Promise<RecentRuns[]> =>
  db.many(
    `SELECT kind, outcome, count(*) FILTER (WHERE finished_at > now() - interval '1 day')::int AS runs
     FROM unnest(ARRAY['kept', 'empty', 'failed', 'missed']) AS outcomes (outcome)
     CROSS JOIN unnest($1::text[]) AS kinds (kind)
     LEFT JOIN capture_runs USING (kind, outcome)
     GROUP BY kind, outcome`,
    [LIST_KINDS],
  );

export interface SuccessfulRun {
  readonly kind: ListKindName;
  readonly date: string;
  readonly startedAt: Date;
  readonly captured: readonly TimeRange[];
  readonly places: number;
  readonly skipped: number;
  readonly deeper: boolean;
}

/** In the transaction that saves the lists, so that both exist or neither. */
export async function recordRun(tx: Queries, userId: number, run: SuccessfulRun): Promise<void> {
  await tx.execute(
    `INSERT INTO capture_runs
       (user_id, kind, snapshot_date, outcome, started_at, finished_at, time_ranges, places, skipped, deeper)
     VALUES ($1, $2, $3, $4, $5, now(), $6, $7, $8, $9)`,
    [
      userId,
      run.kind,
      run.date,
      run.captured.length > 0 ? 'kept' : 'empty',
      run.startedAt,
      run.captured,
      run.places,
      run.skipped,
      run.deeper,
    ],
  );
}

export async function recordFailedRun(
  db: Queries,
  userId: number,
  { kind, startedAt, error }: { kind: ListKindName; startedAt: Date; error: unknown },
): Promise<void> {
  await db.execute(
    `INSERT INTO capture_runs (user_id, kind, snapshot_date, outcome, started_at, finished_at, failure)
     SELECT user_id, $4, wall_clock(now(), timezone)::date, 'failed', $2, now(), $3 FROM users WHERE user_id = $1`,
    [userId, startedAt, failureInWords(error), kind],
  );
}

/** Past days, in the listener's zone, without lists of a kind since its first run. @returns how many */
export const recordMissedDays = (db: Queries, allowed: AllowedIds = []): Promise<number> =>
  db.execute(MISSED_DAYS, [allowed]);

const MISSED_DAYS = `
  WITH recorded AS (
    SELECT user_id, kind,
      COALESCE(max(snapshot_date) FILTER (WHERE outcome <> 'failed') + 1, min(snapshot_date)) AS first_open
    FROM capture_runs GROUP BY user_id, kind
  ), runs AS (
    SELECT user_id, kind, wall_clock(now(), timezone)::date AS today, paused_at, first_open,
      ${IS_ALLOWED('$1')} AS allowed
    FROM recorded JOIN users USING (user_id)
  )
  INSERT INTO capture_runs (user_id, kind, snapshot_date, outcome, started_at, finished_at, failure)
  SELECT user_id, kind, day::date, 'missed', now(), now(), COALESCE(
    (SELECT failure FROM capture_runs AS failed
     WHERE failed.user_id = runs.user_id AND failed.kind = runs.kind AND snapshot_date = day::date
       AND outcome = 'failed'
     ORDER BY run_id DESC LIMIT 1),
    CASE
      WHEN NOT allowed THEN 'You were not on the list of people who may use this app.'
      WHEN paused_at IS NOT NULL AND paused_at < day + interval '1 day' THEN 'Captures were paused.'
      WHEN c.connected IS NOT TRUE THEN 'Spotify needed you to connect again.'
      WHEN EXISTS (SELECT FROM spotify_limits
        WHERE not_before > day + interval '1 day' AND bucket IN ('api', 'accounts', 'top-lists'))
        THEN 'Spotify had asked this app to wait.'
      ELSE 'Spotify was not asked that day: the worker was not running, or Spotify had asked it to wait.'
    END)
  FROM runs
  LEFT JOIN spotify_connections AS c USING (user_id)
  CROSS JOIN LATERAL generate_series(GREATEST(first_open, today - 400), today - 1, interval '1 day') AS day
  WHERE NOT CASE kind
    WHEN 'tracks' THEN EXISTS (
      SELECT FROM snapshots AS s WHERE s.user_id = runs.user_id AND s.snapshot_date = day::date)
    ELSE EXISTS (
      SELECT FROM artist_snapshots AS s WHERE s.user_id = runs.user_id AND s.snapshot_date = day::date)
    END
  ON CONFLICT DO NOTHING`;
