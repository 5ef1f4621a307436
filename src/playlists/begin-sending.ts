import type { Db } from '../db.ts';
import type { SpotifyAccess } from '../users/access-token.ts';
import { takeSending } from './lease.ts';
import { runSending } from './send.ts';
import { forgetSending, startSending } from './sendings.ts';

export interface SendingWish {
  readonly isPublic: boolean;
  /** As another playlist, where the copy at Spotify is gone or was changed. */
  readonly asNew: boolean;
}

/** Tracks are sent after the answer to the listener. @throws AppError 404; 400 if nothing of it can be sent */
export async function beginSending(
  { db, access }: { readonly db: Db; readonly access: SpotifyAccess },
  userId: number,
  playlistId: string,
  { isPublic, asNew }: SendingWish,
): Promise<void> {
  if (asNew) await forgetSending(db, userId, playlistId);
  await startSending(db, userId, playlistId, { isPublic });
  const leased = await takeSending(db, userId, playlistId);
  if (leased) void runSending({ db, userId, access, leased });
}
