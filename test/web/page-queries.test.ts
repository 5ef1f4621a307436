import { beforeAll, describe, expect, it } from 'vitest';
import { fillLargeDatabase } from '../../scripts/large-database/fill.ts';
import { openLarge } from '../../scripts/large-database/open.ts';
import { listHotQueries } from '../../src/hot-queries.ts';
import { ALICE, signIn, useApp, type Visitor } from '../support/app.ts';
import { type Asked, recordingDb } from '../support/recording-db.ts';
import { ROUTES, type Route } from '../support/site-map.ts';

/** Every filter of Explore at once. */
const EXPLORED = {
  released_from: '1970',
  released_to: '2026',
  duration_from: '1:00',
  duration_to: '9:00',
  popularity_from: '1',
  popularity_to: '99',
  energy_from: '0.1',
  energy_to: '0.9',
  valence_from: '0.1',
  valence_to: '0.9',
  danceability_from: '0.1',
  danceability_to: '0.9',
  acousticness_from: '0.1',
  acousticness_to: '0.9',
  instrumentalness_from: '0.1',
  instrumentalness_to: '0.9',
  tempo_from: '60',
  tempo_to: '180',
  best_rank_from: '1',
  best_rank_to: '50',
  first_seen_from: '2020',
  first_seen_to: '2026',
  precision: 'day',
  explicit: 'no',
  isrc: 'yes',
  album_type: 'album',
  artist: 'a',
} as const;

/** Not asked for a page: whose queries need no plan, and why. */
const NOT_OF_A_PAGE: Readonly<Record<string, string>> = {
  'src/schema.ts': 'asked until the schema is there, then never again',
  'src/web/readiness.ts': 'whether the database answers at all, for health checks',
  'src/web/session-store.ts': 'the session itself, by its key, for every page',
};
/** More statements than this for one page want a better shape. (The session is read besides.) */
const MOST_STATEMENTS = 8;
/** Pages that may ask more, and why. */
const MAY_ASK_MORE: Readonly<Record<string, { readonly statements: number; readonly because: string }>> = {
  ...Object.fromEntries(
    ['', '/:year', '/:year/:month', '/:year/:month/:day'].map((below) => [
      `/time-machine${below}`,
      {
        statements: 13,
        because: 'a time, the one it is compared with, and the way between are separate lists',
      },
    ]),
  ),
  '/history': { statements: 12, because: 'its first page has six figures besides, each a tally of its own' },
  '/playlists/new': { statements: 10, because: 'whatever its list comes from is asked besides' },
  '/playlists/:playlistId': { statements: 9, because: 'how it stands with Spotify is asked besides' },
};

let asked: Asked[] = [];
const test = useApp({}, { wrapDb: (db) => recordingDb(db, (statement) => asked.push(statement)) });
let alice: Visitor;
/** What stands in a path for its `:name`; filled with things of Alice's. */
const ids: Record<string, string> = {};

/** An address's query: one value of the parameter, or several parameters that only mean something together. */
type Sample = string | Readonly<Record<string, string>>;

/** Values of the parameters in an address, each tried by itself besides the plain address. */
const SAMPLES: Readonly<Record<string, readonly Sample[]>> = {
  range: ['short_term', 'long_term'],
  page: ['1', '2'],
  return_to: ['/dashboard'],
  // A word, a mistyped one, what nobody sings of, and everything a search can say.
  q: ['love', 'lvoe dnacing', 'zzzzqqqq', '"the love" -night artist:a album:b year:1990-2020 夜'],
  by: ['sound', 'wide'],
  // History.
  span: ['6-months', 'all'],
  from: ['2026-01-01'],
  to: ['2026-06-30'],
  after: ['1780000000000000.abc'],
  // The time machine, and its charts.
  with: ['2026-11-01'],
  date: ['2026-11-02'],
  at: ['2026', '2026-11', '2026-11-20'],
  // Explore: whatever is filtered, one query filters it.
  ...Object.fromEntries(Object.entries(EXPLORED).map(([name, value]) => [name, [value]])),
  energy_from: ['0.5', { energy_from: '0.99', energy_to: '0.991' }, EXPLORED],
  // How a playlist is built from its list.
  take: ['5'],
  arrange: ['rank', 'energy', 'tempo', 'release', 'shuffle'],
  seed: ['another'],
  clean: ['1'],
  per_artist: ['1'],
  without: ['abc'],
  part: ['2'],
};

/** Of these only the ORDER BY of one registered query depends, made of a fixed list of columns. */
const ORDER_ONLY = new Set(['sort', 'then_by']);

