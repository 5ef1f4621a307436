import { ask, question, theRow } from '../database/ask-together.ts';
import { daysBetween } from '../calendar.ts';
import type { Db } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { TIME_RANGES, type TimeRange } from '../spotify/top-tracks.ts';
import { monthTime, yearTime } from './chosen-time.ts';
import type { ListOf } from './list-source.ts';

/** Months without snapshots are left out. */
export interface MonthDensity {
  readonly month: string;
  readonly snapshots: number;
}

export const listMonths = (db: Db, userId: number, timeRange: TimeRange): Promise<MonthDensity[]> =>
  ask(db, MONTHS, userId, timeRange);

export const MONTHS = question<[userId: number, timeRange: TimeRange], MonthDensity[]>(
  hotQuery(
    'time machine: snapshots a month',
    `
  SELECT date_trunc('month', snapshot_date::timestamp)::date AS month, count(*)::int AS snapshots
  FROM snapshot_lists
  WHERE user_id = $1 AND time_range = $2
  GROUP BY month ORDER BY month`,
  ),
  (months: readonly MonthDensity[]) => [...months],
);

export async function listKeptRanges(db: Db, userId: number): Promise<TimeRange[]> {
  return (await db.one<{ kept: TimeRange[] }>(KEPT_RANGES, [userId, TIME_RANGES])).kept;
}

const KEPT_RANGES = `
  SELECT ARRAY(
    SELECT time_range FROM unnest($2::text[]) AS ranges (time_range)
    WHERE EXISTS (SELECT FROM snapshot_lists AS l WHERE l.user_id = $1 AND l.time_range = ranges.time_range)
  ) AS kept`;

export interface Calendar {
  readonly years: readonly string[];
  readonly months: readonly MonthDensity[];
  /** `YYYY-MM-DD`; empty for a year or all time. */
  readonly days: readonly string[];
}

export const findCalendar = (db: Db, userId: number, list: ListOf): Promise<Calendar> =>
  ask(db, CALENDAR, ...calendarValues(userId, list));

export function calendarValues(userId: number, { time, timeRange }: ListOf): unknown[] {
  const month = time.kind === 'day' || time.kind === 'month' ? monthTime(time.from) : null;
  const year = yearTime(time.from);
  return [userId, timeRange, year.from, year.to, month?.from ?? null, month?.to ?? null];
}

/** Steps from year to year instead of reading every list. $3 to $6 are the ends of year and month. */
export const CALENDAR = question(
  `
  WITH RECURSIVE kept AS NOT MATERIALIZED (
    SELECT snapshot_date FROM snapshot_lists WHERE user_id = $1 AND time_range = $2
  ),
  years AS (
    SELECT min(snapshot_date) AS first_day FROM kept
    UNION ALL
    SELECT (
      SELECT min(snapshot_date) FROM kept
      WHERE snapshot_date >= date_trunc('year', first_day::timestamp) + interval '1 year')
    FROM years WHERE first_day IS NOT NULL
  ),
  months AS (
    SELECT date_trunc('month', snapshot_date::timestamp)::date AS month, count(*)::int AS snapshots
    FROM kept WHERE snapshot_date BETWEEN $3::date AND $4::date
    GROUP BY month
  )
  SELECT
    ARRAY(SELECT to_char(first_day::timestamp, 'YYYY') FROM years WHERE first_day IS NOT NULL) AS years,
    COALESCE((SELECT jsonb_agg(months ORDER BY month) FROM months), '[]') AS months,
    ARRAY(
      SELECT snapshot_date::text FROM kept WHERE snapshot_date BETWEEN $5::date AND $6::date ORDER BY snapshot_date
    ) AS days`,
  theRow<Calendar>,
);

export const surroundingsValues = (userId: number, { time, timeRange }: ListOf): unknown[] => [
  userId,
  timeRange,
  time.from,
  time.to,
];

export interface Surroundings {
  readonly snapshots: number;
  /** The nearest one, `YYYY-MM-DD`. */
  readonly before: string | null;
  readonly after: string | null;
  readonly latest: string | null;
}

export const findSurroundings = (db: Db, userId: number, list: ListOf): Promise<Surroundings> =>
  ask(db, SURROUNDINGS, ...surroundingsValues(userId, list));

export const SURROUNDINGS = question(
  hotQuery(
    'time machine: snapshots in and around a time',
    `
  WITH kept AS NOT MATERIALIZED (
    SELECT snapshot_date FROM snapshot_lists WHERE user_id = $1 AND time_range = $2
  )
  SELECT
    (SELECT count(*)::int FROM kept WHERE snapshot_date BETWEEN $3::date AND $4::date) AS snapshots,
    (SELECT max(snapshot_date) FROM kept WHERE snapshot_date < $3::date) AS before,
    (SELECT min(snapshot_date) FROM kept WHERE snapshot_date > $4::date) AS after,
    (SELECT max(snapshot_date) FROM kept) AS latest`,
  ),
  theRow<Surroundings>,
);

export function nearestTo(
  day: string,
  { snapshots, before, after }: Pick<Surroundings, 'snapshots' | 'before' | 'after'>,
): string | null {
  if (snapshots > 0) return day;
  if (before === null || after === null) return before ?? after;
  return daysBetween(before, day) <= daysBetween(day, after) ? before : after;
}

export async function findLatestDate(db: Db, userId: number, timeRange: TimeRange): Promise<string | null> {
  return (await db.one<{ latest: string | null }>(LATEST, [userId, timeRange])).latest;
}

const LATEST = hotQuery(
  'time machine: the newest snapshot',
  `SELECT max(snapshot_date) AS latest FROM snapshot_lists WHERE user_id = $1 AND time_range = $2`,
);
