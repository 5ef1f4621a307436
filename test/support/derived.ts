import { computeMoodFigures } from '../../src/archives/mood-figures.ts';
import { getArchiveSummary } from '../../src/archives/summary.ts';
import type { Db } from '../../src/db.ts';
import { listStrayPeriodRows, listStrayShelfRows } from './shelf.ts';

class TakenBack extends Error {}

/**
 * Whatever the database derives of tracks and lists and keeps beside them, where it is not what it would be if it were
 * derived now; none, whoever wrote them and whichever triggers were stood in for.
 */
export async function listStrayDerived(db: Db): Promise<unknown[]> {
  return [
    ...(await listStrayShelfRows(db)),
    ...(await listStrayPeriodRows(db)),
    ...(await listMissingShelfRows(db)),
    ...(await listStaleSummaries(db)),
  ];
}

/** Tracks of lists and playlists that stand on no shelf of their listener. */
const listMissingShelfRows = (db: Db): Promise<unknown[]> =>
  db.many(
    `SELECT user_id, track_id FROM snapshots UNION SELECT user_id, track_id FROM playlist_tracks
     EXCEPT SELECT user_id, track_id FROM archive_tracks`,
  );

async function listStaleSummaries(db: Db): Promise<unknown[]> {
  const kept = await db.many<{ user_id: number; summary: unknown; mood: unknown }>(
    'SELECT user_id, summary, mood FROM archive_summaries',
  );
  const stale: unknown[] = [];
  for (const { user_id: userId, summary, mood } of kept) {
    const now = await computeAnew(db, userId);
    if (JSON.stringify(now) !== JSON.stringify({ summary, mood })) stale.push({ userId, kept: summary, now });
  }
  return stale;
}

/** Without the kept row a summary is computed on reading; the row is not touched for that. */
async function computeAnew(db: Db, userId: number): Promise<{ summary: unknown; mood: unknown }> {
  let found: { summary: unknown; mood: unknown } | null = null;
  await db
    .withTransaction(async (tx) => {
      await tx.execute('DELETE FROM archive_summaries WHERE user_id = $1', [userId]);
      // As jsonb keeps it: its keys in its order.
      const [summary, mood] = [await getArchiveSummary(tx, userId), await computeMoodFigures(tx, userId)];
      found = await tx.one('SELECT $1::jsonb AS summary, $2::jsonb AS mood', [
        JSON.stringify(summary),
        JSON.stringify(mood),
      ]);
      throw new TakenBack();
    })
    .catch((error: unknown) => {
      if (!(error instanceof TakenBack)) throw error;
    });
  return found ?? { summary: null, mood: null };
}
