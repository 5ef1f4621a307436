import type { Db } from '../../src/db.ts';

/** The old app kept no lists of artists: invent those of a year of its monthly snapshots. */
const DAYS = 12;

export async function fillArtistLists(db: Db, spotifyId: string): Promise<void> {
  await db.execute(LISTS, [spotifyId, DAYS]);
}

/** The stand-in ranks today's artists by the same points. */
const LISTS = `
  WITH days AS (
    SELECT DISTINCT user_id, snapshot_date FROM snapshots JOIN users USING (user_id)
    WHERE spotify_id = $1 AND NOT EXISTS (SELECT FROM artist_snapshots AS a WHERE a.user_id = users.user_id)
    ORDER BY snapshot_date DESC LIMIT $2
  )
  INSERT INTO artist_snapshots (user_id, snapshot_date, time_range, artist_id, rank)
  SELECT user_id, snapshot_date, time_range, artist_id,
    row_number() OVER (PARTITION BY user_id, snapshot_date, time_range ORDER BY sum(points_of_rank(rank)) DESC, artist_id)
  FROM days JOIN snapshots USING (user_id, snapshot_date) JOIN track_artists USING (track_id)
  GROUP BY user_id, snapshot_date, time_range, artist_id`;
