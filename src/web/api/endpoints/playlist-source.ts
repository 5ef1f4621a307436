import { z } from 'zod';
import { CHOICE_FILTERS, RANGE_FILTERS, SORT_KEYS, type RangeFilter } from '../../../explore/filters.ts';
import { QUADRANTS } from '../../../mood/quadrants.ts';
import { ARRANGEMENT_NAMES } from '../../../playlists/build.ts';
import { TOP_KINDS, TOP_ORDERS } from '../../../listening/played-in-period.ts';
import { SOURCE_LIMIT } from '../../../playlists/track-list.ts';
import { SOUNDS } from '../../../similarity/sound.ts';
import { readRecipe, type Recipe } from '../../playlists/recipe.ts';
import { text } from '../params.ts';
import { range } from '../shapes.ts';

function endOf(name: RangeFilter) {
  const filter = RANGE_FILTERS[name];
  if (filter.unit === 'date')
    return z
      .string()
      .regex(/^\d{4}(-\d\d){0,2}$/)
      .describe('A year, a month or a day: 2019, 2019-05 or 2019-05-31');
  if (filter.unit === 'duration')
    return z
      .string()
      .regex(/^\d{1,4}(:[0-5]\d)?$/)
      .describe('Minutes, or minutes and seconds: 3:30');
  const number = filter.unit === 'share' ? z.number() : z.int();
  return number.min(filter.low).max(filter.high);
}

type End = `${RangeFilter}_${'from' | 'to'}`;
const ends = Object.fromEntries(
  (Object.keys(RANGE_FILTERS) as RangeFilter[]).flatMap((name) => [
    [`${name}_from`, endOf(name).optional()],
    [`${name}_to`, endOf(name).optional()],
  ]),
) as unknown as Record<End, z.ZodOptional<z.ZodType<string | number>>>;

const several = <Values extends readonly [string, ...string[]]>(values: Values) =>
  z.array(z.enum(values)).max(20).optional();
const sort = z.enum(SORT_KEYS.flatMap((key) => [key, `-${key}`] as const)).optional();

/** With the parameters of the page's address. */
const source = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('snapshot'), date: z.iso.date(), range }).describe('The list of one day'),
  z
    .strictObject({
      from: z.literal('period'),
      year: z.int().min(1900).max(2199),
      month: z.int().min(1).max(12).optional(),
      range,
    })
    .describe('The lists of a year or a month in one'),
  z
    .strictObject({
      from: z.literal('plays'),
      of: z.enum(TOP_KINDS).default('tracks'),
      order: z.enum(TOP_ORDERS).default('plays'),
      first_day: z.iso.date().optional(),
      last_day: z.iso.date().optional(),
    })
    .describe(
      'Tracks played most in some days, or of all time; for artists and albums, the most played track of each',
    ),
  z
    .strictObject({
      from: z.literal('ranked'),
      of: z.enum(['artists', 'albums']),
      date: z.iso.date(),
      range,
    })
    .describe('The most played track of each artist or album in Spotify’s list of a day'),
  z
    .strictObject({
      from: z.literal('discoveries'),
      first_day: z.iso.date().optional(),
      last_day: z.iso.date().optional(),
    })
    .describe('Tracks first played in some days'),
  z.strictObject({ from: z.literal('search'), q: text(200).min(1) }).describe('What a search finds'),
  z.strictObject({ from: z.literal('mood'), quadrant: z.enum(QUADRANTS) }).describe('The tracks of a mood'),
  z
    .strictObject({
      from: z.literal('similar'),
      track: text(2_000).min(1),
      by: z.enum(SOUNDS).default('sound'),
    })
    .describe('The tracks most similar to one of yours'),
  z
    .strictObject({ from: z.literal('album'), album: text(2_000).min(1) })
    .describe('Your tracks of an album, in its order'),
  z
    .strictObject({ from: z.literal('artist'), artist: text(2_000).min(1) })
    .describe('Your tracks by an artist, the most often played first'),
  z
    .strictObject({
      from: z.literal('explore'),
      ...ends,
      precision: several(CHOICE_FILTERS.precision),
      explicit: several(CHOICE_FILTERS.explicit),
      isrc: several(CHOICE_FILTERS.isrc),
      album_type: z.array(text(50)).max(20).optional(),
      range: several(CHOICE_FILTERS.range),
      artist: text(200).optional(),
      sort,
      then_by: sort,
    })
    .describe('Tracks that match the filters of Explore'),
]);

export const recipeShape = {
  source,
  take: z.int().min(1).max(SOURCE_LIMIT).default(50).describe('How many, best first'),
  arrange: z.enum(ARRANGEMENT_NAMES).default('rank'),
  seed: z
    .string()
    .regex(/^[\w-]{1,32}$/)
    .default('1')
    .describe('The seed of a shuffle; the same seed gives the same order'),
  clean: z.boolean().default(false).describe('Without tracks Spotify marks as explicit'),
  per_artist: z.boolean().default(false).describe('Only the best track of each artist'),
  without: z.array(text(2_000).min(1)).max(100).default([]).describe('Tracks to leave out, by id'),
};

/** As the address of /playlists/new has it. @throws AppError 400 */
export function recipeOf({ source: list, ...options }: z.output<z.ZodObject<typeof recipeShape>>): Recipe {
  const { clean, per_artist: perArtist, ...rest } = options;
  const given = { ...list, ...rest, clean: clean ? '1' : '', per_artist: perArtist ? '1' : '' };
  const written = Object.entries(given)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, Array.isArray(value) ? value.map(String) : String(value)]);
  return readRecipe(Object.fromEntries(written));
}
