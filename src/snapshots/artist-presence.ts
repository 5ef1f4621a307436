import { ask, question } from '../database/ask-together.ts';
import { monthAfter } from '../calendar.ts';
import { BELONGS_TO_ARTIST_PAGE } from '../catalogue/shown.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { TIME_RANGES, type TimeRange } from '../spotify/top-tracks.ts';

export interface PresenceMonth {
  readonly month: string;
  /** Lists of that month; 0: unknown. */
  readonly snapshots: number;
  readonly places: number;
  readonly own: number;
  readonly best_rank: number | null;
}

export interface Presence {
  readonly timeRange: TimeRange;
  readonly months: readonly PresenceMonth[];
}

export const listPresence = (db: Queries, userId: number, artistId: string): Promise<Presence[]> =>
  ask(db, PRESENCE, userId, artistId);

const presenceIn = (rows: readonly (PresenceMonth & { time_range: TimeRange })[]): Presence[] =>
  TIME_RANGES.map((timeRange) => ({
    timeRange,
    months: withoutHoles(rows.filter((row) => row.time_range === timeRange).map(withoutRange)),
  }));

const withoutRange = ({ month, snapshots, places, own, best_rank }: PresenceMonth): PresenceMonth => ({
  month,
  snapshots,
  places,
  own,
  best_rank,
});

function withoutHoles(months: readonly PresenceMonth[]): PresenceMonth[] {
  const whole: PresenceMonth[] = [];
  for (const one of months) {
    for (let last = whole.at(-1); last && monthAfter(last.month) < one.month; last = whole.at(-1))
      whole.push({ month: monthAfter(last.month), snapshots: 0, places: 0, own: 0, best_rank: null });
    whole.push(one);
  }
  return whole;
}

/** SQL: what lists say of the artist's tracks, track by track: the planner takes the listener's lists for fewer than they are. */
const listedIn = (periods: string): string => `(
    SELECT track_id FROM track_artists JOIN library_tracks USING (track_id) WHERE user_id = $1 AND artist_id = $2
      AND ${BELONGS_TO_ARTIST_PAGE} OFFSET 0
  ) AS own CROSS JOIN LATERAL (
    SELECT time_range, period, listings, best_rank FROM snapshot_periods
    WHERE (user_id, track_id) = ($1, own.track_id) AND time_range IN ('short_term', 'medium_term', 'long_term')
      AND ${periods} OFFSET 0
  ) AS listed`;

/** Reads the months that each capture adds up: an artist's tracks have many ranks in each. */
export const PRESENCE = question<[userId: number, artistId: string], Presence[]>(
  hotQuery(
    'artist: presence by month',
    `
  WITH held AS (
    SELECT time_range, period AS month, sum(listings)::int AS own, min(best_rank) AS best_rank
    FROM ${listedIn("period LIKE '____-__'")}
    GROUP BY time_range, period
  ),
  kept AS (
    SELECT time_range, to_char(starts, 'YYYY-MM') AS month, snapshots, places
    FROM (
      SELECT time_range, date_trunc('month', snapshot_date::timestamp) AS starts,
        count(*)::int AS snapshots, sum(places)::int AS places
      FROM snapshot_lists WHERE user_id = $1 GROUP BY 1, 2
    ) AS months
  )
  SELECT time_range, month, snapshots, places, COALESCE(own, 0) AS own, best_rank
  FROM kept LEFT JOIN held USING (time_range, month)
  ORDER BY time_range, month`,
  ),
  presenceIn,
);

/** With the track that reached it first. */
export interface BestPlace {
  readonly time_range: TimeRange;
  readonly rank: number;
  readonly snapshot_date: string;
  readonly track_id: string;
  readonly name: string | null;
}

export const listBestPlaces = (db: Queries, userId: number, artistId: string): Promise<BestPlace[]> =>
  ask(db, BEST_PLACES, userId, artistId);

/** A track's best rank is kept; its day is looked up among the track's own days. */
export const BEST_PLACES = question<[userId: number, artistId: string], BestPlace[]>(
  `
  SELECT DISTINCT ON (time_range) time_range, best.rank, first.snapshot_date, track_id, tracks.name
  FROM (
    SELECT time_range, track_id, best_rank AS rank, rank() OVER (PARTITION BY time_range ORDER BY best_rank) AS place
    FROM ${listedIn("period = 'all' AND best_rank IS NOT NULL")}
  ) AS best
  CROSS JOIN LATERAL (
    SELECT min(s.snapshot_date) AS snapshot_date FROM snapshots AS s
    WHERE s.user_id = $1 AND s.time_range = best.time_range AND s.track_id = best.track_id AND s.rank = best.rank
  ) AS first
  JOIN tracks USING (track_id)
  WHERE place = 1
  ORDER BY time_range, first.snapshot_date, track_id`,
  (rows: readonly BestPlace[]) =>
    TIME_RANGES.flatMap((range) => rows.filter((row) => row.time_range === range)),
);
