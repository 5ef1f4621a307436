import { beforeAll, describe, expect, it } from 'vitest';
import { fillLargeDatabase } from '../../scripts/measure/large-database/fill.ts';
import { randomFor } from '../../scripts/invented/random.ts';
import { findPage, listFoundTrackIds } from '../../src/search/find-tracks.ts';
import { createMarker } from '../../src/search/mark-hits.ts';
import { parseQuery } from '../../src/search/parse-query.ts';
import { foldQuery } from '../../src/search/terms.ts';
import { tsQueriesOf } from '../../src/search/ts-query.ts';
import { useDatabase } from '../support/database.ts';
import { drilled } from '../support/drill.ts';
import { insertListener } from '../support/factories.ts';

const SIZE = {
  seed: 7,
  listeners: 3,
  tracks: 2_000,
  snapshots: 9_000,
  observed: { tracks: 1_500, days: 40 },
};
const QUERIES = drilled(20, 60);
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
  ORDER BY title DESC, title OR track DESC, title OR track OR artists DESC, title OR track OR artists OR name_or_artists DESC,
    title OR track OR artists OR name_or_artists OR exact DESC, popularity DESC NULLS LAST,
    last_listed_date DESC NULLS LAST, best_rank NULLS LAST, plays DESC NULLS LAST, track_id`;

/** What a query finds, and a page of it with the count of all, judged plainly. */
async function judgePlainly(text: string, of = userId, page = 2) {
  const query = await foldQuery(test.db, of, parseQuery(text));
  const readings = tsQueriesOf(query);
  if (readings === null) return null;
  const typed = query.clauses.flat().map(({ form }) => form.trim());
  const { all, track, artists, trackOrArtists, exact } = readings;
  const rows = await test.db.many<{ track_id: string }>(PLAINLY, [
    of,
    `${typed.join(' ')}\n`,
    all,
    track,
    artists,
    trackOrArtists,
    exact,
  ]);
  const ids = rows.map(({ track_id: id }) => id);
  return { text, ids, shown: ids.slice((page - 1) * 20, page * 20), found: ids.length };
}

async function judgeAsShown(text: string, of = userId, page = 2) {
  const query = await foldQuery(test.db, of, parseQuery(text));
  const { found, tracks } = await findPage(test.db, of, query, page);
  const ids = await listFoundTrackIds(test.db, of, text, MOST);
  return { text, ids, shown: tracks.map(({ track_id: id }) => id), found };
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

/** 2,400 tracks with the word in every place, more than are sorted and fewer, played, listed, hidden and neither. */
const MANY = `
  INSERT INTO tracks (track_id, name, artist_name, album_name, popularity, release_date, release_date_precision)
  SELECT 'm' || n,
    CASE WHEN n < 30 THEN 'Night' WHEN n < 900 THEN 'Night ' || n WHEN n < 1000 THEN 'Nights of ' || n ELSE 'Other ' || n END,
    CASE WHEN n % 7 = 0 THEN 'The Night' ELSE 'Somebody' END,
    CASE WHEN n % 2 = 0 OR n % 9 = 0 THEN 'Night falls' ELSE 'Album' END,
    CASE WHEN n % 3 = 0 THEN n * 7919 % 100 END, date '1990-01-01' + n, 'day'
  FROM generate_series(1, 2400) AS n`;

describe('a word that is in more tracks than are counted', () => {
  let bob = 0;
  beforeAll(async () => {
    bob = await insertListener(test.db, 'bob');
    await test.patient.execute(MANY);
    await test.patient.execute(
      `INSERT INTO library_tracks (user_id, track_id) SELECT $1, track_id FROM tracks WHERE track_id ~ '^m[0-9]+$'`,
      [bob],
    );
    await test.patient.execute(
      `INSERT INTO snapshots (user_id, track_id, snapshot_date, time_range, rank)
       SELECT $1, 'm' || n, date '2025-01-01' + n % 20, 'short_term', n % 50 + 1 FROM generate_series(5, 2400, 11) AS n`,
      [bob],
    );
    await test.patient.execute(
      `INSERT INTO plays (user_id, played_at, track_id)
       SELECT $1, timestamptz '2025-02-01Z' + n * interval '1 minute', 'm' || n % 1200 + 1 FROM generate_series(1, 1800) AS n`,
      [bob],
    );
    await test.patient.execute(
      `INSERT INTO hidden_tracks (user_id, track_id) SELECT $1, 'm' || n FROM generate_series(10, 2400, 40) AS n`,
      [bob],
    );
    await test.patient.execute('ANALYZE');
  }, 60_000);

  it.each(['night', 'night -falls', 'artist:night or nights', 'night or album:falls'])(
    'is found in the same order, page by page: %s',
    async (text) => {
      for (const page of [1, 2, 3, 5, 6, 50]) {
        const plainly = await judgePlainly(text, bob, page);
        const shown = await judgeAsShown(text, bob, page);
        expect(shown.shown).toEqual(plainly?.shown);
      }
    },
  );

  it('is counted no further than a thousand at its top, and whole further on', async () => {
    const query = await foldQuery(test.db, bob, parseQuery('night'));
    const count = async (page: number) => {
      const { found, more } = await findPage(test.db, bob, query, page);
      return { found, more };
    };
    expect(await count(1)).toEqual({ found: 1_000, more: true });
    expect(await count(6)).toEqual({ found: (await judgePlainly('night', bob))?.found, more: false });
  });
});
