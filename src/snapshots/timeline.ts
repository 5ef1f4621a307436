import type { Db } from '../db.ts';
import { hotQuery } from '../hot-queries.ts';
import { TIME_RANGES, type TimeRange } from '../spotify/top-tracks.ts';
import { daysBetween } from './chosen-time.ts';
import type { ListOf } from './list-source.ts';

/** How many snapshots a month holds; months without any are not told. */
export interface MonthDensity {
  /** Its first day. */
  readonly month: string;
  readonly snapshots: number;
}

/** Every month with a snapshot of a range, oldest first. */
export const listMonths = (db: Db, userId: number, timeRange: TimeRange): Promise<MonthDensity[]> =>
  db.many<MonthDensity>(MONTHS, [userId, timeRange]);

const MONTHS = hotQuery(
  'time machine: snapshots a month',
  ['userId', 'timeRange'],
  `
  SELECT date_trunc('month', snapshot_date::timestamp)::date AS month, count(*)::int AS snapshots
  FROM snapshot_lists
  WHERE user_id = $1 AND time_range = $2
  GROUP BY month ORDER BY month`,
);

/** The ranges of which anything is kept. */
export async function listKeptRanges(db: Db, userId: number): Promise<TimeRange[]> {
  return (await db.one<{ kept: TimeRange[] }>(KEPT_RANGES, [userId, TIME_RANGES])).kept;
}

const KEPT_RANGES = `
  SELECT ARRAY(
    SELECT time_range FROM unnest($2::text[]) AS ranges (time_range)
    WHERE EXISTS (SELECT FROM snapshot_lists AS l WHERE l.user_id = $1 AND l.time_range = ranges.time_range)
  ) AS kept`;

/** Days (`YYYY-MM-DD`) of a time that have a snapshot, oldest first. */
export async function listDays(db: Db, userId: number, list: ListOf): Promise<string[]> {
  return (await db.many<{ day: string }>(DAYS, boundsOf(userId, list))).map(({ day }) => day);
}

const DAYS = hotQuery(
  'time machine: a month’s days',
  ['userId', 'timeRange', 'monthStart', 'latestDate'],
  `
  SELECT snapshot_date AS day FROM snapshot_lists
  WHERE user_id = $1 AND time_range = $2 AND snapshot_date BETWEEN $3::date AND $4::date
  ORDER BY day`,
);

const boundsOf = (userId: number, { time, timeRange }: ListOf): unknown[] => [
  userId,
  timeRange,
  time.from,
  time.to,
];

/** The snapshots in and around a time. */
export interface Surroundings {
  readonly snapshots: number;
  /** The last one before it, the first one after it: `YYYY-MM-DD`, null where there is none. */
  readonly before: string | null;
  readonly after: string | null;
}

export const findSurroundings = (db: Db, userId: number, list: ListOf): Promise<Surroundings> =>
  db.one<Surroundings>(SURROUNDINGS, boundsOf(userId, list));

const SURROUNDINGS = hotQuery(
  'time machine: snapshots in and around a time',
  ['userId', 'timeRange', 'firstDate', 'lastDate'],
  `
  WITH kept AS NOT MATERIALIZED (
    SELECT snapshot_date FROM snapshot_lists WHERE user_id = $1 AND time_range = $2
  )
  SELECT
    (SELECT count(*)::int FROM kept WHERE snapshot_date BETWEEN $3::date AND $4::date) AS snapshots,
    (SELECT max(snapshot_date) FROM kept WHERE snapshot_date < $3::date) AS before,
    (SELECT min(snapshot_date) FROM kept WHERE snapshot_date > $4::date) AS after`,
);

/** The snapshot nearest to a day; of two as near the earlier. Null where there is none at all. */
export function nearestTo(day: string, { snapshots, before, after }: Surroundings): string | null {
  if (snapshots > 0) return day;
  if (before === null || after === null) return before ?? after;
  return daysBetween(before, day) <= daysBetween(day, after) ? before : after;
}

/** The newest snapshot of a range; null before the first. */
export async function findLatestDate(db: Db, userId: number, timeRange: TimeRange): Promise<string | null> {
  return (await db.one<{ latest: string | null }>(LATEST, [userId, timeRange])).latest;
}

const LATEST = hotQuery(
  'time machine: the newest snapshot',
  ['userId', 'timeRange'],
  `SELECT max(snapshot_date) AS latest FROM snapshot_lists WHERE user_id = $1 AND time_range = $2`,
);
