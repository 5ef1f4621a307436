import type { Db, Queries } from '../db.ts';
import type { SpotifyAccess } from '../users/access-token.ts';
import { IS_ALLOWED, type AllowedIds } from '../users/allowed.ts';
import { isOpen } from '../users/spotify-limit.ts';
import { GOES_ON, takeDueSending } from './lease.ts';
import { runSending } from './send.ts';

const DUE = `
  SELECT user_id, playlist_id, COALESCE(leased_until, again_at, started_at) AS since
  FROM playlist_sendings JOIN spotify_connections USING (user_id) JOIN users USING (user_id)
  WHERE state <> 'sent' AND connected AND ${GOES_ON} AND ${IS_ALLOWED('$1')}
    AND ${isOpen('playlists')}`;

export async function listDueSendings(db: Queries, allowed: AllowedIds = []): Promise<number[]> {
  const due = await db.many<{ user_id: number }>(
    `SELECT DISTINCT user_id FROM (${DUE}) AS due ORDER BY user_id`,
    [allowed],
  );
  return due.map(({ user_id: userId }) => userId);
}

export async function continueDueSendings(db: Db, userId: number, access: SpotifyAccess): Promise<void> {
  const due = await db.many<{ playlist_id: string }>(
    `SELECT playlist_id FROM (${DUE}) AS due WHERE user_id = $2 ORDER BY since, playlist_id`,
    [access.allowedSpotifyIds ?? [], userId],
  );
  for (const { playlist_id: playlistId } of due) {
    const leased = await takeDueSending(db, userId, playlistId);
    if (leased) await runSending({ db, userId, access, leased });
  }
}
