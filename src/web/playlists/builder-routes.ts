import { Router } from 'express';
import { z } from 'zod';
import { buildPlaylist } from '../../playlists/build.ts';
import { computeProfile, PLAYLIST_CHARTS } from '../../playlists/profile.ts';
import { DESCRIPTION_LIMIT, NAME_LIMIT, oneLine } from '../../playlists/proposals.ts';
import { listNewestSnapshots } from '../../playlists/beginnings.ts';
import type { WebContext } from '../context.ts';
import { formatNumber, playlistPath } from '../page/helpers.ts';
import { userIdOf } from '../sign-in/sign-in.ts';
import { buildRecipe, keepBuild } from './keep-recipe.ts';
import { nameRecipe, readPreview, type Preview } from './preview.ts';
import { readRecipe, readRecipeText, recipeAddress } from './recipe.ts';
import * as words from './words.ts';
import { drawnFrom } from '../page/chart-answers.ts';
import { readParams } from '../page/read-params.ts';
import { redirectWith } from '../page/redirect-with.ts';
import { renderPage } from '../page/render.ts';

const text = z.string('must be given once');
const buildForm = z.object({
  recipe: text.max(8_000, 'is too long'),
  build: text.max(100, 'is too long'),
  name: text.transform(oneLine),
  description: text.default('').transform(oneLine),
});

/** The whole recipe is in the address, so that a playlist can be seen before it is kept. */
export function playlistBuilderRoutes({ db }: WebContext): Router {
  return Router()
    .get('/playlists/new', async (req, res) => {
      if (req.query.from === undefined) {
        const snapshots = await listNewestSnapshots(db, userIdOf(req));
        return renderPage(res, 'playlists/beginnings', { title: 'Make a playlist', words }, { snapshots });
      }
      return showPreview(res, await readPreview(db, userIdOf(req), readRecipe(req.query)));
    })
    .post('/playlists', async (req, res) => {
      const form = readParams(buildForm, req.body);
      const recipe = await nameRecipe(db, userIdOf(req), readRecipeText(form.recipe));
      const problems = [
        ...faultsOf('The name', form.name, NAME_LIMIT),
        ...faultsOf('The description', form.description, DESCRIPTION_LIMIT),
      ];
      if (form.name === '') problems.push('A playlist needs a name.');
      if (problems.length > 0) {
        res.status(400);
        return showPreview(res, await readPreview(db, userIdOf(req), recipe, { ...form, problems }));
      }
      const build = await buildRecipe(db, userIdOf(req), recipe);
      if (build.digest !== form.build) {
        return redirectWith(req, res, `/playlists/new?${recipeAddress(recipe)}`, {
          kind: 'info',
          text: CHANGED,
        });
      }
      const { playlistId, isNew } = await keepBuild(db, userIdOf(req), recipe, { build, wording: form });
      return redirectWith(req, res, playlistPath(playlistId), { kind: 'info', text: isNew ? KEPT : KNOWN });
    });
}

export const previewCharts = drawnFrom('playlist-preview/', PLAYLIST_CHARTS, async ({ db }, req) => {
  const { list, options } = readRecipe(req.query);
  const { trackIds } = await buildPlaylist(db, userIdOf(req), list, options);
  return computeProfile(db, userIdOf(req), trackIds);
});

const CHANGED =
  'The list has changed since you opened this page. Please check it again; nothing was saved yet.';
const KEPT = 'Your playlist is saved. You can send it to Spotify whenever you like.';
const KNOWN = 'You already have this playlist.';

const showPreview = (res: Parameters<typeof renderPage>[0], preview: Preview): void =>
  renderPage(
    res,
    'playlists/new',
    {
      title: 'Make a playlist',
      scripts: ['pages/playlist-builder.js'],
      words,
    },
    { preview },
  );

function faultsOf(what: string, { length }: string, limit: number): string[] {
  return length > limit
    ? [`${what} can have at most ${limit} characters; yours has ${formatNumber(length)}.`]
    : [];
}
