import { isShown } from '../catalogue/shown.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../hot-queries.ts';
import { dayOf, inPeriod, periodValues, SLACK, type Listener, type Period } from '../ranges/period.ts';
import { COUNTED_BY, HAS_OPEN_GAP, TALLY_SUM, type CountedTally } from './tally.ts';

export interface PlayTotals extends CountedTally {
  readonly tracks: number;
  readonly first_played_at: Date | null;
  readonly last_played_at: Date | null;
}

/** The whole history in figures. */
export const findPlayTotals = (db: Queries, userId: number): Promise<PlayTotals> =>
  db.one<PlayTotals>(TOTALS, [userId]);

const TOTALS = hotQuery(
  'history: totals',
  `
  SELECT ${TALLY_SUM}, count(*)::int AS tracks,
    min(first_played_at) AS first_played_at, max(last_played_at) AS last_played_at, ${COUNTED_BY}, ${HAS_OPEN_GAP('true')}
  FROM played_tracks WHERE user_id = $1 AND ${isShown('played_tracks.track_id')}`,
);

/** Plays by the hour on the listener's clock, 24 of them from midnight on; the hour that comes twice a year counts as one. */
export async function countPlaysByHour(
  db: Queries,
  listener: Listener,
  period: Period,
): Promise<{ hour: number; plays: number }[]> {
  return db.many(BY_HOUR, periodValues(listener, period));
}

const COUNTED = `
  FROM play_quarters
  WHERE user_id = $1 AND ${inPeriod('quarter')}`;

const BY_HOUR = hotQuery(
  'history: plays by hour',
  `
  WITH counted AS (
    SELECT extract(hour FROM quarter AT TIME ZONE $4)::int AS hour, sum(plays)::int AS plays ${COUNTED} GROUP BY 1
  )
  SELECT hour, COALESCE(plays, 0) AS plays
  FROM generate_series(0, 23) AS hour LEFT JOIN counted USING (hour)
  ORDER BY hour`,
);

export interface DayCount {
  /** `YYYY-MM-DD` on the listener's calendar. */
  readonly day: string;
  readonly plays: number;
}

/** Plays of each day of a period on which there were any, in order. */
export const countPlaysByDay = (db: Queries, listener: Listener, period: Period): Promise<DayCount[]> =>
  db.many<DayCount>(BY_DAY, periodValues(listener, period));

const BY_DAY = hotQuery(
  'history: plays by day',
  `SELECT ${dayOf('quarter')} AS day, sum(plays)::int AS plays ${COUNTED} GROUP BY 1 ORDER BY 1`,
);

interface Streak {
  readonly days: number;
  readonly first_day: string;
  readonly last_day: string;
}

export interface Streaks {
  /** Days in a row with a play, up to today or yesterday; null: none at the moment. */
  readonly current: Streak | null;
  readonly longest: Streak | null;
  readonly daysWithPlays: number;
}

/** Days in a row. It steps from day to day through the index and reads of a day its last hours at most (see inPeriod). */
export async function findStreaks(db: Queries, { user_id: userId, timezone }: Listener): Promise<Streaks> {
  const rows = await db.many<Streak & { ongoing: boolean; total: number }>(STREAKS, [userId, timezone]);
  const longest = rows[0] ?? null;
  return {
    current: rows.find(({ ongoing }) => ongoing) ?? null,
    longest,
    daysWithPlays: longest?.total ?? 0,
  };
}

const STREAKS = hotQuery(
  'history: streaks',
  `
  WITH RECURSIVE days AS (
    SELECT (min(quarter) AT TIME ZONE $2)::date AS day FROM play_quarters WHERE user_id = $1
    UNION
    SELECT (
      SELECT (quarter AT TIME ZONE $2)::date FROM play_quarters
      WHERE user_id = $1 AND quarter >= (day + 1)::timestamp AT TIME ZONE $2 - ${SLACK} AND quarter <= now()
        AND (quarter AT TIME ZONE $2)::date > day
      ORDER BY quarter LIMIT 1)
    FROM days WHERE day IS NOT NULL
  ), streaks AS (
    SELECT count(*)::int AS days, min(day) AS first_day, max(day) AS last_day
    FROM (SELECT day, day - (row_number() OVER (ORDER BY day))::int AS island FROM days WHERE day IS NOT NULL) AS d
    GROUP BY island
  ), marked AS (
    SELECT *, last_day >= (now() AT TIME ZONE $2)::date - 1 AS ongoing, (sum(days) OVER ())::int AS total,
      row_number() OVER (ORDER BY days DESC, last_day DESC) AS place
    FROM streaks
  )
  SELECT days, first_day, last_day, ongoing, total FROM marked WHERE place = 1 OR ongoing ORDER BY place`,
);
