import querystring from 'node:querystring';
import { z } from 'zod';
import { ARRANGEMENT_NAMES, type BuildOptions } from '../../playlists/build.ts';
import { SOURCE_NAMES, SOURCES } from '../../playlists/sources.ts';
import { SOURCE_LIMIT, type TrackList } from '../../playlists/track-list.ts';
import { badInput } from '../../errors.ts';
import { readParams } from '../page/read-params.ts';

/** All that an address of /playlists/new says. */
export interface Recipe {
  readonly list: TrackList;
  readonly options: BuildOptions;
  /** The page of a hundred tracks. */
  readonly part: number;
}

const DEFAULT_TAKE = 50;
const MOST_LEFT_OUT = 100;
/** An address longer than this may not arrive. */
const LONGEST_ADDRESS = 6_000;

const number = (limit: number, what: string) =>
  z
    .string('must be given once')
    .regex(/^[1-9]\d{0,4}$/, what)
    .transform(Number)
    .refine((value) => value <= limit, what);

const tick = z
  .enum(['1', ''], 'must be 1 or left out')
  .optional()
  .transform((value) => value === '1');

const trackId = z
  .string()
  .min(1)
  .max(2_000)
  .refine((id) => !id.includes('\0'), 'must be the id of a track');

const optionParams = z.object({
  take: number(SOURCE_LIMIT, 'must be a number from 1 to 10,000')
    .or(z.literal('').transform(() => DEFAULT_TAKE))
    .default(DEFAULT_TAKE),
  arrange: z.enum(ARRANGEMENT_NAMES, `must be one of ${ARRANGEMENT_NAMES.join(', ')}`).default('rank'),
  seed: z
    .string('must be given once')
    .regex(/^[\w-]{1,32}$/, 'must be at most 32 letters and digits')
    .default('1'),
  clean: tick,
  per_artist: tick,
  without: z
    .union([z.array(trackId), trackId.transform((id) => [id])], 'must be the id of a track')
    .pipe(z.array(z.string()).max(MOST_LEFT_OUT, `can have at most ${MOST_LEFT_OUT} tracks`))
    .default([])
    .transform((ids) => [...new Set(ids)]),
  part: number(SOURCE_LIMIT, 'must be the number of a part').default(1),
});

const sourceParams = z.object({
  from: z.enum(SOURCE_NAMES, `must be one of ${SOURCE_NAMES.join(', ')}`),
});

/** @throws AppError 400 naming the wrong parameter */
export function readRecipe(query: unknown): Recipe {
  const { from } = readParams(sourceParams, query);
  const list = readParams<z.ZodType<TrackList>>(SOURCES[from], query);
  const { part, per_artist: perArtist, ...options } = readParams(optionParams, query);
  const recipe = { list, options: { ...options, perArtist }, part };
  if (recipeAddress(recipe).length > LONGEST_ADDRESS) throw badInput('This address is too long.');
  return recipe;
}

export const readRecipeText = (text: string): Recipe => readRecipe(querystring.parse(text));

/** Without defaults. */
export function recipeAddress(
  recipe: Recipe,
  changes: Partial<BuildOptions> & { part?: number } = {},
): string {
  const { take, arrange, seed, clean, perArtist, without } = { ...recipe.options, ...changes };
  const query = new URLSearchParams(recipe.list.address.map((pair): [string, string] => [...pair]));
  if (take !== DEFAULT_TAKE) query.set('take', String(take));
  if (arrange !== 'rank') query.set('arrange', arrange);
  if (arrange === 'shuffle') query.set('seed', seed);
  if (clean) query.set('clean', '1');
  if (perArtist) query.set('per_artist', '1');
  for (const id of without) query.append('without', id);
  if ((changes.part ?? 1) > 1) query.set('part', String(changes.part));
  return query.toString();
}

export const mayLeaveOut = (recipe: Recipe, id: string): boolean =>
  recipe.options.without.length < MOST_LEFT_OUT &&
  recipeAddress(recipe, { without: [...recipe.options.without, id] }).length <= LONGEST_ADDRESS;
