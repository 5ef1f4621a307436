import { z } from 'zod';
import { isCalendarDate, lastDayOfMonth } from '../calendar.ts';
import { TIME_RANGES } from '../spotify/top-tracks.ts';

/** SQL: of listener $1. */
export const ZONE = '(SELECT zone_used(timezone) FROM users WHERE user_id = $1)';
/** By the listener's clock. */
const FIRST_PLAYED_ON = `(first_played_at AT TIME ZONE ${ZONE})::date`;

/** `unit`: how an end is written; `column`: of library_measures. */
export const RANGE_FILTERS = {
  released: { column: 'release_date', unit: 'date' },
  duration: { column: 'duration_ms', unit: 'duration' },
  popularity: { column: 'popularity', unit: 'whole', low: 0, high: 100 },
  energy: { column: 'energy', unit: 'share', low: 0, high: 1 },
  valence: { column: 'valence', unit: 'share', low: 0, high: 1 },
  danceability: { column: 'danceability', unit: 'share', low: 0, high: 1 },
  acousticness: { column: 'acousticness', unit: 'share', low: 0, high: 1 },
  instrumentalness: { column: 'instrumentalness', unit: 'share', low: 0, high: 1 },
  tempo: { column: 'tempo', unit: 'whole', low: 1, high: 400 },
  best_rank: { column: 'best_rank', unit: 'whole', low: 1, high: 10_000 },
  first_seen: { column: 'first_listed_date', unit: 'date' },
  plays: { column: 'plays', unit: 'whole', low: 0, high: 999_999 },
  minutes: { column: 'listened_ms / 60000', unit: 'whole', low: 0, high: 999_999 },
  first_played: { column: FIRST_PLAYED_ON, unit: 'date' },
} as const;
export type RangeFilter = keyof typeof RANGE_FILTERS;

/** An album may have other types: those in the archive. */
export const CHOICE_FILTERS = {
  precision: ['day', 'month', 'year'],
  explicit: ['yes', 'no'],
  isrc: ['yes', 'no'],
  album_type: null,
  range: TIME_RANGES,
} as const;
export type ChoiceFilter = keyof typeof CHOICE_FILTERS;

/** Unknown values come last, in either direction. */
export const SORT_KEYS = [
  'name',
  'artist',
  'released',
  'duration',
  'popularity',
  'energy',
  'valence',
  'danceability',
  'acousticness',
  'instrumentalness',
  'tempo',
  'best_rank',
  'listings',
  'first_seen',
  'last_seen',
  'plays',
  'minutes',
  'first_played',
  'last_played',
] as const;
export type SortKey = (typeof SORT_KEYS)[number];

const ONCE = 'must be given once';
/** Neither JSON nor PostgreSQL can hold these. */
const UNSTORABLE = /[\0\p{Cs}]/u;
const text = (longest: number) =>
  z
    .string(ONCE)
    .max(longest, `must have at most ${longest} characters`)
    .refine((given) => !UNSTORABLE.test(given), 'must be plain text, without control characters')
    .transform((given) => given.trim())
    .transform((given) => (given === '' ? undefined : given));

/** A form sends its empty fields too. */
const optional = <Inner extends z.ZodType>(inner: Inner) =>
  z.preprocess((given) => (given === '' ? undefined : given), inner.optional());

const number = (pattern: RegExp, low: number, high: number, what: string) =>
  optional(
    z
      .string(ONCE)
      .trim()
      .regex(pattern, `must be ${what} from ${low} to ${high}`)
      .transform(Number)
      .refine((given) => given >= low && given <= high, `must be ${what} from ${low} to ${high}`),
  );

/** A year, a month or a day; an end means its first or its last day. */
const date = (end: 'from' | 'to') =>
  optional(
    z
      .string(ONCE)
      .trim()
      .transform((given, context) => {
        const day = dayOf(given, end);
        if (day === null)
          context.addIssue('must be a year, a month or a day, such as 2019, 2019-05 or 2019-05-31');
        return day ?? z.NEVER;
      }),
  );

function dayOf(given: string, end: 'from' | 'to'): string | null {
  const match = /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$/.exec(given);
  if (match === null || match[1] === '0000') return null;
  const [, year = '', month = end === 'from' ? '01' : '12', day] = match;
  const first = `${year}-${month}-01`;
  if (!isCalendarDate(first)) return null;
  if (day === undefined) return end === 'from' ? first : lastDayOfMonth(first);
  const whole = `${year}-${month}-${day}`;
  return isCalendarDate(whole) ? whole : null;
}

