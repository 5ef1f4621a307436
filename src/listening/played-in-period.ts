import { TALLY } from '../catalogue/play-tally.ts';
import { isShown } from '../catalogue/shown.ts';
import { dayOf, SLACK, type Period } from '../ranges/period.ts';
import { lastDayOfMonth } from '../calendar.ts';
import { TALLY_SUM } from './tally.ts';

/** What plays are added up by; so `play_periods.kind` has them. */
export const TOP_KINDS = ['tracks', 'artists', 'albums'] as const;
export type TopKind = (typeof TOP_KINDS)[number];

/** SQL: what each was played, ever. */
export const PLAYED_EVER: Readonly<Record<TopKind, string>> = {
  tracks: `SELECT track_id AS id, ${TALLY} FROM played_tracks WHERE user_id = $1 AND ${isShown('played_tracks.track_id')}`,
  artists: `SELECT artist_id AS id, ${TALLY} FROM played_artists WHERE user_id = $1`,
  albums: `SELECT album_id AS id, ${TALLY} FROM played_albums WHERE user_id = $1`,
};

/** A month or a year of the calendar, which is kept as it is; null: the period is another one. */
export function keptAs({ from, to }: Period): { months: 1 | 12; startsOn: string } | null {
  if (from === null || to === null || !from.endsWith('-01')) return null;
  if (to === lastDayOfMonth(from)) return { months: 1, startsOn: from };
  const isYear = from.endsWith('-01-01') && to === `${from.slice(0, 4)}-12-31`;
  return isYear ? { months: 12, startsOn: from } : null;
}

/** SQL: what each was played in the $2 months from $3 on, which are kept. */
export const playedInKept = (kind: TopKind): string => `
  SELECT id, ${TALLY} FROM play_periods
  WHERE user_id = $1 AND kind = '${kind}' AND months = $2::smallint AND starts_on = $3::date`;

const whole = (column: string): string => `(SELECT ${column} FROM whole)`;
const signed = (sign: string): string =>
  TALLY.split(', ')
    .map((column) => `${sign} * ${column} AS ${column}`)
    .join(', ');

const kept = (
  kind: TopKind,
  months: 1 | 12,
  [from, end, sign]: readonly [string, string, string],
): string => `
  SELECT id, ${sign === '' ? TALLY : signed(sign)} FROM play_periods
  WHERE user_id = $1 AND kind = '${kind}' AND months = ${months} AND starts_on >= ${from} AND starts_on < ${end}`;

/** Months between the end of the period and that of its years: added, or taken away where the years reach beyond it. */
const monthsBetween = (kind: TopKind, [from, end]: readonly [string, string]): string =>
  kept(kind, 1, [
    whole(`LEAST(${from}, ${end})`),
    whole(`GREATEST(${from}, ${end})`),
    whole(`CASE WHEN ${from} < ${end} THEN 1 ELSE -1 END`),
  ]);

/** SQL: whose a play is. */
const CREDITED: Readonly<Record<TopKind, { readonly id: string; readonly join: string }>> = {
  tracks: { id: 'track_id', join: '' },
  artists: { id: 'artist_id', join: 'JOIN track_artists USING (track_id)' },
  albums: {
    id: 'album_id',
    join: `JOIN (SELECT track_id, album_id FROM library_tracks WHERE user_id = $1 AND album_id IS NOT NULL) AS own USING (track_id)`,
  },
};

/** Plays between the end of the period and that of its months, in the same way. */
function playsBetween(kind: TopKind, [from, end]: readonly [string, string]): string {
  const { id, join } = CREDITED[kind];
  const [first, last] = [whole(`LEAST(${from}, ${end})`), whole(`GREATEST(${from}, ${end})`)];
  const sign = whole(`CASE WHEN ${from} < ${end} THEN 1 ELSE -1 END`);
  return `
  SELECT ${id} AS id, ${sign} AS plays, ${sign} * (COALESCE(ms_played, about_ms) IS NOT NULL)::int AS timed_plays,
    ${sign} * COALESCE(ms_played, 0)::bigint AS ms_played, ${sign} * COALESCE(about_ms, 0)::bigint AS about_ms
  FROM counted_plays ${join}
  WHERE user_id = $1 AND NOT hidden
    AND played_at >= ${first}::timestamp AT TIME ZONE $4 - ${SLACK} AND played_at < ${last}::timestamp AT TIME ZONE $4 + ${SLACK}
    AND ${dayOf('played_at')} >= ${first} AND ${dayOf('played_at')} < ${last}`;
}

