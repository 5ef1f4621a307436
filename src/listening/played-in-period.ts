import { TALLY } from '../catalogue/play-tally.ts';
import { dayOf, SLACK } from '../ranges/period.ts';

const IS_SHORT = '$3::date - $2::date < 27';
const nearestMonth = (day: string): string =>
  `date_trunc('month', (${day})::timestamp + interval '15 days')::date`;
const whole = (column: string): string => `(SELECT ${column} FROM whole)`;
const startOf = (day: string): string => `(${whole(day)}::timestamp AT TIME ZONE 'UTC')`;

const kept = (months: 1 | 12, from: string, end: string): string => `
  SELECT track_id, ${TALLY} FROM play_periods
  WHERE user_id = $1 AND months = ${months} AND starts_on >= ${whole(from)} AND starts_on < ${whole(end)}`;

/** The plays between an end of the period and that of its months: added, or taken away where these reach beyond it. */
function between(midnight: string, month: string, isInPeriod: string, isInMonths: string): string {
  return `
  SELECT track_id, sign AS plays, sign * (COALESCE(ms_played, about_ms) IS NOT NULL)::int AS timed_plays,
    sign * COALESCE(ms_played, 0)::bigint AS ms_played, sign * COALESCE(about_ms, 0)::bigint AS about_ms
  FROM (
    SELECT track_id, ms_played, about_ms, (${isInPeriod})::int - (${isInMonths})::int AS sign
    FROM counted_plays
    WHERE user_id = $1 AND played_at >= LEAST(${midnight} - ${SLACK}, ${startOf(month)})
      AND played_at < GREATEST(${midnight} + ${SLACK}, ${startOf(month)})
  ) AS near WHERE sign <> 0`;
}

/**
 * SQL: of the plays in the period $2 to $3 of listener $1, on their calendar ($4), parts to be added up: track_id, plays,
 * timed_plays, ms_played, about_ms. The months of UTC nearest to the period, and the years among them, are read as they
 * are kept; what lies between its ends and theirs is counted, half a month at most. (Hours, mostly: who listens by the
 * month is off UTC by hours.) A period shorter than any month is counted as it is.
 */
export const PLAYED_IN_PERIOD = `
  WITH nearest AS (
    SELECT
      COALESCE(CASE WHEN ${IS_SHORT} THEN $3::date + 1 ELSE ${nearestMonth('$2::date')} END, '-infinity') AS first_month,
      COALESCE(CASE WHEN ${IS_SHORT} THEN $3::date + 1 ELSE ${nearestMonth('$3::date + 1')} END, 'infinity') AS end_month
  ), years AS (
    SELECT *, date_trunc('year', first_month::timestamp + interval '11 months')::date AS first_year,
      date_trunc('year', end_month::timestamp)::date AS end_year
    FROM nearest
  ), whole AS MATERIALIZED (
    SELECT first_month, end_month, CASE WHEN first_year < end_year THEN first_year ELSE end_month END AS first_year,
      CASE WHEN first_year < end_year THEN end_year ELSE end_month END AS end_year
    FROM years
  )
  ${kept(1, 'first_month', 'first_year')}
  UNION ALL ${kept(12, 'first_year', 'end_year')}
  UNION ALL ${kept(1, 'end_year', 'end_month')}
  UNION ALL ${between(
    '($2::date::timestamp AT TIME ZONE $4)',
    'first_month',
    `${dayOf('played_at')} >= $2::date`,
    `played_at >= ${startOf('first_month')}`,
  )}
  UNION ALL ${between(
    '(($3::date + 1)::timestamp AT TIME ZONE $4)',
    'end_month',
    `${dayOf('played_at')} <= $3::date`,
    `played_at < ${startOf('end_month')}`,
  )}`;
