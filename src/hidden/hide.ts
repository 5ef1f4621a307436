import type { Db } from '../db.ts';
import { notFound } from '../errors.ts';
import { lockArchive } from '../users/lock-archive.ts';
import { refreshArchiveSummary } from '../figures/summary.ts';

export type Hideable = 'track' | 'artist';

const IN_LIBRARY: Readonly<Record<Hideable, string>> = {
  track: `
    SELECT tracks.name FROM library_tracks JOIN tracks USING (track_id) WHERE user_id = $1 AND track_id = $2`,
  artist: `
    SELECT artists.name FROM artists
    WHERE artist_id = $2 AND (
      EXISTS (SELECT FROM artist_snapshots AS listed WHERE user_id = $1 AND listed.artist_id = $2)
      OR EXISTS (
        SELECT FROM track_artists AS credit JOIN library_tracks USING (track_id)
        WHERE user_id = $1 AND credit.artist_id = $2))`,
};

const HIDE: Readonly<Record<Hideable, string>> = {
  track: `INSERT INTO hidden_tracks (user_id, track_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
  artist: `INSERT INTO hidden_artists (user_id, artist_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
};

const SHOW: Readonly<Record<Hideable, string>> = {
  track: `DELETE FROM hidden_tracks WHERE user_id = $1 AND track_id = $2`,
  artist: `DELETE FROM hidden_artists WHERE user_id = $1 AND artist_id = $2`,
};

/** Includes an artist's future tracks. Repeating it changes nothing. @returns the name @throws AppError 404 */
export async function setHidden(
  db: Db,
  userId: number,
  { kind, id, hidden }: { readonly kind: Hideable; readonly id: string; readonly hidden: boolean },
): Promise<string | null> {
  return db.withTransaction(async (tx) => {
    await lockArchive(tx, userId);
    const found = await tx.maybeOne<{ name: string | null }>(IN_LIBRARY[kind], [userId, id]);
    if (found === null) throw notFound();
    const changed = await tx.execute((hidden ? HIDE : SHOW)[kind], [userId, id]);
    if (changed > 0) await refreshArchiveSummary(tx, userId);
    return found.name;
  });
}
