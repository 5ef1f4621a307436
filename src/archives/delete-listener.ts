import type { Db, Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { beginLongWork } from '../database/long-work.ts';

export interface Holdings {
  readonly tracks: number;
  readonly lists: number;
  readonly artist_lists: number;
  readonly first_date: string | null;
  readonly last_date: string | null;
  readonly plays: number;
  readonly playlists: number;
  readonly imports: number;
}

export const countHoldings = (db: Queries, userId: number): Promise<Holdings> =>
  db.one<Holdings>(HOLDINGS, [userId]);

const HOLDINGS = hotQuery(
  'settings: what there is to take along or lose',
  `
  SELECT (SELECT count(*)::int FROM library_tracks WHERE user_id = $1) AS tracks,
    (SELECT count(*)::int FROM snapshot_lists WHERE user_id = $1) AS lists,
    (SELECT count(*)::int FROM artist_snapshot_lists WHERE user_id = $1) AS artist_lists,
    (SELECT min(snapshot_date)::text FROM snapshot_lists WHERE user_id = $1) AS first_date,
    (SELECT max(snapshot_date)::text FROM snapshot_lists WHERE user_id = $1) AS last_date,
    (SELECT COALESCE(sum(plays), 0)::int FROM played_tracks WHERE user_id = $1) AS plays,
    (SELECT count(*)::int FROM playlists WHERE user_id = $1) AS playlists,
    (SELECT count(*)::int FROM imports WHERE user_id = $1) AS imports`,
  { mayScan: 'it counts all that a listener has, on pages that are rarely asked for' },
);

/** Waits for a capture or move under way. The shared catalogue stays. */
export async function deleteListener(db: Db, userId: number): Promise<void> {
  await db.withTransaction(async (tx) => {
    await tx.execute(`SELECT FROM users WHERE user_id = $1 FOR UPDATE`, [userId]);
    await tx.execute(`DELETE FROM sessions WHERE sess -> 'passport' ->> 'user' = $1`, [String(userId)]);
    // Else triggers would update derived rows with every deletion.
    await tx.execute(`SELECT set_config('archive.derives_at_once', 'on', true)`);
    // Half a million ranked places take some seconds.
    const execute = await beginLongWork(tx);
    for (const table of ['library_tracks', 'users'])
      await execute(`DELETE FROM ${table} WHERE user_id = $1`, [userId]);
  });
}
