import type { Db, Queries } from '../db.ts';
import type { SpotifyAccess } from '../users/access-token.ts';
import { IS_ALLOWED, type AllowedIds } from '../users/allowed.ts';
import { continueSending } from './send.ts';

/** A listener with sendings to go on with, and the id of the job that does it: the same for whoever plans it. */
export interface DueSendings {
  readonly user_id: number;
  readonly job_id: string;
}

/**
 * Sendings that nobody is at and that go on by themselves: cut off in the middle, never begun because the process
 * died right after the press of the button, or stopped until now. Where Spotify may have made a playlist whose id
 * never arrived, only the listener can say whether another is to be made.
 */
const DUE = `
  SELECT user_id, playlist_id, COALESCE(leased_until, again_at, started_at) AS since
  FROM playlist_sendings JOIN spotify_connections USING (user_id) JOIN users USING (user_id)
  WHERE state <> 'sent' AND refresh_token IS NOT NULL AND creation_asked_at IS NULL AND ${IS_ALLOWED('$1')}
    AND CASE state
      WHEN 'sending' THEN leased_until < now()
      WHEN 'waiting' THEN started_at < now() - interval '1 minute'
      ELSE again_at <= now() END
    AND NOT EXISTS (SELECT FROM spotify_limits WHERE not_before > now())`;

export const listDueSendings = (db: Queries, allowed: AllowedIds = []): Promise<DueSendings[]> =>
  db.many<DueSendings>(DUE_LISTENERS, [allowed]);

const DUE_LISTENERS = `
  SELECT user_id,
    md5(concat_ws(' ', 'sendings', user_id, string_agg(playlist_id || since, ' ' ORDER BY playlist_id)))::uuid AS job_id
  FROM (${DUE}) AS due
  GROUP BY user_id ORDER BY user_id`;

/** Goes on with a listener's due sendings, one after the other. What stands in the way is kept with each. */
export async function continueDueSendings(db: Db, userId: number, access: SpotifyAccess): Promise<void> {
  const due = await db.many<{ playlist_id: string }>(
    `SELECT playlist_id FROM (${DUE}) AS due WHERE user_id = $2 ORDER BY since, playlist_id`,
    [access.allowedSpotifyIds ?? [], userId],
  );
  for (const { playlist_id: playlistId } of due) await continueSending(db, userId, access, playlistId);
}
