import { isShown } from '../catalogue/shown.ts';
import type { TimeRange } from '../spotify/top-tracks.ts';
import type { ChosenTime } from './chosen-time.ts';

/** A day's list as captured, or the lists of a month, a year or all time combined. */
export type SourceKind = 'day' | 'period';

/** A day must have a snapshot. */
export interface ListOf {
  readonly time: ChosenTime;
  readonly timeRange: TimeRange;
}

export const sourceOf = ({ kind }: ChosenTime): SourceKind => (kind === 'day' ? 'day' : 'period');

export const listValues = (userId: number, { time, timeRange }: ListOf): unknown[] => [
  userId,
  timeRange,
  time.id,
];

const PERIOD_LENGTH = 50;

/** Most points, then the better best rank; an index has this order. */
const PERIOD_ORDER = 'points DESC, best_rank, track_id';

/** $1 listener, $2 time range, $3 day or period. A track gets 51 − rank points from each list, at least 1. */
export const LIST_ROWS: Readonly<Record<SourceKind, string>> = {
  day: dayRows('$3'),
  period: periodRows('$3'),
};

/** The list of day $4, for comparison. */
export const OTHER_ROWS = dayRows('$4');

/** For a period from all its lists. */
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

/** For a period of all its lists. */
export const HIDDEN_COUNT: Readonly<Record<SourceKind, string>> = {
  day: hiddenCount('snapshots', 'snapshot_date = $3::date'),
  period: hiddenCount('snapshot_periods', 'period = $3'),
};

function hiddenCount(table: string, ofList: string): string {
  return `
  SELECT count(*) FROM library_tracks AS own JOIN ${table} AS listed USING (user_id, track_id)
  WHERE user_id = $1 AND own.hidden AND time_range = $2 AND ${ofList}`;
}

/** LIMIT first, so that the index gives the first fifty without reading the others. */
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

/** One by one: planning a plain join takes longer than running it. */
export const libraryOf = (list: string): string => `
  LATERAL (
    SELECT * FROM library_tracks
    WHERE library_tracks.user_id = $1 AND library_tracks.track_id = ${list}.track_id AND NOT hidden OFFSET 0
  )`;
