import { randomBytes } from 'node:crypto';
import { getArchiveSummary } from '../../figures/summary.ts';
import type { TrackCard } from '../../catalogue/track-card.ts';
import { ARRANGEMENT_NAMES, buildPlaylist, type Arrangement, type Build } from '../../playlists/build.ts';
import { askAboutTracks } from '../../playlists/profile.ts';
import { fitted } from '../../playlists/proposals.ts';
import type { Db } from '../../db.ts';
import { linkPages } from '../page/page-links.ts';
import { soundCharts } from './charts.ts';
import { mayLeaveOut, recipeAddress, type Recipe } from './recipe.ts';

export const ARRANGEMENT_WORDS: Readonly<Record<Arrangement, string>> = {
  rank: 'By rank',
  energy: 'Rising energy',
  tempo: 'Tempo up, then down',
  release: 'Oldest release first',
  shuffle: 'Shuffled',
};

const TRACKS_PER_PART = 100;

/** As sent with the form, with its problems; before that as proposed. */
export interface Wording {
  readonly name: string;
  readonly description: string;
  readonly problems?: readonly string[];
}

export async function readPreview(db: Db, userId: number, asked: Recipe, wording?: Wording) {
  const recipe = await nameRecipe(db, userId, asked);
  const build = await buildPlaylist(db, userId, recipe.list, recipe.options);
  const parts = Math.max(1, Math.ceil(build.trackIds.length / TRACKS_PER_PART));
  const part = Math.min(recipe.part, parts);
  const first = (part - 1) * TRACKS_PER_PART;
  const shown = build.trackIds.slice(first, first + TRACKS_PER_PART);
  const leftOut = new Set(recipe.options.without);
  const [{ cards, profile }, summary] = await Promise.all([
    askAboutTracks(db, { cards: [[...shown, ...leftOut]], profile: [userId, build.trackIds] }),
    getArchiveSummary(db, userId),
  ]);
  return {
    list: recipe.list,
    options: recipe.options,
    build,
    profile,
    ...soundCharts(profile, summary.figures),
    archive: summary.figures,
    tracks: cards
      .filter(({ track_id: id }) => !leftOut.has(id))
      .map((card, at) => lineOf(recipe, card, first + at + 1)),
    putBack: cards
      .filter(({ track_id: id }) => leftOut.has(id))
      .map((card) => ({ card, href: withoutHref(recipe, without(recipe, card.track_id)) })),
    arrangements: ARRANGEMENT_NAMES.map((value) => ({ value, label: ARRANGEMENT_WORDS[value] })),
    reshuffle: recipe.options.arrange === 'shuffle' ? reshuffleHref(recipe) : null,
    pager: pagerOf(recipe, part, parts),
    wording: wording ?? proposedWording(recipe, build),
    recipe: recipeAddress(recipe),
  };
}

/** Names its list, if the archive knows a better name. */
export const nameRecipe = async (db: Db, userId: number, recipe: Recipe): Promise<Recipe> => ({
  ...recipe,
  list: (await recipe.list.named?.(db, userId)) ?? recipe.list,
});

export type Preview = Awaited<ReturnType<typeof readPreview>>;

const proposedWording = ({ list }: Recipe, { trackIds }: Build): Wording =>
  fitted(list.propose(trackIds.length));

function lineOf(recipe: Recipe, card: TrackCard, rank: number) {
  const id = card.track_id;
  const leaveOut = mayLeaveOut(recipe, id) ? withoutHref(recipe, [...recipe.options.without, id]) : null;
  return { card, rank, leaveOut };
}

/** The seed is in the address, so that it gives the same order to everybody. */
const reshuffleHref = (recipe: Recipe): string =>
  `/playlists/new?${recipeAddress(recipe, { seed: randomBytes(4).toString('hex') })}#tracks`;

const without = ({ options }: Recipe, id: string): string[] => options.without.filter((one) => one !== id);

const withoutHref = (recipe: Recipe, ids: readonly string[]): string =>
  `/playlists/new?${recipeAddress(recipe, { without: ids, part: recipe.part })}#tracks`;

function pagerOf(recipe: Recipe, page: number, pages: number) {
  const to = (part: number) => `/playlists/new?${recipeAddress(recipe, { part })}#tracks`;
  return linkPages(page, pages, to);
}
