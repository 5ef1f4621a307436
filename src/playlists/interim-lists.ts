import type { Queries } from '../db.ts';
import type { TimeRange } from '../spotify/top-tracks.ts';

/** The list of one day, best first; empty where that day has none. */
export const listSnapshotTrackIds = (
  db: Queries,
  userId: number,
  { date, timeRange }: { readonly date: string; readonly timeRange: TimeRange },
  limit: number,
): Promise<string[]> =>
  ids(
    db,
    `SELECT track_id FROM snapshots
     WHERE user_id = $1 AND time_range = $2 AND snapshot_date = $3::date
     ORDER BY rank NULLS LAST, track_id LIMIT $4`,
    [userId, timeRange, date, limit],
  );

export interface Period {
  readonly year: number;
  readonly month?: number | undefined;
  readonly timeRange: TimeRange;
}

/** All lists of a year or a month as one: summed 51 − rank, at least 1 a place; the best rank decides a tie. */
export const listPeriodTrackIds = (
  db: Queries,
  userId: number,
  { year, month, timeRange }: Period,
  limit: number,
): Promise<string[]> =>
  ids(
    db,
    `SELECT track_id FROM snapshots
     WHERE user_id = $1 AND time_range = $2
       AND snapshot_date >= make_date($3, COALESCE($4::int, 1), 1)
       AND snapshot_date < make_date($3, COALESCE($4::int, 12), 1) + interval '1 month'
     GROUP BY track_id
     ORDER BY sum(GREATEST(51 - rank, 1)) DESC NULLS LAST, min(rank), track_id LIMIT $5`,
    [userId, timeRange, year, month ?? null, limit],
  );

async function ids(db: Queries, sql: string, values: readonly unknown[]): Promise<string[]> {
  const rows = await db.many<{ track_id: string }>(sql, values);
  return rows.map((row) => row.track_id);
}
