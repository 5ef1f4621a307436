import type { Transaction } from '../../../src/db.ts';

/** The columns of track_facts, of which a library keeps a copy; artist_names is worked out for all tracks at once. */
const FACTS = [
  'name',
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
const COPIED = [...FACTS, 'artist_names'];
const LISTINGS = ['first_listed_date', 'last_listed_date', 'best_rank', 'listings', 'time_ranges'];

/** What track_facts says of the tracks of `ids`, a query. The view looks up artists track by track: too slow for all. */
const factsOf = (ids: string): string => `
  SELECT f.track_id, ${FACTS.map((column) => `f.${column}`).join(', ')},
         left(concat_ws(', ', t.artist_name, further.names), 500) AS artist_names
  FROM (${ids}) AS own JOIN track_facts AS f USING (track_id) JOIN tracks AS t USING (track_id)
  LEFT JOIN (
    SELECT l.track_id, string_agg(artists.name, ', ' ORDER BY l.position) AS names
    FROM track_artists AS l JOIN artists USING (artist_id) JOIN tracks AS t USING (track_id)
    WHERE strpos(COALESCE(t.artist_name, ''), artists.name) = 0
    GROUP BY l.track_id
  ) AS further USING (track_id)`;

/**
 * Puts every track of a listener's lists and playlists, and of `others`, a query for ids, in their library where it
 * does not stand yet, with all that triggers would have written row by row. `user` is a number or a parameter.
 */
export const fillLibrarySql = (user: string, others: string): string => `
  INSERT INTO library_tracks (user_id, track_id, ${[...COPIED, ...LISTINGS].join(', ')})
  SELECT ${user}, f.track_id, ${COPIED.map((column) => `f.${column}`).join(', ')},
         first_listed_date, last_listed_date, best_rank, COALESCE(listings, 0), COALESCE(time_ranges, '{}')
  FROM (${factsOf(`
    SELECT track_id FROM (
      SELECT track_id FROM snapshots WHERE user_id = ${user}
      UNION SELECT track_id FROM playlist_tracks WHERE user_id = ${user}
      UNION ${others}) AS every
    WHERE NOT EXISTS (
      SELECT FROM library_tracks AS a WHERE a.user_id = ${user} AND a.track_id = every.track_id)`)}) AS f
  LEFT JOIN (
    SELECT track_id, min(snapshot_date) AS first_listed_date, max(snapshot_date) AS last_listed_date,
           min(rank) AS best_rank, count(*)::int AS listings, array_agg(DISTINCT time_range) AS time_ranges
    FROM snapshots WHERE user_id = ${user} GROUP BY track_id
  ) AS listed USING (track_id)`;

/** Every track of the file is part of the listener's archive, in a list or not. @returns how many came to their library */
export function fillLibrary(tx: Transaction, userId: number, others: string): Promise<number> {
  return tx.execute(fillLibrarySql('$1::bigint', others), [userId]);
}

/**
 * What triggers would have kept of rows that were there before, where they were taken away: facts on every library,
 * the listener's listings, and no summary that outlives what it sums up. Call it before `fillLibrary`.
 */
export async function refreshLibraries(tx: Transaction, userId: number): Promise<void> {
  const row = (alias: string): string => `ROW(${COPIED.map((column) => `${alias}.${column}`).join(', ')})`;
  await tx.execute(
    `UPDATE library_tracks AS a SET ${COPIED.map((column) => `${column} = f.${column}`).join(', ')}
     FROM (${factsOf('SELECT track_id FROM staged_tracks')}) AS f
     WHERE a.track_id = f.track_id AND ${row('a')} IS DISTINCT FROM ${row('f')}`,
  );
  await tx.execute(
    `SELECT settle_own_features(array_agg(user_id), array_agg(track_id))
     FROM own_audio_features JOIN staged_tracks USING (track_id) HAVING count(*) > 0`,
  );
  await tx.execute(
    `SELECT recount_listings(array_agg($1::bigint), array_agg(track_id)) FROM library_tracks WHERE user_id = $1`,
    [userId],
  );
  await tx.execute(
    `DELETE FROM archive_summaries
     WHERE user_id = $1 OR user_id IN (SELECT user_id FROM library_tracks JOIN staged_tracks USING (track_id))`,
    [userId],
  );
}
