import { TALLY } from '../catalogue/play-tally.ts';
import { isShown } from '../catalogue/shown.ts';
import { daysBetween, lastDayOfMonth } from '../calendar.ts';
import { dayOf, SLACK, type Period } from '../ranges/period.ts';

/** What plays are added up by: each has a table of tallies. */
export const TOP_KINDS = ['tracks', 'artists', 'albums'] as const;
export type TopKind = (typeof TOP_KINDS)[number];

/** By plays; of those played as often the one played longer. By minutes: the other way round. */
export const TOP_ORDERS = ['plays', 'minutes'] as const;
export type TopOrder = (typeof TOP_ORDERS)[number];

/** SQL: by what a tally is ranked. */
export const VALUE: Readonly<Record<TopOrder, string>> = { plays: 'plays', minutes: 'ms_played + about_ms' };

export const IN_ORDER: Readonly<Record<TopOrder, string>> = {
  plays: `plays DESC, ${VALUE.minutes} DESC, id`,
  minutes: `${VALUE.minutes} DESC, plays DESC, id`,
};

/** Where what each was played is kept. */
export const KEPT: Readonly<
  Record<TopKind, { readonly table: string; readonly id: string; readonly shown: string }>
> = {
  tracks: { table: 'played_tracks', id: 'track_id', shown: 'NOT is_hidden' },
  artists: { table: 'played_artists', id: 'artist_id', shown: 'true' },
  albums: { table: 'played_albums', id: 'album_id', shown: 'true' },
};

export const READS_ALL_TALLIES = {
  mayScan: 'it looks at all tallies of a listener, who has most of the table where few have plays',
};

/** SQL: whether a tally is of one of some ids. */
export const isOneOf = (kind: TopKind, ids: string): string => `${KEPT[kind].id} = ANY (${ids})`;

/** SQL: what each was played, ever. @param which SQL: of which tallies */
export const playedEver = (kind: TopKind, which = 'true'): string => {
  const { table, id } = KEPT[kind];
  const shown = kind === 'tracks' ? isShown('played_tracks.track_id') : 'true';
  return `SELECT ${id} AS id, ${TALLY} FROM ${table} WHERE user_id = $1 AND ${shown} AND ${which}`;
};

export interface SqlDays {
  readonly from: string;
  readonly to: string;
}
/** What a question is about: $2 to $3. */
const ASKED: SqlDays = { from: '$2::date', to: '$3::date' };

/**
 * Plays of fewer days are read sooner than all tallies of a listener: of tracks there are many, and few of them are among
 * the first of a short period; artists and albums are fewer, and who finds them has to look at all tracks of the plays.
 */
const SHORT_DAYS: Readonly<Record<TopKind, number>> = { tracks: 150, artists: 15, albums: 15 };

const nearestMonth = (day: string): string =>
  `date_trunc('month', ${day}::timestamp + interval '15 days')::date`;

/** SQL: an instant of $4's calendar, which begins a day twice where clocks go back over midnight. */
const midnight = (day: string): string => `${day}::timestamp AT TIME ZONE $4`;

const TIMED = 'CASE WHEN length_ms IS NULL THEN told ELSE b.plays END';
const ABOUT = '(b.plays - told)::bigint * length_ms';

/** SQL: lengths of the listener's tracks; where nothing asks for them they cost nothing. */
const lengthsWhere = (asked: string): string =>
  `(SELECT track_id, length_ms FROM played_tracks WHERE user_id = $1 AND ${asked} OFFSET 0) AS lengths`;

/** How plays of tracks become those of what is asked for. Those of tracks meet the length with their own tally. */
const BESIDE: Readonly<Record<TopKind, (between: string) => string>> = {
  tracks: (between) => `SELECT track_id AS id, plays, told, ms_played FROM ${between}`,
  artists: (between) =>
    credited(
      'artist_id',
      between,
      `SELECT artist_id, length_ms FROM played_tracks AS own JOIN track_artists USING (track_id)
        WHERE own.user_id = $1 AND own.track_id = b.track_id AND NOT is_hidden`,
    ),
  albums: (between) =>
    credited(
      'of_album_id',
      between,
      `SELECT of_album_id, length_ms FROM played_tracks AS own
        WHERE own.user_id = $1 AND own.track_id = b.track_id AND NOT is_hidden AND of_album_id IS NOT NULL`,
    ),
};

