import { countUnclaimedArchives } from '../../archives/unclaimed.ts';
import type { WebContext } from '../context.ts';

/** Where an owner is named, an archive without one can only be theirs; else it is for whoever knows it as their own. */
export const mayClaim = ({ config }: WebContext, user: Express.User): boolean =>
  config.ownerSpotifyId === null || config.ownerSpotifyId === user.spotify_id;

export async function countClaimable(context: WebContext, user: Express.User): Promise<number> {
  return mayClaim(context, user) ? countUnclaimedArchives(context.db) : 0;
}