const nearestMonth = (day: string): string =>
  `date_trunc('month', ${day}::timestamp + interval '15 days')::date`;
/** All tracks ever played are as many rows as those of so many days. */
const DAYS_READ_EVER = 500;

/**
 * The whole months nearest to the period, a half of one away at most, and the whole years nearest to these: a third of
 * one away at most, since a year costs as much as five months. A period shorter than any month has none. Where the years
 * are most of the history, all of it is read, less the years around them.
 */
function wholeOf(kind: TopKind, { from, to }: SqlDays): string {
  const yearKept = (end: 'min' | 'max'): string => `COALESCE((
    SELECT ${end}(starts_on) FROM play_periods WHERE user_id = $1 AND kind = '${kind}' AND months = 12), '2000-01-01')`;
  return `
  WITH bounds AS (
    SELECT COALESCE(${from}, '-infinity') AS from_day, COALESCE(${to} + 1, 'infinity') AS end_day, ${to} - ${from} < 27 AS is_short,
      ${yearKept('min')} AS oldest, ${yearKept('max')} + 366 AS newest
  ), nearest AS (
    SELECT *, CASE WHEN is_short THEN end_day ELSE ${nearestMonth('from_day')} END AS first_month,
      CASE WHEN is_short THEN end_day ELSE ${nearestMonth('end_day')} END AS end_month
    FROM bounds
  ), years AS (
    SELECT *, date_trunc('year', first_month::timestamp + interval '8 months')::date AS nearest_year,
      date_trunc('year', end_month::timestamp + interval '3 months')::date AS nearest_end,
      end_month > first_month + 270 AS is_long
    FROM nearest
  ), spans AS (
    SELECT *, CASE WHEN is_long AND nearest_year < nearest_end THEN nearest_year ELSE end_month END AS first_year,
      CASE WHEN is_long AND nearest_year < nearest_end THEN nearest_end ELSE end_month END AS end_year
    FROM years
  ), whole AS MATERIALIZED (
    SELECT *, LEAST(end_year, newest) - GREATEST(first_year, oldest) > ${DAYS_READ_EVER}
      + GREATEST(first_year, oldest) - oldest + newest - LEAST(end_year, newest) AS is_most
    FROM spans
  )`;
}

interface SqlDays {
  readonly from: string;
  readonly to: string;
}
const ASKED: SqlDays = { from: '$2::date', to: '$3::date' };

/**
 * SQL: what each was played in a period ($2 to $3) of listener $1, on their calendar ($4): id and its tally. Years and
 * months are read as they are kept, and what lies between their ends and the period's is counted.
 */
export const playedInPeriod = (kind: TopKind, days: SqlDays = ASKED): string => `
  SELECT id, ${TALLY_SUM} FROM (
    ${wholeOf(kind, days)}
    ${kept(kind, 12, [`CASE WHEN ${whole('is_most')} THEN 'infinity' ELSE ${whole('first_year')} END`, whole('end_year'), ''])}
    UNION ALL SELECT * FROM (${PLAYED_EVER[kind]}) AS ever WHERE ${whole('is_most')}
    UNION ALL ${kept(kind, 12, [`'-infinity'`, `CASE WHEN ${whole('is_most')} THEN ${whole('first_year')} ELSE '-infinity' END`, '-1'])}
    UNION ALL ${kept(kind, 12, [`CASE WHEN ${whole('is_most')} THEN ${whole('end_year')} ELSE 'infinity' END`, `'infinity'`, '-1'])}
    UNION ALL ${monthsBetween(kind, ['first_month', 'first_year'])}
    UNION ALL ${monthsBetween(kind, ['end_year', 'end_month'])}
    UNION ALL ${playsBetween(kind, ['from_day', 'first_month'])}
    UNION ALL ${playsBetween(kind, ['end_month', 'end_day'])}
  ) AS parts
  GROUP BY id HAVING sum(plays) > 0`;
