import { ask, question } from '../database/ask-together.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { TIME_RANGES, type TimeRange } from '../spotify/top-tracks.ts';

/** In every snapshot of one range, oldest first: three arrays of one length. */
export interface RankHistory {
  readonly timeRange: TimeRange;
  readonly dates: readonly string[];
  /** Null: not in that list, or there without a rank. */
  readonly ranks: readonly (number | null)[];
  readonly listed: readonly boolean[];
}

export const listRankHistories = (db: Queries, userId: number, trackId: string): Promise<RankHistory[]> =>
  ask(db, RANK_HISTORIES, userId, trackId);

interface RankRow {
  readonly time_range: TimeRange;
  readonly dates: readonly string[];
  /** By date; null: without a rank. */
  readonly places: Readonly<Record<string, number | null>>;
}

/** Empty for a range without a row. */
const inRanges = (rows: readonly RankRow[]): RankHistory[] =>
  TIME_RANGES.map((timeRange) => {
    const { dates = [], places = {} } = rows.find((row) => row.time_range === timeRange) ?? {};
    return {
      timeRange,
      dates,
      ranks: dates.map((date) => places[date] ?? null),
      listed: dates.map((date) => Object.hasOwn(places, date)),
    };
  });

// One row per range, and of the days without the track their dates alone: to write them out costs more than to find them.
export const RANK_HISTORIES = question<[userId: number, trackId: string], RankHistory[]>(
  hotQuery(
    'track: rank history',
    `
  SELECT
    time_range,
    json_agg(l.snapshot_date ORDER BY l.snapshot_date) AS dates,
    COALESCE(json_object_agg(l.snapshot_date, rank) FILTER (WHERE track_id IS NOT NULL), '{}') AS places
  FROM snapshot_lists AS l
  LEFT JOIN (
    SELECT time_range, snapshot_date, track_id, rank FROM snapshots
    WHERE user_id = $1 AND track_id = $2 AND time_range IN ('short_term', 'medium_term', 'long_term')
  ) AS places USING (time_range, snapshot_date)
  WHERE user_id = $1
  GROUP BY time_range`,
  ),
  inRanges,
);

export interface RankFigures {
  readonly snapshots: number;
  readonly listings: number;
  readonly firstDate: string | null;
  readonly lastDate: string | null;
  readonly bestRank: number | null;
  readonly bestDate: string | null;
}

export function rankFigures({ dates, ranks, listed }: RankHistory): RankFigures {
  const known = ranks.filter((rank) => rank !== null);
  const bestRank = known.length > 0 ? known.reduce((best, rank) => Math.min(best, rank)) : null;
  return {
    snapshots: dates.length,
    listings: listed.filter(Boolean).length,
    firstDate: dates[listed.indexOf(true)] ?? null,
    lastDate: dates[listed.lastIndexOf(true)] ?? null,
    bestRank,
    bestDate: bestRank === null ? null : (dates[ranks.indexOf(bestRank)] ?? null),
  };
}

/** Consecutive snapshots with the same rank, or without the track. */
export interface Stretch {
  readonly from: string;
  readonly to: string;
  readonly snapshots: number;
  readonly listed: boolean;
  readonly rank: number | null;
}

export function rankStretches({ dates, ranks, listed }: RankHistory): Stretch[] {
  const stretches: { -readonly [Part in keyof Stretch]: Stretch[Part] }[] = [];
  for (const [at, date] of dates.entries()) {
    const [rank, isListed] = [ranks[at] ?? null, listed[at] ?? false];
    const last = stretches.at(-1);
    if (last?.rank === rank && last.listed === isListed) {
      last.to = date;
      last.snapshots += 1;
    } else stretches.push({ from: date, to: date, snapshots: 1, listed: isListed, rank });
  }
  return stretches;
}

export function historySince(history: RankHistory, date: string): RankHistory {
  const at = history.dates.findIndex((one) => one >= date);
  const from = at < 0 ? history.dates.length : at;
  return {
    timeRange: history.timeRange,
    dates: history.dates.slice(from),
    ranks: history.ranks.slice(from),
    listed: history.listed.slice(from),
  };
}
