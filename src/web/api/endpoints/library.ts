import { z } from 'zod';
import {
  CHOICE_FILTERS,
  EVERYTHING,
  RANGE_FILTERS,
  SORT_KEYS,
  type ExploreFilters,
  type RangeFilter,
} from '../../../explore/filters.ts';
import { listExploredTracksAfter, type ExploredTrack } from '../../../explore/tracks.ts';
import { endpoint } from '../endpoint.ts';
import {
  anyOf,
  badCursor,
  day,
  decimal,
  oneOf,
  pageOf,
  paging,
  readCursor,
  repeated,
  text,
  whole,
  writeCursor,
} from '../params.ts';
import { badParameters } from '../middleware/problems.ts';
import { named } from '../schemas.ts';
import { cardOf, count, cutPage, date, playsOf, playsShape, trackCardShape } from '../shapes.ts';

const known = z.number().min(0).max(1).nullable();

const libraryTrack = named(
  'LibraryTrack',
  z.strictObject({
    ...trackCardShape,
    release_date: date.nullable(),
    release_date_precision: z.enum(['year', 'month', 'day']).nullable(),
    duration_ms: z.int().nullable(),
    explicit: z.boolean().nullable(),
    album_type: z.string().nullable(),
    popularity: z.int().nullable().describe('0 to 100'),
    energy: known,
    valence: known,
    danceability: known,
    acousticness: known,
    instrumentalness: known,
    tempo: z.number().nullable().describe('Beats per minute'),
    first_listed_date: date.nullable(),
    last_listed_date: date.nullable(),
    best_rank: z.int().nullable(),
    listings: count.describe('Places in ranked lists, over all days and time ranges'),
    ...playsShape,
  }),
);

function libraryTrackOf(track: ExploredTrack): z.input<typeof libraryTrack> {
  const { cover_seed: _, ...facts } = track as ExploredTrack & { place?: unknown };
  const { place: _place, ...rest } = facts;
  return { ...rest, ...cardOf(track), ...playsOf(track) };
}

/** A day as text, else a number. */
function endOf(name: RangeFilter) {
  const filter = RANGE_FILTERS[name];
  if (filter.unit === 'date') return day;
  if (filter.unit === 'duration') return whole(0, 86_400_000);
  return filter.unit === 'share' ? decimal(filter.low, filter.high) : whole(filter.low, filter.high);
}

/** In milliseconds, as in answers. */
const parameterOf = (name: RangeFilter): string => (name === 'duration' ? 'duration_ms' : name);

const RANGES = Object.keys(RANGE_FILTERS) as RangeFilter[];

const END_WORDS = {
  from: 'The least a track may have. Tracks for which it is not known do not match',
  to: 'The most a track may have. Tracks for which it is not known do not match',
} as const;
const ends = Object.fromEntries(
  RANGES.flatMap((name) =>
    (['from', 'to'] as const).map((end) => [
      `${parameterOf(name)}_${end}`,
      endOf(name).optional().describe(END_WORDS[end]),
    ]),
  ),
) as unknown as Record<string, z.ZodType<string | number | undefined>>;

const SORTS = SORT_KEYS.flatMap((key) => [key, `-${key}`] as const) as unknown as readonly [
  (typeof SORT_KEYS)[number],
  ...(typeof SORT_KEYS)[number][],
];

const choices = {
  precision: anyOf(CHOICE_FILTERS.precision).optional().describe('How exactly the release date is known'),
  explicit: anyOf(CHOICE_FILTERS.explicit).optional(),
  isrc: anyOf(CHOICE_FILTERS.isrc).optional().describe('Whether the recording has an ISRC'),
  album_type: repeated(text(50)).optional().describe('album, single, compilation …'),
  time_range: anyOf(CHOICE_FILTERS.range).optional().describe('Lists the track was in'),
  artist: text(200).optional().describe('Part of an artist’s name'),
};

const query = {
  ...ends,
  ...choices,
  sort: oneOf(SORTS).optional().describe('Most often listed first by default; - means descending'),
  then_by: oneOf(SORTS).optional().describe('How ties are broken'),
  ...paging,
};

type Query = z.output<z.ZodObject<typeof query>>;

/** @throws Problem 400 if two ends contradict each other */
function filtersOf(asked: Query): ExploreFilters {
  const given = asked as Readonly<Record<string, string | number | undefined>>;
  const bounds = RANGES.flatMap((name) => {
    const [from, to] = (['from', 'to'] as const).map((end) => given[`${parameterOf(name)}_${end}`]);
    if (from !== undefined && to !== undefined && from > to)
      throw badParameters([
        { parameter: `${parameterOf(name)}_to`, message: 'must not be less than “from”' },
      ]);
    return [
      [`${name}_from`, from],
      [`${name}_to`, to],
    ];
  });
  const { precision = [], explicit = [], isrc = [], album_type = [], time_range: range = [] } = asked;
  const { artist, sort, then_by } = asked;
  return {
    ...EVERYTHING,
    ...(Object.fromEntries(bounds) as Partial<ExploreFilters>),
    precision,
    explicit,
    isrc,
    album_type,
    range,
    artist: artist || undefined,
    sort,
    then_by,
  };
}

const place = z.strictObject({ track_id: text(2_000) });

export const libraryEndpoints = [
  endpoint({
    method: 'GET',
    path: '/library/tracks',
    name: 'listTracks',
    subject: 'Library',
    scope: 'read',
    cost: 2,
    summary: 'The tracks of your library, filtered and sorted',
    description:
      'What the Explore page shows. A track of which something is not known fits no filter that asks for it, and stands last where it is sorted by that.',
    query,
    example: { query: { energy_from: '0.7', sort: '-energy', limit: '10' } },
    answer: pageOf(libraryTrack, {}),
    handler: async ({ db, user, query: asked }) => {
      const after = readCursor(place, asked.after);
      const wanted = { after: after?.track_id ?? null, limit: asked.limit + 1 };
      const rows = await listExploredTracksAfter(db, user.user_id, filtersOf(asked), wanted);
      // A cursor of ours has something after it.
      if (after !== null && rows.length === 0) throw badCursor();
      const { shown, last } = cutPage(rows, asked.limit);
      return {
        items: shown.map(libraryTrackOf),
        next: last && writeCursor({ track_id: last.track_id }),
      };
    },
  }),
];