/**
 * SQL: each track's plays as those of what they are counted for. A kept plan expects many tracks between, and would read all
 * that the listener has; behind the inner OFFSET 0 each is found by its key. (The outer one keeps their number in sight.)
 */
const credited = (id: string, between: string, of: string): string => `
    SELECT ${id} AS id, sum(b.plays)::int AS plays, sum(${TIMED})::int AS timed_plays, sum(b.ms_played)::bigint AS ms_played,
      COALESCE(sum(${ABOUT}), 0)::bigint AS about_ms
    FROM (SELECT * FROM ${between} AS b CROSS JOIN LATERAL (${of} OFFSET 0) AS of OFFSET 0) AS b
    GROUP BY ${id}`;

/**
 * SQL: common tables by the name of a period, for `playedInPeriod`: the whole months nearest to the period, half of one
 * away at most, and what was played between their ends and its own, which is taken away where they reach beyond it. A
 * short period is all between.
 */
export function periodTables(kind: TopKind, name = 'asked', { from, to }: SqlDays = ASKED): string {
  return `${name}_days AS (
    SELECT COALESCE(${from}, '-infinity') AS from_day, COALESCE(${to} + 1, 'infinity') AS end_day,
      COALESCE(${to} - ${from} < ${SHORT_DAYS[kind]}, false) AS is_short
  ), ${name}_bounds AS MATERIALIZED (
    SELECT from_day, end_day, CASE WHEN is_short THEN end_day ELSE ${nearestMonth('from_day')} END AS first_month,
      CASE WHEN is_short THEN end_day ELSE ${nearestMonth('end_day')} END AS end_month
    FROM ${name}_days
  ), ${name}_ends AS MATERIALIZED (
    SELECT LEAST(day, other) AS first, GREATEST(day, other) AS last, CASE WHEN day < other THEN 1 ELSE -1 END AS sign,
      ${midnight('LEAST(day, other)')} AS since, ${midnight('GREATEST(day, other)')} AS until, counted_plays AS rule
    FROM ${name}_bounds CROSS JOIN LATERAL (VALUES (from_day, first_month), (end_month, end_day)) AS e (day, other), users
    WHERE user_id = $1 AND day <> other
  ), ${name}_between AS (
    SELECT track_id, sum(sign)::int AS plays, COALESCE(sum(sign) FILTER (WHERE ms_played IS NOT NULL), 0)::int AS told,
      COALESCE(sum(sign * ms_played), 0)::bigint AS ms_played
    FROM ${name}_ends JOIN plays ON played_at >= since - ${SLACK} AND played_at < until + ${SLACK}
    LEFT JOIN ${lengthsWhere(`(SELECT counted_plays FROM users WHERE user_id = $1) = 'finished'`)} USING (track_id)
    WHERE user_id = $1 AND (played_at >= since + ${SLACK} OR ${dayOf('played_at')} >= first)
      AND (played_at < until - ${SLACK} OR ${dayOf('played_at')} < last)
      AND counts_as_play(rule, ms_played, reached_end, length_ms)
    GROUP BY track_id
  ), ${name}_beside AS MATERIALIZED (${BESIDE[kind](`${name}_between`)})`;
}

const UNTIL = {
  plays: 'plays_until',
  timed_plays: 'timed_until',
  ms_played: 'ms_until',
  about_ms: 'about_until',
} as const;
type Column = keyof typeof UNTIL;

/** SQL: a column of a tally, in the period: in its whole months `q`, and beside them. */
function sumOf(kind: TopKind, column: Column): string {
  const own = { plays: 'b.plays', timed_plays: TIMED, ms_played: 'b.ms_played', about_ms: ABOUT };
  return `q.${column} + COALESCE(${kind === 'tracks' ? own[column] : `b.${column}`}, 0) AS ${column}`;
}

const WHOLE: readonly Column[] = Object.keys(UNTIL) as Column[];
/** Those that decide about the place. */
export const RANKED: readonly Column[] = ['plays', 'ms_played', 'about_ms'];

