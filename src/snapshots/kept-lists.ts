import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import type { TimeRange } from '../spotify/top-list.ts';

export interface KeptList {
  readonly snapshot_date: string;
  readonly time_range: TimeRange;
  readonly places: number;
}

/** @param after the last list of the page before */
export const listKeptLists = (
  db: Queries,
  userId: number,
  {
    timeRange,
    after,
    limit,
  }: {
    timeRange: TimeRange | null;
    after: Pick<KeptList, 'snapshot_date' | 'time_range'> | null;
    limit: number;
  },
): Promise<KeptList[]> =>
  db.many<KeptList>(KEPT, [userId, timeRange, after?.snapshot_date ?? null, after?.time_range ?? '', limit]);

const KEPT = hotQuery(
  'api: the lists that are kept',
  `
  SELECT snapshot_date, time_range, places
  FROM snapshot_lists
  WHERE user_id = $1 AND ($2::text IS NULL OR time_range = $2)
    AND ($3::date IS NULL OR snapshot_date < $3 OR (snapshot_date = $3 AND time_range > $4))
  ORDER BY snapshot_date DESC, time_range
  LIMIT $5`,
);
