import { inPeriod, SLACK } from './period.ts';

const SUMS = 'plays, timed_plays, ms_played, about_ms';

/** Plays of a span, where the months do not reach: at most two months of them. */
const ends = (span: string): string => `
  SELECT track_id, 1 AS plays, (COALESCE(ms_played, about_ms) IS NOT NULL)::int AS timed_plays,
    COALESCE(ms_played, 0) AS ms_played, COALESCE(about_ms, 0) AS about_ms
  FROM counted_plays, whole
  WHERE user_id = $1 AND ${inPeriod('played_at')} AND ${span}`;

const kept = (months: 1 | 12, span: string): string => `
  SELECT track_id, ${SUMS} FROM play_periods, whole
  WHERE user_id = $1 AND months = ${months} AND ${span}`;

/**
 * SQL: of the plays in the period $2 to $3 of listener $1, on their calendar ($4), parts to be added up: track_id, plays,
 * timed_plays, ms_played, about_ms. Whole years and months of UTC are read as they are kept; the days before and after
 * them are counted. (The calendar decides a day, see inPeriod(): a month is whole where none of its plays can be doubtful.)
 */
export const PLAYED_IN_PERIOD = `
  WITH bounds AS (
    SELECT
      COALESCE(date_trunc('month', ($2::date::timestamp AT TIME ZONE $4 + ${SLACK}) AT TIME ZONE 'UTC' + interval '1 month'),
        '-infinity') AS first_month,
      COALESCE(date_trunc('month', (($3::date + 1)::timestamp AT TIME ZONE $4 - ${SLACK}) AT TIME ZONE 'UTC'),
        'infinity') AS end_month
  ), whole AS MATERIALIZED (
    SELECT first_month::date AS first_month, end_month::date AS end_month,
      LEAST(date_trunc('year', first_month + interval '11 months'), end_month)::date AS first_year,
      GREATEST(date_trunc('year', end_month), first_month)::date AS end_year,
      first_month AT TIME ZONE 'UTC' AS first_instant, end_month AT TIME ZONE 'UTC' AS end_instant
    FROM (
      SELECT CASE WHEN first_month < end_month THEN first_month ELSE 'infinity' END AS first_month,
        CASE WHEN first_month < end_month THEN end_month ELSE 'infinity' END AS end_month
      FROM bounds
    ) AS b
  )
  ${kept(12, 'starts_on >= first_year AND starts_on < end_year')}
  UNION ALL ${kept(1, 'starts_on >= first_month AND starts_on < LEAST(first_year, end_month)')}
  UNION ALL ${kept(1, 'starts_on >= GREATEST(end_year, first_year) AND starts_on < end_month AND first_year <= end_year')}
  UNION ALL ${ends('played_at < first_instant')}
  UNION ALL ${ends('played_at >= end_instant')}`;
