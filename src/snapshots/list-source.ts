import { isShown } from '../catalogue/shown.ts';
import type { TimeRange } from '../spotify/top-tracks.ts';
import type { ChosenTime } from './chosen-time.ts';

/** The list of a day, as it was kept; or of a month, a year or all time, added up from its days. */
export type SourceKind = 'day' | 'period';

/** Which list: of what time, in which of the three ranges. A day must be one with a snapshot. */
export interface ListOf {
  readonly time: ChosenTime;
  readonly timeRange: TimeRange;
}

export const sourceOf = ({ kind }: ChosenTime): SourceKind => (kind === 'day' ? 'day' : 'period');

/** $1 to $3 of every query about a list. */
export const listValues = (userId: number, { time, timeRange }: ListOf): unknown[] => [
  userId,
  timeRange,
  time.id,
];

/** As long as the lists that Spotify gives. */
const PERIOD_LENGTH = 50;

/** The order of a period's list: most points, then the better best rank. There is an index in this order. */
const PERIOD_ORDER = 'points DESC, best_rank, track_id';

/**
 * A list as rows of (track_id, position, points, best_rank, listings). $1 listener, $2 time range, $3 a day or the
 * period's name. A period's points are the sum over its lists of 51 − rank, at least 1 for each place.
 */
export const LIST_ROWS: Readonly<Record<SourceKind, string>> = {
  day: dayRows('$3'),
  period: periodRows('$3'),
};

/** The rows of the list that another is compared with: $4, a day with a snapshot. */
export const OTHER_ROWS = dayRows('$4');

/** Tracks that were in a top ten at that time, with their best rank then: of a period all, not only those of its list. */
export const TOP_TEN_ROWS: Readonly<Record<SourceKind, string>> = {
  day: `SELECT track_id, position AS best_rank, points FROM (${dayRows('$3')}) AS list WHERE position <= 10`,
  period: `
  SELECT track_id, best_rank, points FROM snapshot_periods
  WHERE user_id = $1 AND time_range = $2 AND period = $3 AND best_rank <= 10`,
};

function dayRows(date: string): string {
  return `
  SELECT track_id, rank AS position, points_of_rank(rank) AS points, rank AS best_rank, 1 AS listings
  FROM snapshots
  WHERE user_id = $1 AND time_range = $2 AND snapshot_date = ${date}::date
    AND ${isShown('snapshots.track_id')}`;
}

/** How many tracks of a list are hidden: of a period, of all its tracks. */
export const HIDDEN_COUNT: Readonly<Record<SourceKind, string>> = {
  day: hiddenCount('snapshots', 'snapshot_date = $3::date'),
  period: hiddenCount('snapshot_periods', 'period = $3'),
};

function hiddenCount(table: string, ofList: string): string {
  return `
  SELECT count(*) FROM library_tracks AS own JOIN ${table} AS listed USING (user_id, track_id)
  WHERE user_id = $1 AND own.hidden AND time_range = $2 AND ${ofList}`;
}

/** Counted after they are cut: the index gives the first fifty without looking at the others. */
export function periodRows(period: string, length = PERIOD_LENGTH): string {
  return `
  SELECT track_id, row_number() OVER (ORDER BY ${PERIOD_ORDER})::int AS position, points, best_rank, listings
  FROM (
    SELECT track_id, points, best_rank, listings FROM snapshot_periods
    WHERE user_id = $1 AND time_range = $2 AND period = ${period}
      AND ${isShown('snapshot_periods.track_id')}
    ORDER BY ${PERIOD_ORDER} LIMIT ${length}
  ) AS best`;
}

/** The library's row of each `<list>.track_id`, one after the other. (The planner weighs a plain join for longer than it runs.) */
export const libraryOf = (list: string): string => `
  LATERAL (
    SELECT * FROM library_tracks
    WHERE library_tracks.user_id = $1 AND library_tracks.track_id = ${list}.track_id AND NOT hidden OFFSET 0
  )`;
