import type { Db } from '../../src/db.ts';
import type { SearchParameter } from '../../src/hot-queries.ts';
import { parseQuery } from '../../src/search/parse-query.ts';
import { foldQuery } from '../../src/search/terms.ts';
import {
  artistTsQueryOf,
  begunTsQueryOf,
  mistypedTsQueryOf,
  tsQueriesOf,
} from '../../src/search/ts-query.ts';

/** What a search for the most common word in the names of the listener's tracks asks the database. */
export async function searchValues(db: Db, userId: number): Promise<Record<SearchParameter, unknown>> {
  const word = await commonWord(db, userId);
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
    mistypedWordQuery: mistypedTsQueryOf(
      [`  ${word.slice(0, 1)}`, ` ${word.slice(0, 2)}`, word.slice(0, 3)],
      query.mark,
    ),
    searchedWords: [word],
    shownWords: [word, `${word}s`],
  };
}

async function commonWord(db: Db, userId: number): Promise<string> {
  const row = await db.maybeOne<{ word: string }>(
    `SELECT word FROM archive_tracks, regexp_split_to_table(search_words(search_form(name)), ' ') AS word
     WHERE user_id = $1 AND length(word) > 2 GROUP BY word ORDER BY count(*) DESC, word LIMIT 1`,
    [userId],
  );
  return row?.word ?? 'love';
}
