import { refreshArchiveSummary } from '../../src/figures/summary.ts';
import type { Db, Queries } from '../../src/db.ts';
import { listStrayPeriodRows, listStrayLibraryRows } from './library.ts';

class TakenBack extends Error {}

/**
 * Whatever the database derives of tracks and lists and keeps beside them, where it is not what it would be if it were
 * derived now; none, whoever wrote them and whichever triggers were stood in for.
 */
export async function listStrayDerived(db: Db): Promise<unknown[]> {
  return [
    ...(await listStrayLibraryRows(db)),
    ...(await listStrayPeriodRows(db)),
    ...(await listMissingLibraryRows(db)),
    ...(await listWronglyHidden(db)),
    ...(await listStaleSummaries(db)),
  ];
}

/** Tracks of lists and playlists that stand in no library of their listener. */
const listMissingLibraryRows = (db: Db): Promise<unknown[]> =>
  db.many(
    `SELECT user_id, track_id FROM snapshots UNION SELECT user_id, track_id FROM playlist_tracks
     EXCEPT SELECT user_id, track_id FROM library_tracks`,
  );

/** Tracks that their listener hid, or any artist of which, and that show; or the other way round. */
const listWronglyHidden = (db: Db): Promise<unknown[]> =>
  db.many(
    `SELECT user_id, track_id, hidden FROM library_tracks AS a
     WHERE hidden <> (
       EXISTS (SELECT FROM hidden_tracks AS h WHERE (h.user_id, h.track_id) = (a.user_id, a.track_id))
       OR EXISTS (SELECT FROM track_artists AS l JOIN hidden_artists AS h USING (artist_id)
                  WHERE l.track_id = a.track_id AND h.user_id = a.user_id))`,
  );

/** Kept figures that are other ones when they are computed anew; the kept rows are not touched for that. */
async function listStaleSummaries(db: Db): Promise<unknown[]> {
  const kept = (tx: Queries): Promise<{ user_id: number }[]> =>
    tx.many('SELECT user_id, summary, mood FROM archive_summaries ORDER BY user_id');
  let stale: unknown[] = [];
  await db
    .withTransaction(async (tx) => {
      const before = await kept(tx);
      for (const { user_id } of before) await refreshArchiveSummary(tx, user_id);
      const after = await kept(tx);
      stale = before.filter((row, at) => JSON.stringify(row) !== JSON.stringify(after[at]));
      throw new TakenBack();
    })
    .catch((error: unknown) => {
      if (!(error instanceof TakenBack)) throw error;
    });
  return stale;
}