/**
 * SQL: what each was played in the period of these tables. (Among many listeners a kept plan expects few rows on both sides,
 * and would compare each with each: a full join cannot. The OFFSET 0 keeps it one.)
 * @param which SQL: of which tallies
 */
export function playedInPeriod(kind: TopKind, name = 'asked', which = 'true', columns = WHOLE): string {
  const isPlayed = `(first_month < end_month OR ${KEPT[kind].id} IN (SELECT id FROM ${name}_beside))`;
  return `
  SELECT * FROM (
    SELECT q.id, ${columns.map((column) => sumOf(kind, column)).join(', ')}
    FROM (${inMonths(kind, name, `${which} AND ${isPlayed}`, columns)}) AS q
    FULL JOIN ${name}_beside AS b ON b.id = q.id OFFSET 0
  ) AS played
  WHERE plays > 0`;
}

/** SQL: common tables for `playedInMonths`: a period of whole months, with nothing beside them. */
export const monthTables = (name = 'asked'): string => `${name}_bounds AS MATERIALIZED (
    SELECT first_month AS from_day, end_month AS end_day, first_month, end_month
    FROM (SELECT COALESCE($2::date, '-infinity') AS first_month, COALESCE($3::date + 1, 'infinity') AS end_month) AS asked
  )`;

/** SQL: what each was played in the whole months of these tables. @param which SQL: of which tallies */
export const playedInMonths = (kind: TopKind, name = 'asked', which = 'true', columns = WHOLE): string =>
  `SELECT * FROM (${inMonths(kind, name, which, columns)}) AS played WHERE plays > 0`;

/**
 * SQL: what each was played in the whole months of a period. (Each OFFSET 0 has something computed once, and before rows
 * with long arrays are joined.)
 */
function inMonths(kind: TopKind, name: string, which: string, columns: readonly Column[]): string {
  const { table, id, shown } = KEPT[kind];
  const sums = columns.map(
    (column) => `COALESCE(${UNTIL[column]}[last], 0) - COALESCE(${UNTIL[column]}[before], 0) AS ${column}`,
  );
  return `
      SELECT id, ${kind === 'tracks' ? 'length_ms, ' : ''}${sums.join(', ')}
      FROM (
        SELECT *, ${id} AS id, width_bucket(first_month - 1, months) AS before, width_bucket(end_month - 1, months) AS last
        FROM ${table} CROSS JOIN ${name}_bounds WHERE user_id = $1 AND ${shown} AND ${which}
          AND last_played_at >= (SELECT ${midnight('LEAST(from_day, first_month)')} - ${SLACK} FROM ${name}_bounds)
          AND first_played_at < (SELECT ${midnight('GREATEST(end_day, end_month)')} + ${SLACK} FROM ${name}_bounds) OFFSET 0
      ) AS ever OFFSET 0`;
}

/**
 * SQL: what each was played in a short period of these tables, which is all between.
 * @param which SQL: which of the tracks are wanted, by their plays; no other's length is looked up
 */
export const playedInDays = (kind: TopKind, name = 'asked', which = 'OFFSET 0'): string =>
  kind === 'tracks'
    ? `SELECT b.id, b.plays, ${TIMED} AS timed_plays, b.ms_played, COALESCE(${ABOUT}, 0) AS about_ms
    FROM (
      SELECT * FROM ${name}_beside AS shown WHERE plays > 0 AND ${isShown('shown.id')}
      ${which}
    ) AS b LEFT JOIN LATERAL (
      SELECT length_ms FROM played_tracks AS own
      WHERE own.user_id = $1 AND own.track_id = b.id AND b.told < b.plays OFFSET 0) AS own ON true`
    : `SELECT id, plays, timed_plays, ms_played, about_ms FROM ${name}_beside WHERE plays > 0`;

/**
 * How the plays of a period are read: of a short one the plays themselves; of whole months what is kept by month, which
 * goes by the listener's calendar; else both together.
 */
export function wayOfDays(kind: TopKind, { from, to }: Period): 'days' | 'months' | 'period' {
  if (from !== null && to !== null && daysBetween(from, to) < SHORT_DAYS[kind]) return 'days';
  const isWhole = (from === null || from.endsWith('-01')) && (to === null || to === lastDayOfMonth(to));
  return isWhole ? 'months' : 'period';
}
