import { plural } from '../words.ts';
import { lockArchive } from '../users/lock-archive.ts';
import { refreshArchiveSummary } from '../figures/summary.ts';
import { IS_SPOTIFY_ID } from '../catalogue/spotify-id.ts';
import type { Db, Queries } from '../db.ts';
import { badInput } from '../errors.ts';
import type { OwnFeatures } from './read-csv.ts';

const AT_ONCE = 1_000;
const COUNTED_AT_ONCE = 10_000;
const MOST_TRACKS = 200_000;

/** All or nothing; replaces earlier values of the same tracks. @throws AppError 400 if it would be too much */
export async function keepOwnFeatures(
  db: Db,
  userId: number,
  tracks: ReadonlyMap<string, OwnFeatures>,
): Promise<void> {
  const rows = [...tracks];
  await db.withTransaction(async (tx) => {
    await lockArchive(tx, userId);
    for (let at = 0; at < rows.length; at += AT_ONCE) {
      const some = rows.slice(at, at + AT_ONCE);
      await tx.execute(
        `INSERT INTO own_audio_features (user_id, track_id, audio_features)
         SELECT $1, track_id, audio_features::jsonb FROM unnest($2::text[], $3::text[]) AS own (track_id, audio_features)
         ON CONFLICT (user_id, track_id) DO UPDATE SET audio_features = excluded.audio_features, loaded_at = now()`,
        [userId, some.map(([trackId]) => trackId), some.map(([, features]) => JSON.stringify(features))],
      );
    }
    const { kept } = await tx.one<{ kept: number }>(
      'SELECT count(*)::int AS kept FROM own_audio_features WHERE user_id = $1',
      [userId],
    );
    if (kept > MOST_TRACKS)
      throw badInput(`You can keep features of at most ${plural(MOST_TRACKS, 'track')}.`);
    await refreshArchiveSummary(tx, userId);
  });
}

export async function deleteOwnFeatures(db: Db, userId: number): Promise<number> {
  return db.withTransaction(async (tx) => {
    await lockArchive(tx, userId);
    const removed = await tx.execute('DELETE FROM own_audio_features WHERE user_id = $1', [userId]);
    await refreshArchiveSummary(tx, userId);
    return removed;
  });
}

export async function listOtherIds(db: Queries, userId: number): Promise<ReadonlySet<string>> {
  const rows = await db.many<{ track_id: string }>(
    `SELECT track_id FROM library_tracks WHERE user_id = $1 AND NOT ${IS_SPOTIFY_ID('track_id')}`,
    [userId],
  );
  return new Set(rows.map(({ track_id: trackId }) => trackId));
}

export async function countInLibrary(
  db: Queries,
  userId: number,
  trackIds: readonly string[],
): Promise<number> {
  let found = 0;
  for (let at = 0; at < trackIds.length; at += COUNTED_AT_ONCE) {
    const { tracks } = await db.one<{ tracks: number }>(
      `SELECT count(*)::int AS tracks FROM library_tracks WHERE user_id = $1 AND track_id = ANY ($2)`,
      [userId, trackIds.slice(at, at + COUNTED_AT_ONCE)],
    );
    found += tracks;
  }
  return found;
}
