import { countUnclaimedArchives } from '../../archives/unclaimed.ts';
import type { WebContext } from '../context.ts';

/** If an owner is configured, only they may; else any listener who recognises it. */
export const mayClaim = ({ config }: WebContext, user: Express.User): boolean =>
  config.ownerSpotifyId === null || config.ownerSpotifyId === user.spotify_id;

export async function countClaimable(context: WebContext, user: Express.User): Promise<number> {
  return mayClaim(context, user) ? countUnclaimedArchives(context.db) : 0;
}
