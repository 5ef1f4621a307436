import type { Db } from '../../../src/db.ts';
import type { SearchParameter } from '../../../src/hot-queries.ts';
import { parseQuery } from '../../../src/search/parse-query.ts';
import { foldQuery } from '../../../src/search/terms.ts';
import {
  artistTsQueryOf,
  begunTsQueryOf,
  mistypedTsQueryOf,
  tsQueriesOf,
} from '../../../src/search/ts-query.ts';

/**
 * What a search for the most common word in the names of the listener's tracks asks the database; and what is asked for
 * the most common long one with two letters exchanged, as it is mistyped.
 */
export async function searchValues(db: Db, userId: number): Promise<Record<SearchParameter, unknown>> {
  const word = await commonWord(db, userId, 3);
  const mistyped = (await commonWord(db, userId, 5)).replace(/(.)(.)$/u, '$2$1');
  const { trigrams } = await db.one<{ trigrams: string[] }>('SELECT show_trgm($1) AS trigrams', [mistyped]);
  const query = await foldQuery(db, userId, parseQuery(word));
  const queries = tsQueriesOf(query);
  return {
    releasedFrom: null,
    releasedTo: null,
    searchedTerms: [word],
    searchedTitle: `${word}\n`,
    searchedPattern: `%${word}%`,
    wordQueries: queries && Object.values(queries),
    artistWordQuery: artistTsQueryOf(query),
    withoutWordQuery: null,
    begunWordQueries: (['ABC', 'A', 'B', 'C'] as const).map((weights) => begunTsQueryOf(query, weights)),
    mistypedWordQuery: mistypedTsQueryOf(trigrams, query.mark),
    searchedWords: [mistyped],
    shownWords: [word, `${word}s`],
  };
}

async function commonWord(db: Db, userId: number, letters: number): Promise<string> {
  const row = await db.maybeOne<{ word: string }>(
    `SELECT word FROM library_tracks, regexp_split_to_table(search_words(search_form(name)), ' ') AS word
     WHERE user_id = $1 AND length(word) >= $2 GROUP BY word ORDER BY count(*) DESC, word LIMIT 1`,
    [userId, letters],
  );
  return row?.word ?? 'summer';
}
