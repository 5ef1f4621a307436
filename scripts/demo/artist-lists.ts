import type { Db } from '../../src/db.ts';

/** The old app kept no lists of artists: the demo begins as if this app had kept them for about a year of its monthly lists. */
const DAYS = 12;

/** Lists of artists of the newest days that have lists of tracks, as this app would have captured them beside those. */
export async function fillArtistLists(db: Db, spotifyId: string): Promise<void> {
  await db.execute(LISTS, [spotifyId, DAYS]);
}

/** Who the tracks are by: the stand-in ranks today's artists by the same points. */
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
