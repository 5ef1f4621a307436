import type { Db } from '../db.ts';
import { notFound } from '../errors.ts';
import { lockArchive } from '../users/lock-archive.ts';
import { refreshArchiveSummary } from '../figures/summary.ts';

/** What a listener may hide. */
export type Hideable = 'track' | 'artist';

/** What may be hidden stands in the listener's library, or in a list of artists of theirs; $1 the listener, $2 its id. */
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

/**
 * Hides a track, or every track an artist is credited on, those to come included; or shows it again. The database
 * settles the library. To ask for what is already so changes nothing.
 * @returns the name of what was hidden or shown
 * @throws AppError 404 where the listener has no such thing
 */
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
