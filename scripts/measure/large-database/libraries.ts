import type { Transaction } from '../../../src/db.ts';

/**
 * Fills `library_tracks` from drawn_libraries, track_facts and snapshots with what the triggers would have written. The
 * facts are those the view has today, whatever they are.
 */
export async function fillLibraries(tx: Transaction): Promise<void> {
  const facts = await tx.many<{ name: string }>(
    `SELECT attname AS name FROM pg_attribute
     WHERE attrelid = 'track_facts'::regclass AND attnum > 0 AND attname <> 'track_id' ORDER BY attnum`,
  );
  const columns = facts.map(({ name }) => name).join(', ');
  // A track on many libraries has its payload opened once.
  await tx.execute(
    `CREATE TEMP TABLE library_facts ON COMMIT DROP AS
     SELECT * FROM track_facts WHERE track_id IN (SELECT track_id FROM drawn_libraries)`,
  );
  await tx.execute(LISTINGS);
  for (const table of ['drawn_libraries', 'library_facts', 'listings']) await tx.execute(`ANALYZE ${table}`);
  await tx.execute(
    `INSERT INTO library_tracks (user_id, track_id, ${columns},
       first_listed_date, last_listed_date, best_rank, listings, time_ranges)
     SELECT user_id, track_id, ${columns},
       first_listed_date, last_listed_date, best_rank, COALESCE(listings, 0), COALESCE(time_ranges, '{}')
     FROM drawn_libraries JOIN library_facts USING (track_id) LEFT JOIN listings USING (user_id, track_id)
     ORDER BY user_id, track_id`,
  );
}

const LISTINGS = `
  CREATE TEMP TABLE listings ON COMMIT DROP AS
  SELECT user_id, track_id, min(snapshot_date) AS first_listed_date, max(snapshot_date) AS last_listed_date,
    min(rank) AS best_rank, count(*)::int AS listings,
    array_remove(ARRAY[
      CASE WHEN bool_or(time_range = 'long_term') THEN 'long_term' END,
      CASE WHEN bool_or(time_range = 'medium_term') THEN 'medium_term' END,
      CASE WHEN bool_or(time_range = 'short_term') THEN 'short_term' END], NULL) AS time_ranges
  FROM snapshots GROUP BY user_id, track_id`;
