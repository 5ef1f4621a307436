import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import {
  asParameter,
  CHOICE_VALUES,
  CONDITIONS,
  FILTER_NAMES,
  PASSES_ALL,
  type FilterName,
} from './conditions.ts';
import { TIME_RANGES } from '../spotify/top-tracks.ts';
import {
  EVERYTHING,
  RANGE_FILTERS,
  ZONE,
  type ChoiceFilter,
  type ExploreFilters,
  type RangeFilter,
} from './filters.ts';

/** Of one value, or of one step of a range. */
interface Count {
  readonly value: string;
  /** What choosing this value would show. */
  readonly offered: number;
  /** After all filters. */
  readonly left: number;
}

export interface FilterCounts {
  /** Of the whole archive. */
  readonly known: number;
  readonly counts: readonly Count[];
}

export interface ExploreCounts {
  readonly tracks: number;
  /** After all filters. */
  readonly left: number;
  readonly filters: Readonly<Record<Exclude<FilterName, 'artist'>, FilterCounts>>;
}

/** @param values by countLibraryValues and countPlayedValues */
export async function countChoices(
  db: Queries,
  userId: number,
  filters: ExploreFilters,
  values: LibraryValues,
): Promise<ExploreCounts> {
  const rows = isAnythingAsked(filters)
    ? await db.many<CountRow>(COUNTS, [userId, asParameter(filters)])
    : values.map((row) => ({ ...row, offered: row.tracks, left: row.tracks }));
  const counted = COUNTED.map((name, filter) => {
    const ofFilter = rows.filter((row) => row.filter === filter);
    const known = values.filter(isOfKnown(filter)).map(({ value, tracks }) => {
      const { offered = 0, left = 0 } = ofFilter.find((row) => row.value === value) ?? {};
      return { value: value ?? '', tracks, offered, left };
    });
    return [name, name === 'range' ? countRanges(known) : countKnown(known)] as const;
  });
  return {
    tracks: sumOfFirst(values, ({ tracks }) => tracks),
    left: sumOfFirst(rows, ({ left }) => left),
    filters: Object.fromEntries(counted) as unknown as ExploreCounts['filters'],
  };
}

/** A `value` of null: not known. */
export type LibraryValues = readonly {
  /** Its place in COUNTED. */
  readonly filter: number;
  readonly value: string | null;
  readonly tracks: number;
}[];

/** Reads every track of the library: its result is kept with the archive's figures. */
export const countLibraryValues = (db: Queries, userId: number): Promise<LibraryValues> =>
  db.many(VALUES, [userId]);

/** The same of what plays change, kept by itself: triggers forget it with each. */
export const countPlayedValues = (db: Queries, userId: number): Promise<LibraryValues> =>
  db.many(VALUES_OF_PLAYS, [userId]);

interface CountRow {
  readonly filter: number;
  readonly value: string | null;
  readonly offered: number;
  readonly left: number;
}
interface KnownRow extends Omit<CountRow, 'filter'> {
  readonly value: string;
  readonly tracks: number;
}

const isAnythingAsked = (filters: ExploreFilters): boolean =>
  asParameter(filters) !== asParameter(EVERYTHING);

const isOfKnown = (filter: number) => (row: LibraryValues[number]) =>
  row.filter === filter && row.value !== null;

/** Each track has one value of the first filter, or null. */
const sumOfFirst = <Row extends { readonly filter: number }>(
  rows: readonly Row[],
  of: (row: Row) => number,
) => rows.filter(({ filter }) => filter === 0).reduce((total, row) => total + of(row), 0);

const countKnown = (rows: readonly KnownRow[]): FilterCounts => ({
  known: rows.reduce((total, row) => total + row.tracks, 0),
  counts: rows.map(({ value, offered, left }) => ({ value, offered, left })),
});

/** A track counts in each of its ranges. */
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

