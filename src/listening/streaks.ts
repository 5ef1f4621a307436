import { ask, question } from '../database/ask-together.ts';
import type { Queries } from '../db.ts';
import type { Listener } from '../ranges/period.ts';

interface Streak {
  readonly days: number;
  readonly first_day: string;
  readonly last_day: string;
}

/** Days in a row with a play. */
export interface Streaks {
  /** Up to today or yesterday; null: none at the moment. */
  readonly current: Streak | null;
  readonly longest: Streak | null;
  readonly daysWithPlays: number;
}

export const STREAKS = question<[userId: number, zone: string], Streaks>(
  `
  WITH streaks AS (
    SELECT count(*)::int AS days, min(day) AS first_day, max(day) AS last_day
    FROM (
      SELECT day, day - (row_number() OVER (ORDER BY day))::int AS island
      FROM play_days WHERE user_id = $1 AND plays > 0 AND day <= (now() AT TIME ZONE $2)::date
    ) AS d
    GROUP BY island
  ), marked AS (
    SELECT *, last_day >= (now() AT TIME ZONE $2)::date - 1 AS ongoing, (sum(days) OVER ())::int AS total,
      row_number() OVER (ORDER BY days DESC, last_day DESC) AS place
    FROM streaks
  )
  SELECT days, first_day, last_day, ongoing, total FROM marked WHERE place = 1 OR ongoing ORDER BY place`,
  (rows: readonly (Streak & { ongoing: boolean; total: number })[]) => ({
    current: rows.find(({ ongoing }) => ongoing) ?? null,
    longest: rows[0] ?? null,
    daysWithPlays: rows[0]?.total ?? 0,
  }),
);

export const findStreaks = (db: Queries, { user_id: userId, timezone }: Listener): Promise<Streaks> =>
  ask(db, STREAKS, userId, timezone);
