import {
  CHOICE_FILTERS,
  RANGE_FILTERS,
  type ChoiceFilter,
  type ExploreFilters,
  type RangeFilter,
  type Sort,
  type SortKey,
} from './filters.ts';

/** A filter's place here is its number in the counts. */
export type FilterName = RangeFilter | ChoiceFilter | 'artist';
export const FILTER_NAMES: readonly FilterName[] = [
  ...(Object.keys(RANGE_FILTERS) as RangeFilter[]),
  ...(Object.keys(CHOICE_FILTERS) as ChoiceFilter[]),
  'artist',
];

/**
 * $2 of every statement here: one document, so that a statement's text never depends on the filters. Dates are days since
 * 1970: what a text means as a date depends on the session, so that the planner could not leave out what was not asked.
 */
export const asParameter = ({ sort: _sort, then_by: _then, ...filters }: ExploreFilters): string =>
  JSON.stringify(filters, (name, value: unknown) =>
    DATE_ENDS.has(name) ? daysSince1970(String(value)) : value,
  );

const DATE_ENDS = new Set(
  Object.entries(RANGE_FILTERS).flatMap(([name, { unit }]) =>
    unit === 'date' ? [`${name}_from`, `${name}_to`] : [],
  ),
);
const DAY_MS = 24 * 3600 * 1000;
const daysSince1970 = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY_MS;

export const CHOICE_VALUES: Readonly<Record<ChoiceFilter, string>> = {
  precision: 'release_date_precision',
  explicit: `CASE explicit WHEN true THEN 'yes' WHEN false THEN 'no' END`,
  isrc: `CASE has_isrc WHEN true THEN 'yes' WHEN false THEN 'no' END`,
  album_type: 'album_type',
  range: `array_to_string(time_ranges, ',')`,
};

function rangeCondition(name: RangeFilter): string {
  const { column, unit } = RANGE_FILTERS[name];
  const given = (which: 'from' | 'to'): string => `($2::jsonb ->> '${name}_${which}')::float8`;
  const end = (which: 'from' | 'to'): string =>
    unit === 'date' ? `(date '1970-01-01' + ${given(which)}::int)` : given(which);
  return `(${end('from')} IS NULL OR ${column} >= ${end('from')}) AND (${end('to')} IS NULL OR ${column} <= ${end('to')})`;
}

function choiceCondition(name: ChoiceFilter): string {
  const chosen = `$2::jsonb -> '${name}'`;
  const fits = name === 'range' ? `${chosen} ?| time_ranges` : `${chosen} ? (${CHOICE_VALUES[name]})`;
  return `${chosen} = '[]' OR (${fits})`;
}

const ARTIST = `$2::jsonb ->> 'artist'`;
const ARTISTS = `split_part(search_text, E'\\n', 2)`;
/** Any characters; what was searched before (all lines) rules most tracks out. */
const ARTIST_CONDITION = `${ARTIST} IS NULL OR (
  strpos(search_text, search_form(${ARTIST})) > 0 AND strpos(${ARTISTS}, search_form(${ARTIST})) > 0)`;

/** True if a track passes the filter or nothing was asked; else false or, if the value is unknown, NULL. */
export const CONDITIONS: Readonly<Record<FilterName, string>> = {
  ...(Object.fromEntries(
    (Object.keys(RANGE_FILTERS) as RangeFilter[]).map((name) => [name, rangeCondition(name)]),
  ) as Record<RangeFilter, string>),
  ...(Object.fromEntries(
    (Object.keys(CHOICE_FILTERS) as ChoiceFilter[]).map((name) => [name, choiceCondition(name)]),
  ) as Record<ChoiceFilter, string>),
  artist: ARTIST_CONDITION,
};

export const PASSES_ALL = FILTER_NAMES.map((name) => `(${CONDITIONS[name]})`).join('\n    AND ');

const SORTED_BY: Readonly<Record<SortKey, string>> = {
  // It begins with the name, without accents and capitals.
  name: 'search_text',
  artist: `NULLIF(${ARTISTS}, '')`,
  released: 'release_date',
  duration: 'duration_ms',
  popularity: 'popularity',
  energy: 'energy',
  valence: 'valence',
  danceability: 'danceability',
  acousticness: 'acousticness',
  instrumentalness: 'instrumentalness',
  tempo: 'tempo',
  best_rank: 'best_rank',
  listings: 'listings',
  first_seen: 'first_listed_date',
  last_seen: 'last_listed_date',
  plays: 'plays',
  minutes: 'listened_ms',
  first_played: 'first_played_at',
  last_played: 'last_played_at',
};

/** Every order ends in this one, which is complete. */
export const DEFAULT_SORT: Sort = '-listings';

type Order = Pick<ExploreFilters, 'sort' | 'then_by'>;

interface OrderKey {
  readonly column: string;
  readonly descending: boolean;
}

function orderKeys({ sort, then_by: thenBy }: Order): OrderKey[] {
  const asked = [sort ?? DEFAULT_SORT, thenBy].filter((key) => key !== undefined);
  return [
    ...asked.map((key) =>
      key.startsWith('-')
        ? { column: SORTED_BY[key.slice(1) as SortKey], descending: true }
        : { column: SORTED_BY[key as SortKey], descending: false },
    ),
    ...['best_rank', 'search_text', 'track_id'].map((column) => ({ column, descending: false })),
  ];
}

export const orderBy = (order: Order): string =>
  `ORDER BY ${orderKeys(order)
    .map(({ column, descending }) => `${column}${descending ? ' DESC' : ''} NULLS LAST`)
    .join(', ')}`;

/** `last_1`, `last_2` …: the place after which a list goes on. */
export const lastKeys = (order: Order): string =>
  orderKeys(order)
    .map(({ column }, at) => `${column} AS last_${at}`)
    .join(', ');

/** The first key that differs from lastKeys() decides. */
export function isAfterLast(order: Order): string {
  return orderKeys(order).reduceRight((further, { column, descending }, at) => {
    const last = `last_${at}`;
    const beyond = `${column} ${descending ? '<' : '>'} ${last} OR (${column} IS NULL AND ${last} IS NOT NULL)`;
    return `(${beyond} OR (${column} IS NOT DISTINCT FROM ${last} AND ${further}))`;
  }, 'false');
}
