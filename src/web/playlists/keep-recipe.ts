import { AppError } from '../../errors.ts';
import type { Db } from '../../db.ts';
import { buildPlaylist, digestOf, type Build } from '../../playlists/build.ts';
import { keepPlaylist } from '../../playlists/playlists.ts';
import type { Proposal } from '../../playlists/proposals.ts';
import { ARRANGEMENT_WORDS } from './preview.ts';
import { recipeAddress, type Recipe } from './recipe.ts';

/** @throws AppError 400 if no track is left */
export async function buildRecipe(db: Db, userId: number, { list, options }: Recipe): Promise<Build> {
  const build = await buildPlaylist(db, userId, list, options);
  if (build.trackIds.length === 0)
    throw new AppError(400, 'This list has no tracks to make a playlist from.');
  return build;
}

/** The same build under the same name is kept once. */
export const keepBuild = (
  db: Db,
  userId: number,
  recipe: Recipe,
  { build, wording }: { readonly build: Build; readonly wording: Proposal },
): Promise<{ playlistId: string; isNew: boolean }> =>
  keepPlaylist(db, userId, {
    name: wording.name,
    description: wording.description,
    trackIds: build.trackIds,
    origin: {
      words: recipe.list.words,
      href: recipe.list.href,
      recipe: recipeAddress(recipe),
      arrange: ARRANGEMENT_WORDS[recipe.options.arrange],
    },
    buildKey: digestOf([wording.name, build.digest]),
  });
