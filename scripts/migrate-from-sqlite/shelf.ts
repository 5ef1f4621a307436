import type { Transaction } from '../../src/db.ts';

/** The columns of track_facts; a shelf keeps a copy of each. */
const FACTS = [
  'name',
  'artist_names',
  'album_name',
  'popularity',
  'release_date',
  'release_date_precision',
  'duration_ms',
  'explicit',
  'has_isrc',
  'album_type',
  'energy',
  'valence',
  'danceability',
  'acousticness',
  'instrumentalness',
  'speechiness',
  'liveness',
  'tempo',
  'loudness',
  'key',
  'mode',
];
const LISTINGS = ['first_listed_date', 'last_listed_date', 'best_rank', 'listings', 'time_ranges'];

/**
 * Puts every track of a listener's lists and playlists, and of `others`, a query for ids, on their shelf where it does not
 * stand yet, with all that triggers would have written row by row. `user` is a number or a parameter.
 */
export const fillShelfSql = (user: string, others: string): string => `
  INSERT INTO archive_tracks (user_id, track_id, ${[...FACTS, ...LISTINGS].join(', ')})
  SELECT ${user}, f.track_id, ${FACTS.map((column) => `f.${column}`).join(', ')},
         first_listed_date, last_listed_date, best_rank, COALESCE(listings, 0), COALESCE(time_ranges, '{}')
  FROM (SELECT track_id FROM snapshots WHERE user_id = ${user}
        UNION SELECT track_id FROM playlist_tracks WHERE user_id = ${user}
        UNION ${others}) AS own
  JOIN track_facts AS f USING (track_id)
  LEFT JOIN (
    SELECT track_id, min(snapshot_date) AS first_listed_date, max(snapshot_date) AS last_listed_date,
           min(rank) AS best_rank, count(*)::int AS listings, array_agg(DISTINCT time_range) AS time_ranges
    FROM snapshots WHERE user_id = ${user} GROUP BY track_id
  ) AS listed USING (track_id)
  WHERE NOT EXISTS (SELECT FROM archive_tracks AS a WHERE a.user_id = ${user} AND a.track_id = f.track_id)`;

/** Every track of the file is part of the listener's archive, in a list or not. @returns how many came to their shelf */
export async function fillShelf(tx: Transaction, userId: number, others: string): Promise<number> {
  // A track's further artists are looked up one track at a time.
  await tx.execute('SET LOCAL enable_nestloop = on');
  const added = await tx.execute(fillShelfSql('$1::bigint', others), [userId]);
  await tx.execute('SET LOCAL enable_nestloop = off');
  return added;
}

/**
 * What triggers would have kept of rows that were there before, where they were taken away: facts on every shelf,
 * the listener's listings, and no summary that outlives what it sums up. Call it before `fillShelf`.
 */
export async function refreshShelves(tx: Transaction, userId: number): Promise<void> {
  await tx.execute('SET LOCAL enable_nestloop = on');
  await tx.execute(
    `SELECT refresh_archive_tracks(ARRAY(
       SELECT track_id FROM staged_tracks WHERE track_id IN (SELECT track_id FROM archive_tracks)))`,
  );
  await tx.execute('SET LOCAL enable_nestloop = off');
  await tx.execute(
    `SELECT recount_listings(array_agg($1::bigint), array_agg(track_id)) FROM archive_tracks WHERE user_id = $1`,
    [userId],
  );
  await tx.execute(
    `DELETE FROM archive_summaries
     WHERE user_id = $1 OR user_id IN (SELECT user_id FROM archive_tracks JOIN staged_tracks USING (track_id))`,
    [userId],
  );
}
