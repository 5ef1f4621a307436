import type { Queries } from '../db.ts';
import { hotQuery } from '../hot-queries.ts';
import { asParameter, CHOICE_VALUES, CONDITIONS, FILTER_NAMES, type FilterName } from './conditions.ts';
import { TIME_RANGES } from '../spotify/top-tracks.ts';
import { RANGE_FILTERS, type ChoiceFilter, type ExploreFilters, type RangeFilter } from './filters.ts';

/** Tracks with one value (or in one step of a range). */
interface Count {
  readonly value: string;
  /** Those the other filters leave: what choosing this value would show. */
  readonly offered: number;
  /** Those all filters leave. */
  readonly left: number;
}

export interface FilterCounts {
  /** Tracks of the whole archive of which this is known. */
  readonly known: number;
  readonly counts: readonly Count[];
}

export interface ExploreCounts {
  readonly tracks: number;
  /** Tracks that pass all filters. */
  readonly left: number;
  readonly filters: Readonly<Record<Exclude<FilterName, 'artist'>, FilterCounts>>;
}

/** How many tracks each choice would leave and each step of a range holds, in one look at the library. */
export async function countChoices(
  db: Queries,
  userId: number,
  filters: ExploreFilters,
): Promise<ExploreCounts> {
  const rows = await db.many<CountRow>(COUNTS, [userId, asParameter(filters)]);
  const first = rows.filter(({ filter }) => filter === 0);
  const sum = (of: (row: CountRow) => number): number => first.reduce((total, row) => total + of(row), 0);
  const counted = COUNTED.map((name, filter) => {
    const known = rows.filter((row) => row.filter === filter && row.value !== null) as KnownRow[];
    return [name, name === 'range' ? countRanges(known) : countKnown(known)] as const;
  });
  return {
    tracks: sum((row) => row.tracks),
    left: sum((row) => row.left),
    filters: Object.fromEntries(counted) as unknown as ExploreCounts['filters'],
  };
}

interface CountRow {
  /** Its place in COUNTED. */
  readonly filter: number;
  readonly value: string | null;
  readonly tracks: number;
  readonly offered: number;
  readonly left: number;
}
type KnownRow = CountRow & { readonly value: string };

const countKnown = (rows: readonly KnownRow[]): FilterCounts => ({
  known: rows.reduce((total, row) => total + row.tracks, 0),
  counts: rows.map(({ value, offered, left }) => ({ value, offered, left })),
});

/** A track may be in several ranges: it counts in each. In none, it has no range that could be known. */
function countRanges(rows: readonly KnownRow[]): FilterCounts {
  const listed = rows.filter(({ value }) => value !== '');
  const counts = TIME_RANGES.map((range) => {
    const within = listed.filter(({ value }) => value.split(',').includes(range));
    const sum = (of: 'offered' | 'left'): number => within.reduce((total, row) => total + row[of], 0);
    return { value: range, offered: sum('offered'), left: sum('left') };
  });
  return { ...countKnown(listed), counts };
}

const year = (column: string): string => `date_part('year', ${column})::int`;
const tenth = (column: string): string => `LEAST(floor(${column} * 10)::int, 9)`;

/** The steps a range is drawn in: whole numbers in a row, few whatever the archive holds. */
const STEPS: Readonly<Record<RangeFilter, string>> = {
  released: `LEAST(GREATEST(${year('release_date')}, 1950), 2059) / 10`,
  duration: 'LEAST(duration_ms / 60000, 11)',
  popularity: 'LEAST(popularity / 10, 9)',
  energy: tenth('energy'),
  valence: tenth('valence'),
  danceability: tenth('danceability'),
  acousticness: tenth('acousticness'),
  instrumentalness: tenth('instrumentalness'),
  tempo: 'LEAST(GREATEST(floor(tempo / 10)::int, 5), 20)',
  best_rank: 'LEAST((best_rank - 1) / 5, 19)',
  first_seen: `LEAST(GREATEST(${year('first_listed_date')}, 2005), 2044)`,
};

/** LEAST and GREATEST look past what is not known. */
const stepOf = (name: RangeFilter): string =>
  `CASE WHEN ${RANGE_FILTERS[name].column} IS NOT NULL THEN ${STEPS[name]} END`;
const valueOf = (name: Exclude<FilterName, 'artist'>): string =>
  Object.hasOwn(STEPS, name) ? stepOf(name as RangeFilter) : CHOICE_VALUES[name as ChoiceFilter];
const COUNTED = FILTER_NAMES.filter((name) => name !== 'artist');

/** 0: passes all filters; 100 + n: all but the nth; 200: misses two or more. */
const missed = `LEAST(200, ${FILTER_NAMES.map((name, at) => `((${CONDITIONS[name]}) IS NOT TRUE)::int * ${100 + at}`).join(' + ')})`;

/**
 * Each track is looked at once and counted under each of its values; a choice is offered the tracks that miss no
 * filter but its own. Behind OFFSET 0 the planner sees values instead of what they are computed from, so that it does
 * not take them for as many as there are tracks, and sort.
 */
const COUNTS = hotQuery(
  'explore: what each choice would leave',
  `
  SELECT filter, value, sum(tracks)::int AS tracks,
    COALESCE(sum(tracks) FILTER (WHERE missed IN (0, 100 + filter)), 0)::int AS offered,
    COALESCE(sum(tracks) FILTER (WHERE missed = 0), 0)::int AS left
  FROM (
    SELECT
      CASE ${COUNTED.map((name, at) => `WHEN GROUPING(of_${name}) = 0 THEN ${at}`).join(' ')} END AS filter,
      COALESCE(${COUNTED.map((name) => `of_${name}::text`).join(', ')}) AS value,
      missed, count(*) AS tracks
    FROM (
      SELECT ${missed} AS missed, ${COUNTED.map((name) => `${valueOf(name)} AS of_${name}`).join(', ')}
      FROM library_tracks WHERE user_id = $1 AND NOT hidden OFFSET 0
    ) AS library
    GROUP BY GROUPING SETS (${COUNTED.map((name) => `(missed, of_${name})`).join(', ')})
  ) AS counted
  GROUP BY filter, value
  ORDER BY filter, length(value), value`,
  { plannedAnew: true },
);
