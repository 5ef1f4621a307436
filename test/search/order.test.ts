import { beforeAll, describe, expect, it } from 'vitest';
import { fillLargeDatabase } from '../../scripts/measure/large-database/fill.ts';
import { randomFor } from '../../scripts/invented/random.ts';
import { findPage, listFoundTrackIds } from '../../src/search/find-tracks.ts';
import { createMarker } from '../../src/search/mark-hits.ts';
import { parseQuery } from '../../src/search/parse-query.ts';
import { foldQuery } from '../../src/search/terms.ts';
import { tsQueriesOf } from '../../src/search/ts-query.ts';
import { useDatabase } from '../support/database.ts';

const SIZE = {
  seed: 7,
  listeners: 3,
  tracks: 2_000,
  snapshots: 9_000,
  observed: { tracks: 1_500, days: 40 },
};
const QUERIES = 60;
const MOST = 5_000;

const test = useDatabase();
let userId: number;
let queries: readonly string[];

beforeAll(async () => {
  userId = await fillLargeDatabase(test.patient, SIZE);
  queries = await drawQueries();
});

/** One to three words of a name, sometimes of another as well, asked for in every way. */
async function drawQueries(): Promise<string[]> {
  const rows = await test.db.many<{ search_text: string }>(
    'SELECT search_text FROM library_tracks WHERE user_id = $1 ORDER BY track_id',
    [userId],
  );
  return Array.from({ length: QUERIES }, (_, n) => {
    const random = randomFor(SIZE.seed, 'query', n);
    const row = (): string => rows[Math.floor(rows.length * random())]?.search_text ?? '';
    const words = row()
      .split(/\s+/u)
      .slice(0, 1 + Math.floor(3 * random()))
      .join(' ');
    const other = row().split('\n')[Math.floor(3 * random())] ?? '';
    const ways = [
      words,
      words,
      `${words} or ${other}`,
      `"${words}"`,
      `track:${words}`,
      `artist:${other}`,
      `${words} -love`,
    ];
    return ways[n % ways.length] ?? words;
  });
}

/** What is found and in which order, said as plainly as it can be: every reading judged for every track. */
const PLAINLY = `
  SELECT track_id
  FROM library_tracks LEFT JOIN played_tracks USING (user_id, track_id) CROSS JOIN LATERAL (SELECT
    starts_with(search_text, $2) AS title, document @@ $4::tsquery AS track, document @@ $5::tsquery AS artists,
    document @@ $6::tsquery AS name_or_artists, document @@ $7::tsquery AS exact) AS judged
  WHERE user_id = $1 AND NOT hidden AND document @@ $3::tsquery
  ORDER BY title DESC, track DESC, artists DESC, name_or_artists DESC, exact DESC, popularity DESC NULLS LAST,
    last_listed_date DESC NULLS LAST, best_rank NULLS LAST, plays DESC NULLS LAST, track_id`;

/** What a query finds, and its second page with the count of all, judged plainly. */
async function judgePlainly(text: string) {
  const query = await foldQuery(test.db, userId, parseQuery(text));
  const readings = tsQueriesOf(query);
  if (readings === null) return null;
  const typed = query.clauses.flat().map(({ form }) => form.trim());
  const { all, track, artists, trackOrArtists, exact } = readings;
  const rows = await test.db.many<{ track_id: string }>(PLAINLY, [
    userId,
    `${typed.join(' ')}\n`,
    all,
    track,
    artists,
    trackOrArtists,
    exact,
  ]);
  const ids = rows.map(({ track_id: id }) => id);
  return { text, ids, second: ids.slice(20, 40), found: ids.length };
}

async function judgeAsShown(text: string) {
  const query = await foldQuery(test.db, userId, parseQuery(text));
  const { found, tracks } = await findPage(test.db, userId, query, 2);
  const ids = await listFoundTrackIds(test.db, userId, text, MOST);
  return { text, ids, second: tracks.map(({ track_id: id }) => id), found };
}

describe('whatever is asked', () => {
  it(
    'is found in the order that judging every track gives, page by page and counted',
    { timeout: 60_000 },
    async () => {
      let found = 0;
      for (const text of queries) {
        const plainly = await judgePlainly(text);
        if (plainly === null) continue;
        expect(await judgeAsShown(text)).toEqual(plainly);
        found += plainly.found;
      }
      expect(found).toBeGreaterThan(0);
    },
  );

  it('is marked where it would be if every word shown were compared', { timeout: 60_000 }, async () => {
    const unlikeAny = ['qxqxqxqx'];
    for (const text of queries) {
      const query = await foldQuery(test.db, userId, parseQuery(text));
      const { tracks } = await findPage(test.db, userId, query, 1);
      const names = tracks.flatMap(({ name, artist_name: artists }) => [name ?? '', artists ?? '']);
      const [few, all] = await Promise.all(
        [[], unlikeAny].map((nearWords) => createMarker(test.db, userId, query, { names, nearWords })),
      );
      const marked = (mark: typeof few) => ({ text, names: names.map((name) => mark?.(name, 'track')) });
      expect(marked(few)).toEqual(marked(all));
    }
  });
});
