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

/** Found from one to the next, so that not every track of each is looked at. */
const stepping = (name: string, months: number, [from, end]: readonly [string, string]): string => `
  ${name} AS (
    SELECT min(starts_on) AS starts_on FROM play_periods
    WHERE user_id = $1 AND kind = 'tracks' AND months = ${months} AND starts_on >= ${from}
    UNION ALL
    SELECT (
      SELECT min(p.starts_on) FROM play_periods AS p
      WHERE p.user_id = $1 AND p.kind = 'tracks' AND p.months = ${months} AND p.starts_on > ${name}.starts_on AND p.starts_on < ${end})
    FROM ${name} WHERE starts_on IS NOT NULL
  )`;

const ofYear = `date_trunc('year', $2::date::timestamp)::date`;

export const PLAYED_TIMES = question(
  hotQuery(
    'time machine: the times with plays',
    `
  WITH RECURSIVE ${stepping('years', 12, [`'-infinity'::date`, `'infinity'::date`])},
  ${stepping('months', 1, [ofYear, `(${ofYear} + interval '1 year')::date`])}
  SELECT
    ARRAY(SELECT to_char(starts_on, 'YYYY') FROM years WHERE starts_on IS NOT NULL) AS years,
    ARRAY(
      SELECT to_char(starts_on, 'YYYY-MM') FROM months
      WHERE starts_on IS NOT NULL AND starts_on < ${ofYear} + interval '1 year'
    ) AS months,
    ARRAY(
      SELECT day::text FROM play_days WHERE user_id = $1 AND ${isDayInPeriod('day')} AND plays > 0 ORDER BY day
    ) AS days`,
  ),
  theRow<PlayedTimes>,
);
