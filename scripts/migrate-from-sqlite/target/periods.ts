import type { Transaction } from '../../../src/db.ts';

const SUMS = 'sum(points) AS points, min(best_rank) AS best_rank, sum(listings) AS listings';

/**
 * What the triggers of snapshots would have kept of a listener's lists where they were taken away: which days have a
 * list, and what each track came to in each month, year and all time. `user` is a number or a parameter.
 */
export const fillPeriodsSql = (user: string): readonly string[] => [
  `INSERT INTO snapshot_lists (user_id, time_range, snapshot_date, places)
   SELECT user_id, time_range, snapshot_date, count(*) FROM snapshots WHERE user_id = ${user}
   GROUP BY user_id, time_range, snapshot_date`,
  // Months first, which are few; years are sums of them and all time of those. Written as periods_of() writes them.
  `INSERT INTO snapshot_periods (user_id, time_range, period, track_id, points, best_rank, listings)
   WITH months AS MATERIALIZED (
     SELECT time_range, date_trunc('month', snapshot_date::timestamp) AS starts, track_id,
       sum(points_of_rank(rank)) AS points, min(rank) AS best_rank, count(*) AS listings
     FROM snapshots WHERE user_id = ${user} GROUP BY 1, 2, 3),
   years AS MATERIALIZED (
     SELECT time_range, date_trunc('year', starts) AS starts, track_id, ${SUMS} FROM months GROUP BY 1, 2, 3)
   SELECT ${user}, time_range, period, track_id, points, best_rank, listings
   FROM (
     SELECT time_range, to_char(starts, 'YYYY-MM') AS period, track_id, points, best_rank, listings FROM months
     UNION ALL SELECT time_range, to_char(starts, 'YYYY'), track_id, points, best_rank, listings FROM years
     UNION ALL SELECT time_range, 'all', track_id, ${SUMS} FROM years GROUP BY time_range, track_id) AS periods`,
];

export async function fillPeriods(tx: Transaction, userId: number): Promise<void> {
  for (const sql of fillPeriodsSql('$1::bigint')) await tx.execute(sql, [userId]);
}

/** The same where the listener had lists before. */
export async function refillPeriods(tx: Transaction, userId: number): Promise<void> {
  for (const table of ['snapshot_lists', 'snapshot_periods'])
    await tx.execute(`DELETE FROM ${table} WHERE user_id = $1`, [userId]);
  await fillPeriods(tx, userId);
}
