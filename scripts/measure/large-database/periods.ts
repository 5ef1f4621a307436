import type { Transaction } from '../../../src/db.ts';

/** Fills what the triggers on snapshots would have written of days and periods, and a capture for each day kept. */
export async function fillPeriods(tx: Transaction): Promise<void> {
  await tx.execute(
    `INSERT INTO snapshot_lists (user_id, time_range, snapshot_date, places)
     SELECT user_id, time_range, snapshot_date, count(*) FROM snapshots
     GROUP BY user_id, time_range, snapshot_date ORDER BY user_id, time_range, snapshot_date`,
  );
  await tx.execute(PERIODS);
  await tx.execute(
    `INSERT INTO capture_runs
       (user_id, snapshot_date, outcome, started_at, finished_at, time_ranges, places)
     SELECT user_id, snapshot_date, 'kept', snapshot_date + time '07:42', snapshot_date + time '07:43',
       array_agg(time_range ORDER BY time_range), sum(places)
     FROM snapshot_lists GROUP BY user_id, snapshot_date ORDER BY user_id, snapshot_date`,
  );
}

/** Months first, which are few; years and all time are sums of them. */
const PERIODS = `
  INSERT INTO snapshot_periods (user_id, time_range, period, track_id, points, best_rank, listings)
  SELECT user_id, time_range, period, track_id, sum(points), min(best_rank), sum(listings)
  FROM (
    SELECT user_id, time_range, periods_of(min(snapshot_date)) AS periods, track_id,
      sum(points_of_rank(rank)) AS points, min(rank) AS best_rank, count(*) AS listings
    FROM snapshots
    GROUP BY user_id, time_range, date_trunc('month', snapshot_date::timestamp), track_id
  ) AS months, unnest(periods) AS period
  GROUP BY user_id, time_range, period, track_id ORDER BY user_id, time_range, period, track_id`;
