import { ask, question } from '../database/ask-together.ts';
import { TRACK_CARD, type TrackCard } from '../catalogue/track-card.ts';
import type { Db } from '../db.ts';
import type { TimeRange } from '../spotify/top-tracks.ts';
import { periodRows } from './list-source.ts';

export interface YearLeader extends TrackCard {
  readonly year: string;
  readonly art_url: string | null;
}

export const listYearLeaders = (
  db: Db,
  userId: number,
  timeRange: TimeRange,
): Promise<readonly YearLeader[]> => ask(db, LEADERS, userId, timeRange);

export const LEADERS = question<[userId: number, timeRange: TimeRange], readonly YearLeader[]>(
  `
  SELECT year, ${TRACK_CARD}, raw_json #>> '{album,images,1,url}' AS art_url
  FROM (
    SELECT to_char(first_day, 'YYYY') AS year
    FROM (
      SELECT DISTINCT date_trunc('year', snapshot_date::timestamp) AS first_day
      FROM snapshot_lists WHERE user_id = $1 AND time_range = $2
    ) AS days
  ) AS years,
  LATERAL (${periodRows('year', 1)}) AS leader
  JOIN tracks USING (track_id)
  ORDER BY year DESC`,
  (leaders: readonly YearLeader[]) => leaders,
);
