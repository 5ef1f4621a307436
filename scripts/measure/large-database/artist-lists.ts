import type { Transaction } from '../../../src/db.ts';

/**
 * Spotify's own lists of artists, by the points of their tracks, and their captures: of the observed listener beside each
 * list of tracks, of everybody else for the last month.
 */
export async function fillArtistLists(tx: Transaction, observed: number): Promise<void> {
  await tx.execute(LISTS, [observed]);
  await tx.execute(
    `INSERT INTO capture_runs
       (user_id, kind, snapshot_date, outcome, started_at, finished_at, time_ranges, places)
     SELECT user_id, 'artists', snapshot_date, 'kept', snapshot_date + time '07:43', snapshot_date + time '07:44',
       array_agg(DISTINCT time_range), count(*)
     FROM artist_snapshots GROUP BY user_id, snapshot_date ORDER BY user_id, snapshot_date`,
  );
}

const LISTS = `
  INSERT INTO artist_snapshots (user_id, snapshot_date, time_range, artist_id, rank)
  SELECT user_id, snapshot_date, time_range, artist_id,
    row_number() OVER (PARTITION BY user_id, snapshot_date, time_range ORDER BY sum(points_of_rank(rank)) DESC, artist_id)
  FROM snapshots JOIN track_artists USING (track_id)
  WHERE user_id = $1 OR snapshot_date > (SELECT max(snapshot_date) - 30 FROM snapshots)
  GROUP BY user_id, snapshot_date, time_range, artist_id`;