/** The address of a playlist in the making needs its list: each kind, as its own page links to it. */
const LISTS: readonly Readonly<Record<string, string>>[] = [
  { from: 'mood', quadrant: 'happy' },
  { from: 'search', q: 'love' },
  { from: 'explore', energy_from: '0.5' },
  { from: 'similar', track: 'TRACK', by: 'sound' },
  { from: 'snapshot', date: '2026-11-20', range: 'short_term' },
  { from: 'period', year: '2026', range: 'short_term' },
  { from: 'period', year: '2026', month: '11', range: 'short_term' },
];
const PREVIEWED = new Set(LISTS.flatMap((list) => Object.keys(list)));
const isPreview = (query: readonly string[]): boolean => query.includes('arrange');

beforeAll(async () => {
  const db = openLarge(test.url);
  const size = { seed: 3, listeners: 2, tracks: 400, snapshots: 4_000, observed: { tracks: 200, days: 20 } };
  const userId = await fillLargeDatabase(db, size);
  await db.execute('UPDATE users SET spotify_id = $1 WHERE user_id = $2', [ALICE, userId]);
  const known = await db.one<Record<string, string>>(
    `SELECT track_id AS "trackId", artist_id AS "artistId", playlist_id AS "playlistId", import_id AS "importId",
       (SELECT min(track_id) FROM archive_tracks WHERE user_id = $1 AND energy IS NULL AND listings > 0) AS "bareTrackId"
     FROM playlist_tracks JOIN archive_tracks USING (user_id, track_id) JOIN track_artists USING (track_id)
       JOIN imports USING (user_id)
     WHERE user_id = $1 AND energy IS NOT NULL LIMIT 1`,
    [userId],
  );
  // A cover is drawn from its name alone.
  Object.assign(ids, known, { file: 'abc.svg', quadrant: 'happy', year: '2026', month: '11', day: '20' });
  await db.close();
  alice = await signIn(test, ALICE);
  await alice.get('/settings').expect(200);
});

/** Addresses that nobody visits, and why. */
const NO_PAGES: Readonly<Record<string, string>> = {
  '/metrics': 'for a machine that watches, once a minute; it has to be asked for in the settings',
};
const pages = ROUTES.filter(
  ({ method, access, path }) => method === 'GET' && access !== 'sign-in' && NO_PAGES[path] === undefined,
);

/** The page's address with things of Alice's in it, plain and with each sample of each parameter it reads. */
function listAddresses({ path, query = [] }: Route): string[] {
  const plain = path.replaceAll(/:(\w+)/g, (_, name: string) => {
    if (ids[name] === undefined) throw new Error(`name something of Alice's for :${name} in ids`);
    return encodeURIComponent(ids[name]);
  });
  const bare = plain.replace(ids.trackId ?? '', ids.bareTrackId ?? '');
  const varied = isPreview(query) ? variedPreviews(query) : [{}, ...query.flatMap(samplesOf)];
  // A track of which no features are known, and no payload, is asked about in other ways.
  return [...new Set([plain, bare])].flatMap((address) =>
    varied.map((sample) => `${address}?${new URLSearchParams(sample).toString()}`),
  );
}

function samplesOf(name: string): Readonly<Record<string, string>>[] {
  if (ORDER_ONLY.has(name)) return [];
  if (SAMPLES[name] === undefined) throw new Error(`write a sample of the parameter ${name} into SAMPLES`);
  return SAMPLES[name].map((sample) => (typeof sample === 'string' ? { [name]: sample } : sample));
}

/** Every kind of list as it is, and one of them built in every way. */
function variedPreviews(query: readonly string[]): Readonly<Record<string, string>>[] {
  const ways = query.filter((name) => !PREVIEWED.has(name)).flatMap(samplesOf);
  const lists = LISTS.map((list) =>
    list.track === undefined ? list : { ...list, track: ids.trackId ?? '' },
  );
  return [...lists, ...ways.map((way) => ({ ...lists[0], ...way }))];
}

describe.each(pages.map((page) => [page.path, page] as const))('GET %s', (_path, page) => {
  it('asks only what npm run explain knows, and not much of it', async () => {
    const registered = new Set(listHotQueries().map(({ sql }) => sql));
    for (const address of listAddresses(page)) {
      asked = [];
      const { status } = await alice.get(address);
      const mayBeMissing = address.endsWith('page=2') || address.includes(`${ids.bareTrackId}/payload`);
      expect.soft(status < 400 || (status === 404 && mayBeMissing), address).toBe(true);
      const statements = asked.filter(({ by }) => NOT_OF_A_PAGE[by] === undefined);
      const unknown = statements.filter(({ sql }) => !registered.has(sql));
      // Name each with hotQuery() where it lives.
      expect
        .soft(unknown.map(({ sql, by }) => `${by}: ${sql.trim().slice(0, 100)}`).join('; '), address)
        .toBe('');
      const most = MAY_ASK_MORE[page.path]?.statements ?? MOST_STATEMENTS;
      expect.soft(statements.length, address).toBeLessThanOrEqual(most);
    }
  });
});