/** 0, 1, 2 and 3, 4 to 7, 8 to 15 … */
function doublings(column: string): string {
  return `LEAST(floor(ln(${column} + 1) / ln(2))::int, 15)`;
}

/** A few whole numbers in a row, whatever the archive holds. */
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
  plays: doublings('plays'),
  minutes: doublings('listened_ms / 60000'),
  // By when the years begin: to ask the calendar about each track takes longer than all else together.
  first_played: `2005 + width_bucket(first_played_at, ARRAY(
    SELECT make_timestamptz(year, 1, 1, 0, 0, 0, ${ZONE}) FROM generate_series(2006, 2044) AS year))`,
};

/** LEAST and GREATEST ignore NULL. */
const stepOf = (name: RangeFilter): string =>
  name === 'first_played'
    ? STEPS[name]
    : `CASE WHEN ${RANGE_FILTERS[name].column} IS NOT NULL THEN ${STEPS[name]} END`;
const valueOf = (name: Exclude<FilterName, 'artist'>): string =>
  Object.hasOwn(STEPS, name) ? stepOf(name as RangeFilter) : CHOICE_VALUES[name as ChoiceFilter];
const COUNTED = FILTER_NAMES.filter((name) => name !== 'artist');

/** 0: passes all filters; 100 + n: all but the nth; 200: misses two or more. */
const missed = `LEAST(200, ${FILTER_NAMES.map((name, at) => `((${CONDITIONS[name]}) IS NOT TRUE)::int * ${100 + at}`).join(' + ')})`;

const OF_PLAYS = COUNTED.filter((name) => ['plays', 'minutes', 'first_played'].includes(name));
const KEPT = COUNTED.filter((name) => !OF_PLAYS.includes(name));

type Name = (typeof COUNTED)[number];
type Counted = readonly Name[];
const valueColumns = (names: Counted): string =>
  names.map((name) => `${valueOf(name)} AS of_${name}`).join(', ');

/** OFFSET 0 hides the expressions: the planner would expect as many values as tracks, and sort. */
const talliesSql = (names: Counted, from: string): string => `
    SELECT CASE ${names.map((name) => `WHEN GROUPING(of_${name}) = 0 THEN ${COUNTED.indexOf(name)}`).join(' ')} END AS filter,
      COALESCE(${names.map((name) => `of_${name}::text`).join(', ')}) AS value, count(*)::int AS tracks
    FROM (SELECT ${valueColumns(names)} FROM ${from} OFFSET 0) AS valued
    GROUP BY GROUPING SETS (${names.map((name) => `(of_${name})`).join(', ')})`;

const valuesSql = (names: Counted): string =>
  `SELECT * FROM (${talliesSql(names, 'library_measures WHERE user_id = $1 AND NOT hidden')}) AS tallies
  ORDER BY filter, length(value), value`;

const VALUES = valuesSql(KEPT);
const VALUES_OF_PLAYS = valuesSql(OF_PLAYS);

/** Tracks that pass all filters count in all of them, those that fail one only in what that one offers. */
const COUNTS = hotQuery(
  'explore: what each choice would leave',
  `
  SELECT filter, value, sum(offered)::int AS offered, sum("left")::int AS left
  FROM (
    SELECT filter, value, tracks AS offered, tracks AS "left"
    FROM (${talliesSql(COUNTED, `library_measures WHERE user_id = $1 AND NOT hidden AND ${PASSES_ALL}`)}) AS passing
    UNION ALL
    SELECT missed - 100, CASE missed ${COUNTED.map((name, at) => `WHEN ${100 + at} THEN (${valueOf(name)})::text`).join(' ')} END,
      count(*), 0
    FROM (SELECT *, ${missed} AS missed FROM library_measures WHERE user_id = $1 AND NOT hidden OFFSET 0) AS judged
    WHERE missed BETWEEN 100 AND 199 GROUP BY 1, 2
  ) AS counted
  GROUP BY filter, value`,
  { plannedEachTime: true },
);
