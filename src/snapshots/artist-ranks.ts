import { ask, question } from '../database/ask-together.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { TIME_RANGES, type TimeRange } from '../spotify/top-list.ts';
import type { RankHistory } from './rank-history.ts';

/** Of one artist's places (with the ranks), or of all captured lists. */
interface Days {
  readonly time_ranges: readonly TimeRange[];
  readonly dates: readonly string[];
  readonly ranks: readonly (number | null)[] | null;
}

export const listArtistRanks = (db: Queries, userId: number, artistId: string): Promise<RankHistory[]> =>
  ask(db, ARTIST_RANKS, userId, artistId);

const ranksIn = (days: readonly Days[]): RankHistory[] =>
  TIME_RANGES.map((timeRange) =>
    historyOf(
      timeRange,
      days.filter(({ time_ranges: ranges }) => ranges.includes(timeRange)),
    ),
  );

function historyOf(timeRange: TimeRange, days: readonly Days[]): RankHistory {
  const places = new Map(
    days.flatMap(({ dates, ranks }) =>
      ranks === null ? [] : dates.map((date, at) => [date, ranks[at] ?? null]),
    ),
  );
  const dates = [...new Set(days.flatMap((of) => of.dates))].toSorted();
  return {
    timeRange,
    dates,
    ranks: dates.map((date) => places.get(date) ?? null),
    listed: dates.map((date) => places.has(date)),
  };
}

/** Captures name their days and ranges: reading ten years of lists for them would cost six times as much. */
export const ARTIST_RANKS = question<[userId: number, artistId: string], RankHistory[]>(
  hotQuery(
    'artist: rank history',
    `
  SELECT time_ranges, json_agg(snapshot_date ORDER BY snapshot_date) AS dates, NULL AS ranks
  FROM capture_runs WHERE user_id = $1 AND kind = 'artists' AND outcome = 'kept'
  GROUP BY time_ranges
  UNION ALL
  SELECT ARRAY[time_range], json_agg(snapshot_date ORDER BY snapshot_date), json_agg(rank ORDER BY snapshot_date)
  FROM artist_snapshots WHERE user_id = $1 AND artist_id = $2
  GROUP BY time_range`,
  ),
  ranksIn,
);
