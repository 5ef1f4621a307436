import type { Transaction } from '../../src/db.ts';

/**
 * What the triggers of snapshots would have kept of a listener's lists where they were taken away: which days have a
 * list, and what each track came to in each month, year and all time. `user` is a number or a parameter.
 */
export const fillPeriodsSql = (user: string): readonly string[] => [
  `INSERT INTO snapshot_lists (user_id, time_range, snapshot_date, places)
   SELECT user_id, time_range, snapshot_date, count(*) FROM snapshots WHERE user_id = ${user}
   GROUP BY user_id, time_range, snapshot_date`,
  // Months first, which are few; years and all time are sums of them.
  `INSERT INTO snapshot_periods (user_id, time_range, period, track_id, points, best_rank, listings)
   SELECT user_id, time_range, period, track_id, sum(points), min(best_rank), sum(listings)
   FROM (
     SELECT user_id, time_range, periods_of(min(snapshot_date)) AS periods, track_id,
       sum(points_of_rank(rank)) AS points, min(rank) AS best_rank, count(*) AS listings
     FROM snapshots WHERE user_id = ${user}
     GROUP BY user_id, time_range, date_trunc('month', snapshot_date::timestamp), track_id
   ) AS months, unnest(periods) AS period
   GROUP BY user_id, time_range, period, track_id`,
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