const LONGEST_MS = 24 * 3_600_000;
/** Minutes and seconds, in milliseconds; an upper end includes its whole second. */
const duration = (end: 'from' | 'to') =>
  optional(
    z
      .string(ONCE)
      .trim()
      .regex(/^\d{1,4}(?::[0-5]\d)?$/, 'must be minutes, or minutes and seconds such as 3:30')
      .transform((given) => {
        const [minutes = 0, seconds = 0] = given.split(':').map(Number);
        return (minutes * 60 + seconds) * 1000 + (end === 'to' ? 999 : 0);
      })
      .refine((given) => given <= LONGEST_MS, 'must be at most a day'),
  );

function rangeField(name: RangeFilter, end: 'from' | 'to') {
  const filter = RANGE_FILTERS[name];
  if (filter.unit === 'date') return date(end);
  if (filter.unit === 'duration') return duration(end);
  const { low, high } = filter;
  return filter.unit === 'share'
    ? number(/^(?:\d|\d?\.\d{1,6})$/, low, high, 'a number')
    : number(/^\d{1,6}$/, low, high, 'a whole number');
}

const listOf = <Value extends z.ZodType<string | undefined>>(value: Value) =>
  z.preprocess(
    (given) => (given === undefined ? [] : [given].flat().filter((one) => one !== '')),
    z
      .array(value)
      .max(20, 'must not be given so often')
      .transform((values) => [...new Set(values)]),
  );
const oneOf = <const Values extends readonly string[]>(values: Values) =>
  listOf(z.enum(values, `must be one of ${values.join(', ')}`));

/** `energy` upwards, `-energy` downwards. */
const sort = optional(
  z.enum(
    SORT_KEYS.flatMap((key) => [key, `-${key}`] as const),
    `must be one of ${SORT_KEYS.join(', ')}, with a - before it for downwards`,
  ),
);
export type Sort = NonNullable<z.infer<typeof sort>>;

/** `energy_from`, `energy_to` … */
type End = `${RangeFilter}_${'from' | 'to'}`;

const ends = Object.fromEntries(
  (Object.keys(RANGE_FILTERS) as RangeFilter[]).flatMap((name) => [
    [`${name}_from`, rangeField(name, 'from')],
    [`${name}_to`, rangeField(name, 'to')],
  ]),
) as unknown as Record<End, z.ZodType<string | number | undefined>>;

/** From an address. Dates become `YYYY-MM-DD`, durations milliseconds; not asked: undefined or an empty list. */
export const exploreFilters = z
  .object({
    ...ends,
    precision: oneOf(CHOICE_FILTERS.precision),
    explicit: oneOf(CHOICE_FILTERS.explicit),
    isrc: oneOf(CHOICE_FILTERS.isrc),
    album_type: listOf(text(50)),
    range: oneOf(CHOICE_FILTERS.range),
    artist: optional(text(200)),
    sort,
    then_by: sort,
  })
  .superRefine((filters, context) => {
    for (const name of Object.keys(RANGE_FILTERS) as RangeFilter[]) {
      const [from, to] = [filters[`${name}_from`], filters[`${name}_to`]];
      if (from !== undefined && to !== undefined && from > to)
        context.addIssue({
          code: 'custom',
          path: [`${name}_to`],
          message: 'must not be less than “from”',
        });
    }
  });
export type ExploreFilters = z.infer<typeof exploreFilters>;

export const EVERYTHING: ExploreFilters = exploreFilters.parse({});

export interface ReadFilters {
  readonly filters: ExploreFilters;
  /** By field; such a field is left out of the filters. */
  readonly problems: Readonly<Record<string, string>>;
}

/** A wrong field costs no other: the page shows its problem beside it. */
export function readFilters(query: Readonly<Record<string, unknown>>): ReadFilters {
  const given: Record<string, unknown> = { ...query };
  const problems: Record<string, string> = {};
  for (;;) {
    const parsed = exploreFilters.safeParse(given);
    if (parsed.success) return { filters: parsed.data, problems };
    for (const { path, message } of parsed.error.issues) {
      const name = String(path[0]);
      problems[name] ??= message;
      delete given[name];
    }
  }
}
