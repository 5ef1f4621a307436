import { ROUTES, type Route } from './site-map.ts';

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
  plays_from: '0',
  plays_to: '500',
  minutes_from: '0',
  minutes_to: '900',
  first_played_from: '2010',
  first_played_to: '2026',
  precision: 'day',
  explicit: 'no',
  isrc: 'yes',
  album_type: 'album',
  artist: 'a',
} as const;

/** What stands in a path for its `:name`: things of the listener's own. */
export type Ids = Readonly<Record<string, string>>;

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
  span: ['day', 'week', 'month', 'season', 'all'],
  on: ['2026-03-09'],
  of: ['artists', 'albums'],
  order: ['minutes', 'rank'],
  from: ['2026-01-01'],
  to: ['2026-06-30'],
  after: ['1780000000000000.1.abc'],
  // Rows of a history import: of each way they are kept.
  bucket: ['added', 'captured already', 'told by another file', 'podcast', 'same row again'],
  // The time machine, and its charts.
  with: ['2026-11-01'],
  date: ['2026-11-02'],
  at: ['2026', '2026-11', '2026-11-20'],
  // Explore.
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

/** Whatever is filtered, one query filters it: all at once, and two of them by themselves, may do for every one. */
const MAY_DO = new Set(['energy_from', 'artist']);

/** Of these only the ORDER BY of one registered query depends, made of a fixed list of columns. */
const ORDER_ONLY = new Set(['sort', 'then_by']);

/** The address of a playlist in the making needs its list: each kind, as its own page links to it. */
const LISTS: readonly Readonly<Record<string, string>>[] = [
  { from: 'mood', quadrant: 'happy' },
  { from: 'search', q: 'love' },
  { from: 'explore', energy_from: '0.5' },
  { from: 'similar', track: 'TRACK', by: 'sound' },
  { from: 'album', album: 'ALBUM' },
  { from: 'artist', artist: 'ARTIST' },
  { from: 'snapshot', date: '2026-11-20', range: 'short_term' },
  { from: 'period', year: '2026', range: 'short_term' },
  { from: 'period', year: '2026', month: '11', range: 'short_term' },
  { from: 'plays' },
  { from: 'discoveries', first_day: '2024-02-10' },
  { from: 'plays', first_day: '2024-02-10' },
  { from: 'plays', first_day: '2026-03-01', last_day: '2026-03-31' },
  { from: 'plays', of: 'artists', order: 'minutes', first_day: '2026-02-10', last_day: '2026-03-31' },
  { from: 'ranked', of: 'artists', date: '2026-11-20', range: 'short_term' },
];
const PREVIEWED = new Set(LISTS.flatMap((list) => Object.keys(list)));
/** Drawn of the same list as the page that shows it. */
const isChart = (path: string): boolean => path.startsWith('/api/');
const isPreview = (query: readonly string[]): boolean => query.includes('arrange');

/** Addresses that nobody visits, and why. */
const NO_PAGES: Readonly<Record<string, string>> = {
  '/metrics': 'for a machine that watches, once a minute; it has to be asked for in the settings',
};
export const PAGES = ROUTES.filter(
  ({ method, access, path }) => method === 'GET' && access !== 'sign-in' && NO_PAGES[path] === undefined,
);

/**
 * The page's address with things of the listener's in it, plain and with each sample of each parameter it reads.
 * @param which without those of which others ask the same query with other values, or each of them
 */
export function listAddresses(
  { path, query = [] }: Route,
  ids: Ids,
  which: 'of each query' | 'each' = 'each',
): string[] {
  const plain = path.replaceAll(/:(\w+)/g, (_, name: string) => {
    if (ids[name] === undefined) throw new Error(`name something of the listener's for :${name} in ids`);
    return encodeURIComponent(ids[name]);
  });
  const bare = plain.replace(ids.trackId ?? '', ids.bareTrackId ?? '');
  const isSpared = (name: string): boolean => which !== 'each' && name in EXPLORED && !MAY_DO.has(name);
  const varied = isPreview(query)
    ? variedPreviews(query, ids).filter((_, place) => which === 'each' || !isChart(path) || place % 5 === 0)
    : [{}, ...query.filter((name) => !isSpared(name)).flatMap(samplesOf)];
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
function variedPreviews(query: readonly string[], ids: Ids): Readonly<Record<string, string>>[] {
  const ways = query.filter((name) => !PREVIEWED.has(name)).flatMap(samplesOf);
  const named = { track: ids.trackId, album: ids.albumId, artist: ids.artistId };
  const lists = LISTS.map((list) =>
    Object.fromEntries(
      Object.entries(list).map(([name, value]) => [name, named[name as keyof typeof named] ?? value]),
    ),
  );
  return [...lists, ...ways.map((way) => ({ ...lists[0], ...way }))];
}
