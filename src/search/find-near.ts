import { TRACK_CARD } from '../catalogue/track-card.ts';
import type { Db } from '../db.ts';
import { hotQuery } from '../hot-queries.ts';
import { TIES, yearsOf, type FoundTrack } from './find-tracks.ts';
import type { FoldedQuery } from './terms.ts';
import { withoutTsQueryOf } from './ts-query.ts';

/** How much of a word's three-letter pieces must come again in a name (pg_trgm's word similarity, 0 to 1). */
const NEAR_ENOUGH = 0.4;

const NEAR_SHOWN = 12;

/**
 * Tracks whose names come near what was typed, for when nothing is called exactly that: nearest first. In
 * which field a word stands is not looked at.
 */
export async function findNearTracks(db: Db, userId: number, query: FoldedQuery): Promise<FoundTrack[]> {
  const words = wordsToComeNear(query);
  if (words.length === 0) return [];
  const longest = words.reduce((one, other) => (other.length > one.length ? other : one));
  return db.withTransaction(async (tx) => {
    await tx.execute(`SELECT set_config('pg_trgm.word_similarity_threshold', $1, true)`, [
      String(NEAR_ENOUGH),
    ]);
    const values = [userId, NEAR_SHOWN, ...yearsOf(query), longest, words, withoutTsQueryOf(query)];
    return tx.many<FoundTrack>(NEAR, values);
  });
}

/** Each once: a hundred words of one letter would say no more than that. */
export const wordsToComeNear = ({ clauses }: FoldedQuery): string[] =>
  [...new Set(clauses.flat().map(({ words }) => words.join(' ')))].filter((word) => word !== '').slice(0, 20);

const NEAR = hotQuery(
  'search: near matches',
  ['userId', 'limit', 'releasedFrom', 'releasedTo', 'longestWord', 'searchedWords', 'withoutWordQuery'],
  `
  SELECT ${TRACK_CARD}, page.release_date, page.popularity, best_rank, last_listed_date
  FROM (
    SELECT track_id, release_date, popularity, best_rank, last_listed_date, nearness, in_name
    FROM archive_tracks
    CROSS JOIN LATERAL (
      SELECT avg(word_similarity(word, search_text)) AS likeness,
        avg(strict_word_similarity(word, search_text)) AS nearness,
        avg(strict_word_similarity(word, split_part(search_text, E'\n', 1))) AS in_name
      FROM unnest($6::text[]) AS word
    ) AS compared
    WHERE user_id = $1 AND $5 <% search_text AND likeness >= ${NEAR_ENOUGH}
      AND ($3::date IS NULL OR release_date >= $3) AND ($4::date IS NULL OR release_date <= $4)
      AND ($7::tsquery IS NULL OR document @@ $7)
    ORDER BY nearness DESC, in_name DESC, ${TIES}
    LIMIT $2
  ) AS page
  JOIN tracks USING (track_id)
  ORDER BY nearness DESC, in_name DESC, page.popularity DESC NULLS LAST, last_listed_date DESC NULLS LAST,
    best_rank NULLS LAST, track_id`,
);
