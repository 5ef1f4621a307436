import { joinPlayed, TALLY_OR_NONE } from '../catalogue/play-tally.ts';
import { TRACK_CARD } from '../catalogue/track-card.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { yearsOf, type FoundTrack } from './find-tracks.ts';
import { TIES } from './found-sql.ts';
import type { FoldedQuery } from './terms.ts';
import { mistypedTsQueryOf, withoutTsQueryOf } from './ts-query.ts';

/** pg_trgm's word similarity, 0 to 1. */
const NEAR_ENOUGH = 0.4;

const NEAR_SHOWN = 12;
const MOST_WORDS = 8;

/** Nearest first, in any field. If no name is near all the words, only the longest is looked for. */
export async function findNearTracks(db: Queries, userId: number, query: FoldedQuery): Promise<FoundTrack[]> {
  const words = await db.many<MistypedWord>(TRIGRAMS, [wordsToComeNear(query)]);
  if (words.length === 0) return [];
  const toAll = await findNearTo(db, userId, query, words);
  return toAll.length > 0 || words.length === 1 ? toAll : findNearTo(db, userId, query, words.slice(0, 1));
}

interface MistypedWord {
  readonly word: string;
  readonly trigrams: readonly string[];
}

const findNearTo = (
  db: Queries,
  userId: number,
  query: FoldedQuery,
  words: readonly MistypedWord[],
): Promise<FoundTrack[]> =>
  db.many<FoundTrack>(NEAR, [
    userId,
    NEAR_SHOWN,
    ...yearsOf(query),
    words.map(({ trigrams }) => mistypedTsQueryOf(trigrams, query.mark)).join(' & '),
    words.map(({ word }) => word),
    withoutTsQueryOf(query),
  ]);

/** The longest first: they say most. */
export function wordsToComeNear({ clauses }: FoldedQuery): string[] {
  const words = clauses.flat().flatMap(({ form }) => form.split(/[\s!-/:-@[-`{-~]+/u));
  return [...new Set(words)]
    .filter((word) => word !== '')
    .toSorted((one, other) => other.length - one.length)
    .slice(0, MOST_WORDS);
}

/** Signs have no trigrams. */
const TRIGRAMS = hotQuery(
  'search: trigrams of the words typed',
  `
  SELECT word, show_trgm(word) AS trigrams FROM unnest($1::text[]) WITH ORDINALITY AS typed (word, place)
  WHERE show_trgm(word) <> '{}' ORDER BY place`,
);

/** Comparisons cost most: the loose one is made only if the strict one fails, that of names only for the nearest. */
const NEAR = hotQuery(
  'search: near matches',
  `
  SELECT ${TRACK_CARD}, album_id, page.release_date, page.popularity, best_rank, last_listed_date, ${TALLY_OR_NONE}
  FROM (
    SELECT track_id, album_id, release_date, popularity, best_rank, last_listed_date, nearness,
      (SELECT avg(strict_word_similarity(word, split_part(search_text, E'\n', 1))) FROM unnest($6::text[]) AS word) AS in_name
    FROM (
      SELECT track_id, search_text, album_id, release_date, popularity, best_rank, last_listed_date, nearness
      FROM library_tracks
      CROSS JOIN LATERAL (
        SELECT avg(strict_word_similarity(word, search_text)) AS nearness FROM unnest($6::text[]) AS word
      ) AS compared
      WHERE user_id = $1 AND NOT hidden AND library_trigrams(user_id, search_text) @@ $5::tsquery
        AND ($3::date IS NULL OR release_date >= $3) AND ($4::date IS NULL OR release_date <= $4)
        AND ($7::tsquery IS NULL OR document @@ $7)
        AND (nearness >= ${NEAR_ENOUGH}
          OR (SELECT avg(word_similarity(word, search_text)) FROM unnest($6::text[]) AS word) >= ${NEAR_ENOUGH})
      ORDER BY nearness DESC FETCH FIRST $2 ROWS WITH TIES
    ) AS nearest
    ORDER BY nearness DESC, in_name DESC, ${TIES}
    LIMIT $2
  ) AS page
  JOIN tracks USING (track_id) ${joinPlayed('page.track_id')}
  ORDER BY nearness DESC, in_name DESC, page.popularity DESC NULLS LAST, last_listed_date DESC NULLS LAST,
    best_rank NULLS LAST, page.track_id`,
  { plannedEachTime: true },
);
