import { joinPlayed, TALLY_OR_NONE, type PlayTally } from '../catalogue/play-tally.ts';
import { TRACK_CARD, type TrackCard } from '../catalogue/track-card.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../hot-queries.ts';
import { parseQuery } from './parse-query.ts';
import { foldQuery, type FoldedQuery } from './terms.ts';
import { artistTsQueryOf, tsQueriesOf } from './ts-query.ts';
import { artistsSql, type FoundArtist } from './find-artists.ts';
import { escapeLike } from '../sql-text.ts';

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
  /** Tracks in all. */
  readonly found: number;
  /** Of the page, best first. */
  readonly tracks: readonly FoundTrack[];
  /** On the first page only. */
  readonly artists: readonly FoundArtist[];
}

const ARTISTS_SHOWN = 4;

interface Matches {
  readonly way: Way;
  readonly values: readonly unknown[];
}

export async function findPage(
  db: Queries,
  userId: number,
  query: FoldedQuery,
  page: number,
): Promise<Found> {
  const matches = matchesOf(query);
  if (!matches) return { found: 0, tracks: [], artists: [] };
  return db.one<Found>(FOUND[matches.way].page, [
    userId,
    TRACKS_PER_PAGE,
    (page - 1) * TRACKS_PER_PAGE,
    ...matches.values,
    ...(matches.way === 'words' ? [page === 1 ? artistTsQueryOf(query) : null] : []),
  ]);
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
    return { way: 'words', values: [...years, `${typed}\n`, all, track, artists, trackOrArtists, exact] };
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

const BEST_FIRST = 'popularity DESC NULLS LAST, last_listed_date DESC NULLS LAST, best_rank NULLS LAST';
export const TIES = `${BEST_FIRST}, track_id`;

type Way = 'words' | 'signs' | 'years';

const NO_ARTISTS = 'SELECT WHERE false';

/** Nearness: 1 the title itself; all words exactly in 2 the track's name, 3 the artists', 4 both, 5 any; 6 stems. */
const WAYS: Readonly<Record<Way, { condition: string; nearness: string; artists: string }>> = {
  words: {
    // The words begin with their listener's mark, so their index suffices; for a plain user_id the planner would read
    // a second one.
    condition: 'user_id + 0 = $1 AND document @@ $7::tsquery',
    nearness: `CASE WHEN starts_with(search_text, $6) THEN 1
      WHEN document @@ $8::tsquery THEN 2 WHEN document @@ $9::tsquery THEN 3
      WHEN document @@ $10::tsquery THEN 4 WHEN document @@ $11::tsquery THEN 5 ELSE 6 END`,
    artists: artistsSql('$12', ARTISTS_SHOWN),
  },
  signs: {
    condition: 'user_id = $1 AND search_text LIKE $7',
    nearness: 'CASE WHEN starts_with(search_text, $6) THEN 1 ELSE 2 END',
    artists: NO_ARTISTS,
  },
  years: { condition: 'user_id = $1', nearness: '1', artists: NO_ARTISTS },
};

/** The library alone gives the order; the catalogue is read for the rows shown only. */
function foundSql(way: Way) {
  const { condition, nearness, artists } = WAYS[way];
  const found = `
    SELECT track_id, album_id, release_date, popularity, best_rank, last_listed_date, ${nearness} AS nearness,
      (SELECT plays FROM played_tracks AS p WHERE (p.user_id, p.track_id) = ($1, library_tracks.track_id)) AS times_played
    FROM library_tracks
    WHERE ${condition} AND NOT hidden
      AND ($4::date IS NULL OR release_date >= $4) AND ($5::date IS NULL OR release_date <= $5)`;
  // Of tracks in no list, the most played.
  const inOrder = `ORDER BY nearness, ${BEST_FIRST}, times_played DESC NULLS LAST, track_id LIMIT $2 OFFSET $3`;
  // One statement costs less than three.
  const page = `
    WITH found AS MATERIALIZED (${found}), page AS (SELECT *, row_number() OVER () AS place FROM (SELECT * FROM found ${inOrder}) AS best),
    shown AS (
      SELECT ${TRACK_CARD}, album_id, page.release_date, page.popularity, best_rank, last_listed_date, ${TALLY_OR_NONE}
      FROM page JOIN tracks USING (track_id) ${joinPlayed('page.track_id')}
      ORDER BY place
    )
    SELECT (SELECT count(*)::int FROM found) AS found,
      COALESCE((SELECT json_agg(shown) FROM shown), '[]') AS tracks,
      COALESCE((SELECT json_agg(met) FROM (${artists}) AS met), '[]') AS artists`;
  const plannedEachTime = way !== 'words';
  return {
    page: hotQuery(`search: a page of matches by ${way}`, page, { plannedEachTime }),
    ids: hotQuery(`search: all matches by ${way}`, `${found} ${inOrder}`, { plannedEachTime }),
  };
}

const FOUND = { words: foundSql('words'), signs: foundSql('signs'), years: foundSql('years') };
