import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import type { TimeRange } from '../spotify/top-tracks.ts';

export interface NewestSnapshot {
  readonly time_range: TimeRange;
  readonly snapshot_date: string;
}

export const listNewestSnapshots = (db: Queries, userId: number): Promise<NewestSnapshot[]> =>
  db.many<NewestSnapshot>(NEWEST, [userId]);

const NEWEST = hotQuery(
  'playlist builder: the newest lists',
  `
  SELECT time_range, snapshot_date
  FROM unnest(ARRAY['short_term', 'medium_term', 'long_term']) WITH ORDINALITY AS ranges (time_range, place)
  CROSS JOIN LATERAL (
    SELECT snapshot_date FROM snapshots AS s
    WHERE s.user_id = $1 AND s.time_range = ranges.time_range ORDER BY snapshot_date DESC LIMIT 1
  ) AS newest
  ORDER BY place`,
);
