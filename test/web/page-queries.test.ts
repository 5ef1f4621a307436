import { beforeAll, describe, expect, it } from 'vitest';
import { fillLargeDatabase } from '../../scripts/large-database/fill.ts';
import { openLarge } from '../../scripts/large-database/open.ts';
import { listHotQueries } from '../../src/hot-queries.ts';
import { ALICE, signIn, useApp, type Visitor } from '../support/app.ts';
import { type Asked, recordingDb } from '../support/recording-db.ts';
import { ROUTES, type Route } from '../support/site-map.ts';

/** Not asked for a page: whose queries need no plan, and why. */
const NOT_OF_A_PAGE: Readonly<Record<string, string>> = {
  'src/schema.ts': 'asked until the schema is there, then never again',
  'src/web/readiness.ts': 'whether the database answers at all, for health checks',
  'src/web/session-store.ts': 'the session itself, by its key, for every page',
};
/** More statements than this for one page want a better shape. (The session is read besides.) */
const MOST_STATEMENTS = 8;

let asked: Asked[] = [];
const test = useApp({}, { wrapDb: (db) => recordingDb(db, (statement) => asked.push(statement)) });
let alice: Visitor;
/** What stands in a path for its `:name`; filled with things of Alice's. */
const ids: Record<string, string> = {};

/** Values of the parameters in an address, each tried by itself besides the plain address. */
const SAMPLES: Readonly<Record<string, readonly string[]>> = {
  range: ['short_term', 'long_term'],
  page: ['1', '2'],
  return_to: ['/dashboard'],
  // A word, a mistyped one, what nobody sings of, and everything a search can say.
  q: ['love', 'lvoe dnacing', 'zzzzqqqq', '"the love" -night artist:a album:b year:1990-2020 夜'],
};

beforeAll(async () => {
  const db = openLarge(test.url);
  const size = { seed: 3, listeners: 2, tracks: 400, snapshots: 4_000, observed: { tracks: 200, days: 20 } };
  const userId = await fillLargeDatabase(db, size);
  await db.execute('UPDATE users SET spotify_id = $1 WHERE user_id = $2', [ALICE, userId]);
  const known = await db.one<Record<string, string>>(
    `SELECT track_id AS "trackId", artist_id AS "artistId", playlist_id AS "playlistId", import_id AS "importId"
     FROM playlist_tracks JOIN track_artists USING (track_id) JOIN imports USING (user_id) WHERE user_id = $1 LIMIT 1`,
    [userId],
  );
  // A cover is drawn from its name alone.
  Object.assign(ids, known, { file: 'abc.svg' });
  await db.close();
  alice = await signIn(test, ALICE);
  await alice.get('/settings').expect(200);
});

const pages = ROUTES.filter(({ method, access }) => method === 'GET' && access !== 'sign-in');

/** The page's address with things of Alice's in it, plain and with each sample of each parameter it reads. */
function listAddresses({ path, query = [] }: Route): string[] {
  const plain = path.replaceAll(/:(\w+)/g, (_, name: string) => {
    if (ids[name] === undefined) throw new Error(`name something of Alice's for :${name} in ids`);
    return encodeURIComponent(ids[name]);
  });
  const varied = query.flatMap((name) => {
    if (SAMPLES[name] === undefined) throw new Error(`write a sample of the parameter ${name} into SAMPLES`);
    return SAMPLES[name].map((value) => `${plain}?${name}=${encodeURIComponent(value)}`);
  });
  return [plain, ...varied];
}

describe.each(pages.map((page) => [page.path, page] as const))('GET %s', (_path, page) => {
  it('asks only what npm run explain knows, and not much of it', async () => {
    const registered = new Set(listHotQueries().map(({ sql }) => sql));
    for (const address of listAddresses(page)) {
      asked = [];
      const { status } = await alice.get(address);
      expect([address, status < 400]).toEqual([address, true]);
      const statements = asked.filter(({ by }) => NOT_OF_A_PAGE[by] === undefined);
      const unknown = statements.filter(({ sql }) => !registered.has(sql));
      // Name each with hotQuery() where it lives.
      expect(unknown.map(({ sql, by }) => `${by}: ${sql.trim().slice(0, 100)}`)).toEqual([]);
      expect([address, statements.length <= MOST_STATEMENTS]).toEqual([address, true]);
    }
  });
});
