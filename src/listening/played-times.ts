import { ask, question, theRow } from '../database/ask-together.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { daysValues, isDayInPeriod } from '../ranges/period.ts';

/** Of which times there is any play that counts. */
export interface PlayedTimes {
  /** `YYYY` and `YYYY-MM`, as `days` of the listener's calendar. */
  readonly years: readonly string[];
  /** Of the year looked at. */
  readonly months: readonly string[];
  /** `YYYY-MM-DD`, of the month looked at. */
  readonly days: readonly string[];
}

/** The times around a month, given by its first and last day (`YYYY-MM-DD`). */
export const findPlayedTimes = (
  db: Queries,
  userId: number,
  month: { readonly from: string; readonly to: string },
): Promise<PlayedTimes> => ask(db, PLAYED_TIMES, ...daysValues(userId, month));

/** Found from one to the next, so that not every day of each is looked at. */
const stepping = (name: string, unit: 'year' | 'month', [from, end]: readonly [string, string]): string => `
  ${name} AS (
    SELECT date_trunc('${unit}', min(day)::timestamp)::date AS starts_on FROM play_days
    WHERE user_id = $1 AND plays > 0 AND day >= ${from} AND day < ${end}
    UNION ALL
    SELECT (
      SELECT date_trunc('${unit}', min(day)::timestamp)::date FROM play_days
      WHERE user_id = $1 AND plays > 0 AND day >= (${name}.starts_on + interval '1 ${unit}')::date AND day < ${end})
    FROM ${name} WHERE starts_on IS NOT NULL
  )`;

const ofYear = `date_trunc('year', $2::date::timestamp)::date`;

export const PLAYED_TIMES = question(
  hotQuery(
    'time machine: the times with plays',
    `
  WITH RECURSIVE ${stepping('years', 'year', [`'-infinity'::date`, `'infinity'::date`])},
  ${stepping('months', 'month', [ofYear, `(${ofYear} + interval '1 year')::date`])}
  SELECT
    ARRAY(SELECT to_char(starts_on, 'YYYY') FROM years WHERE starts_on IS NOT NULL) AS years,
    ARRAY(SELECT to_char(starts_on, 'YYYY-MM') FROM months WHERE starts_on IS NOT NULL) AS months,
    ARRAY(
      SELECT day::text FROM play_days WHERE user_id = $1 AND ${isDayInPeriod('day')} AND plays > 0 ORDER BY day
    ) AS days`,
  ),
  theRow<PlayedTimes>,
);
