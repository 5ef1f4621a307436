import type { Queries } from '../db.ts';
import { hotQuery } from '../hot-queries.ts';
import { TIME_RANGES, type TimeRange } from '../spotify/top-list.ts';
import type { RankHistory } from './rank-history.ts';

/** An artist's places in Spotify's own lists of artists, in each of the three ranges. */
export async function listArtistRanks(db: Queries, userId: number, artistId: string): Promise<RankHistory[]> {
  const rows = await db.many<{ time_range: TimeRange } & Omit<RankHistory, 'timeRange'>>(ARTIST_RANKS, [
    userId,
    artistId,
  ]);
  return TIME_RANGES.map((timeRange) => {
    const { dates = [], ranks = [], listed = [] } = rows.find((row) => row.time_range === timeRange) ?? {};
    return { timeRange, dates, ranks, listed };
  });
}

/** Days are found from one to the next, so that no list is read for its date alone. */
const ARTIST_RANKS = hotQuery(
  'artist: rank history',
  `
  WITH RECURSIVE days AS (
    SELECT min(snapshot_date) AS day FROM artist_snapshots WHERE user_id = $1
    UNION ALL
    SELECT (SELECT min(snapshot_date) FROM artist_snapshots WHERE user_id = $1 AND snapshot_date > day)
    FROM days WHERE day IS NOT NULL
  ), lists AS (
    SELECT time_range, day AS snapshot_date
    FROM days CROSS JOIN unnest(ARRAY['short_term', 'medium_term', 'long_term']) AS ranges (time_range)
    WHERE EXISTS (
      SELECT FROM artist_snapshots AS a
      WHERE a.user_id = $1 AND a.snapshot_date = day AND a.time_range = ranges.time_range)
  )
  SELECT
    time_range,
    json_agg(snapshot_date ORDER BY snapshot_date) AS dates,
    json_agg(rank ORDER BY snapshot_date) AS ranks,
    json_agg(artist_id IS NOT NULL ORDER BY snapshot_date) AS listed
  FROM lists
  LEFT JOIN (
    SELECT time_range, snapshot_date, artist_id, rank FROM artist_snapshots WHERE user_id = $1 AND artist_id = $2
  ) AS places USING (time_range, snapshot_date)
  GROUP BY time_range`,
);
