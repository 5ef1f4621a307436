import type { PlayTally } from '../catalogue/play-tally.ts';
import type { TrackCard } from '../catalogue/track-card.ts';
import type { Queries } from '../db.ts';
import type { FoundArtist } from './find-artists.ts';
import { FOUND, TOP, type Way } from './found-sql.ts';
import { parseQuery } from './parse-query.ts';
import { foldQuery, type FoldedQuery } from './terms.ts';
import { artistTsQueryOf, nearestFirst, tsQueriesOf, type TsQueries } from './ts-query.ts';
import { escapeLike } from '../database/sql-text.ts';

export const TRACKS_PER_PAGE = 20;

export interface FoundTrack extends TrackCard, PlayTally {
  readonly album_id: string | null;
  /** `YYYY-MM-DD`; null: not known. */
  readonly release_date: string | null;
  readonly popularity: number | null;
  /** Null: never in a ranked list. */
  readonly best_rank: number | null;
  readonly last_listed_date: string | null;
}

export interface Found {
  /** As far as they are counted. */
  readonly found: number;
  /** There are more than that. */
  readonly more: boolean;
  /** Of the page, best first. */
  readonly tracks: readonly FoundTrack[];
  /** On the first page only. */
  readonly artists: readonly FoundArtist[];
}

/** Further pages look at everything that is found, and count it. */
const TOP_PAGES = 5;

interface Matches {
  readonly way: Way;
  readonly values: readonly unknown[];
  /** Of words. */
  readonly queries?: TsQueries;
}

export async function findPage(
  db: Queries,
  userId: number,
  query: FoldedQuery,
  page: number,
): Promise<Found> {
  const matches = matchesOf(query);
  if (!matches) return { found: 0, more: false, tracks: [], artists: [] };
  const values = [userId, TRACKS_PER_PAGE, (page - 1) * TRACKS_PER_PAGE, ...matches.values];
  if (!matches.queries) return db.one<Found>(FOUND[matches.way].page, values);
  const artists = page === 1 ? artistTsQueryOf(query) : null;
  return page > TOP_PAGES
    ? db.one<Found>(FOUND.words.page, [...values, artists])
    : db.one<Found>(TOP, [...values, artists, nearestFirst(matches.queries)]);
}

/** Best first; without near matches. */
export async function listFoundTrackIds(
  db: Queries,
  userId: number,
  text: string,
  limit: number,
): Promise<string[]> {
  const matches = matchesOf(await foldQuery(db, userId, parseQuery(text)));
  if (!matches) return [];
  const rows = await db.many<{ track_id: string }>(FOUND[matches.way].ids, [
    userId,
    limit,
    0,
    ...matches.values,
  ]);
  return rows.map(({ track_id: trackId }) => trackId);
}

export const asksForSomething = (query: FoldedQuery): boolean => matchesOf(query) !== null;

function matchesOf(query: FoldedQuery): Matches | null {
  const years = yearsOf(query);
  const typed = typedWords(query);
  const queries = tsQueriesOf(query);
  if (queries) {
    const { all, track, artists, trackOrArtists, exact } = queries;
    return {
      way: 'words',
      values: [...years, `${typed}\n`, all, track, artists, trackOrArtists, exact],
      queries,
    };
  }
  // A title of signs alone (`???`, `÷`) has no words: it is compared character for character.
  if (typed !== '') return { way: 'signs', values: [...years, `${typed}\n`, `%${escapeLike(typed)}%`] };
  return query.years ? { way: 'years', values: years } : null;
}

const typedWords = ({ clauses }: Pick<FoldedQuery, 'clauses'>): string =>
  clauses
    .flat()
    .map(({ form }) => form.trim())
    .filter((form) => form !== '')
    .join(' ');

export const yearsOf = ({ years }: Pick<FoldedQuery, 'years'>): readonly (string | null)[] =>
  years ? [`${padYear(years.from)}-01-01`, `${padYear(years.to)}-12-31`] : [null, null];

const padYear = (year: number): string => String(year).padStart(4, '0');
