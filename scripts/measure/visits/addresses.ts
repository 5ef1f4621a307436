import type { Db } from '../../../src/db.ts';
import { setHidden } from '../../../src/hidden/hide.ts';
import { ARRANGEMENT_NAMES } from '../../../src/playlists/build.ts';

/** What one listener's visits look at: what is newest or most common of theirs. */
export interface Sights {
  /** Of the list before the newest, `YYYY-MM-DD`: it has one to be compared with. */
  readonly date: string;
  readonly track: string;
  readonly title: string;
  /** Of which no features are known. */
  readonly bareTrack: string;
  readonly artist: string;
  readonly album: string;
  readonly playlist: string;
  readonly imported: number;
  readonly historyImport: number;
  readonly hiddenTrack: string;
  readonly word: string;
  /** With two letters exchanged. */
  readonly mistyped: string;
}

/**
 * Also hides a track, sends a playlist, all but one track of it, and imports files without a row, so that there is
 * something to show of each.
 */
export async function findSights(db: Db, userId: number): Promise<Sights> {
  const things = await db.one<Omit<Sights, 'historyImport' | 'word' | 'mistyped'>>(SIGHTS, [userId]);
  await setHidden(db, userId, { kind: 'track', id: things.hiddenTrack, hidden: true });
  await db.execute(SENT, [userId, things.playlist, [things.track]]);
  const { historyImport } = await db.one<{ historyImport: number }>(IMPORTED, [userId]);
  const word = await commonWord(db, userId, 3);
  const long = await commonWord(db, userId, 5);
  return { ...things, historyImport, word, mistyped: long.replace(/(.)(.)$/u, '$2$1') };
}

/** Neither short nor whole months. */
const A_RANGE = 'from=2024-02-10&to=2025-07-20';

/** The visits that `npm run bench -- pages` measures, and where each leads. */
export const BENCH_VISITS: Readonly<Record<string, (sights: Sights) => string>> = {
  search: ({ word }) => `/search?q=${word}`,
  'search, mistyped': ({ mistyped }) => `/search?q=${mistyped}`,
  suggestions: ({ word }) => `/api/suggestions?q=${word}`,
  track: ({ track }) => `/tracks/${track}`,
  'similar, by sound': ({ track }) => `/api/tracks/${track}/similar?by=sound`,
  'similar, by a wider sound': ({ track }) => `/api/tracks/${track}/similar?by=wide`,
  'similar, by shared lists': ({ bareTrack }) => `/api/tracks/${bareTrack}/similar`,
  artist: ({ artist }) => `/artists/${artist}`,
  album: ({ album }) => `/albums/${encodeURIComponent(album)}`,
  mood: () => '/mood',
  'mood, a quadrant': () => '/mood/happy',
  explore: () => `/explore?${EXPLORED}`,
  dashboard: () => '/dashboard',
  'time machine, a day': ({ date }) => `/time-machine/${date.replaceAll('-', '/')}?range=short_term`,
  'time machine, a month': ({ date }) =>
    `/time-machine/${date.slice(0, 7).replace('-', '/')}?range=short_term`,
  'time machine, a year': ({ date }) => `/time-machine/${date.slice(0, 4)}?range=short_term`,
  'history, a year': () => '/history',
  'top tracks, a month': ({ date }) => `/history/top?of=tracks&span=month&on=${date}`,
  'top tracks, a year': ({ date }) => `/history/top?of=tracks&span=year&on=${date}`,
  'top tracks, a year and a half': () => `/history/top?of=tracks&${A_RANGE}`,
  'top albums by minutes, a year and a half': () => `/history/top?of=albums&order=minutes&${A_RANGE}`,
  'top artists, a year': ({ date }) => `/history/top?of=artists&span=year&on=${date}`,
  'when, a year': ({ date }) => `/history/when?span=year&on=${date}`,
  'when, a year and a half': () => `/history/when?${A_RANGE}`,
  'skips, a year': ({ date }) => `/history/skips?span=year&on=${date}`,
  'history, found by name': ({ title }) => `/history?q=${encodeURIComponent(title)}`,
};

/** Every page with what it can ask: together they ask every hot query. */
export function listAddresses(sights: Sights): string[] {
  const { date, track, artist, album, playlist, imported, hiddenTrack } = sights;
  const [year = '', month = ''] = date.split('-');
  const snapshot = `/playlists/new?from=snapshot&range=short_term&date=${date}`;
  return [
    ...Object.values(BENCH_VISITS).map((addressFor) => addressFor(sights)),
    '/api/decades?range=short_term',
    '/api/mood-map',
    '/search?q=year:1990-2020',
    '/search?q=%26',
    `/search?q=${sights.word}&page=6`,
    `/tracks/${hiddenTrack}`,
    `/tracks/${track}/payload`,
    ...['track', 'audio-features', 'own-audio-features'].map(
      (name) => `/tracks/${track}/payload/${name}.json`,
    ),
    `/api/tracks/${track}/rank-history`,
    ...['sound', 'wide'].map((by) => `/playlists/new?from=similar&track=${track}&by=${by}`),
    `/api/artists/${artist}/presence`,
    `/api/tracks/${track}/plays-by-month`,
    `/api/artists/${artist}/plays-by-month`,
    `/api/albums/${encodeURIComponent(album)}/plays-by-month`,
    `/api/artists/${artist}/rank-history`,
    `/explore.csv?${EXPLORED}`,
    '/time-machine',
    `/time-machine/${year}/${month}`,
    '/api/time-machine/changes?range=short_term',
    ...[
      '',
      '&first_day=2025-03-01',
      '&first_day=2025-02-10',
      `&first_day=${year}-${month}-01&last_day=${year}-${month}-28`,
    ].map((days) => `/playlists/new?from=plays${days}`),
    '/playlists/new?from=discoveries',
    ...['tracks', 'artists', 'albums'].flatMap((of) =>
      ['plays', 'minutes'].flatMap((order) =>
        [
          '',
          '&first_day=2025-02-10',
          '&first_day=2025-03-01',
          '&first_day=2025-03-01&last_day=2025-03-07',
        ].map((days) => `/playlists/new?from=plays&of=${of}&order=${order}${days}`),
      ),
    ),
    ...['artists', 'albums'].map((of) => `/playlists/new?from=ranked&of=${of}&range=short_term&date=${date}`),
    '/history?span=all',
    `/history?${A_RANGE}`,
    `/history?span=season&on=${date}`,
    '/history/skips',
    '/history/skips?span=all',
    '/history?q=e',
    '/history?q=qz',
    '/history/import',
    ...['', '/progress', ...BUCKETS.map((bucket) => `/rows.csv?bucket=${bucket}`)].map(
      (below) => `/history/import/${sights.historyImport}${below}`,
    ),
    '/history/when',
    `/history/when?span=month&on=${date}`,
    ...['plays-by-hour', 'plays-by-day', 'plays-by-weekday-and-hour', 'discoveries'].map(
      (name) => `/api/${name}`,
    ),
    ...topLists([
      '',
      '&span=all',
      `&${A_RANGE}`,
      `&span=year&on=${Number(year) - 1}-01-01`,
      ...['week', 'season', 'year'].map((span) => `&span=${span}&on=${date}`),
    ]),
    '/playlists',
    '/playlists/new',
    ...ARRANGEMENT_NAMES.map((arrangement) => `${snapshot}&arrange=${arrangement}`),
    `/playlists/new?from=period&range=short_term&year=${year}`,
    `/playlists/new?from=album&album=${encodeURIComponent(album)}`,
    `/playlists/new?from=artist&artist=${artist}`,
    '/playlists/new?from=mood&quadrant=happy',
    '/playlists/new?from=explore&energy_from=0.5',
    ...[sights.word, 'year:1990-2020', '%26'].map((words) => `/playlists/new?from=search&q=${words}`),
    `/playlists/${playlist}`,
    `/playlists/${playlist}/tracks.csv`,
    ...[
      'me',
      'mood/happy/tracks',
      'figures',
      'captures',
      'plays',
      'plays/top',
      `plays/top?${A_RANGE}`,
      'plays/gaps',
      'plays/sessions',
      'playlists',
    ].map((name) => `/api/v1/${name}`),
    '/archives/unclaimed',
    '/settings',
    '/settings/captures',
    '/settings/devices',
    '/settings/tokens',
    '/settings/hidden',
    '/settings/audio-features',
    '/settings/audio-features/known.csv',
    '/settings/imports',
    `/settings/imports/${imported}`,
    `/settings/imports/${imported}/rejects.csv`,
    '/settings/disconnect',
    '/settings/export',
    ...askedByPrograms(sights),
  ];
}

/** One of each way in which the rows of a history import are kept. */
const BUCKETS = ['added', 'captured+already', 'podcast', 'same+row+again'];

/** What only programs ask. */
function askedByPrograms({ track, artist, album }: Sights): string[] {
  const afterTrack = Buffer.from(JSON.stringify({ track_id: track })).toString('base64url');
  return [
    `library/tracks?after=${afterTrack}`,
    `tracks/${track}`,
    `tracks/${track}/plays`,
    'artists',
    `artists/${artist}/tracks`,
    ...['', '/tracks'].map((below) => `albums/${encodeURIComponent(album)}${below}`),
    ...[`tracks/${track}`, `artists/${artist}`, `albums/${encodeURIComponent(album)}`].flatMap((thing) => [
      `${thing}/listening`,
      `${thing}/listening?from=2026-01-01`,
    ]),
    'snapshots',
  ].map((path) => `/api/v1/${path}`);
}

/** Of each kind in each order. */
const topLists = (ranges: readonly string[]): string[] =>
  ['tracks', 'artists', 'albums'].flatMap((of) =>
    ['plays', 'minutes', 'rank'].flatMap((order) =>
      ranges.map((range) => `/history/top?of=${of}&order=${order}${range}`),
    ),
  );

/** Some of each kind: a period, features, a choice. */
const EXPLORED = 'released_from=1990&energy_from=0.4&tempo_to=140&album_type=album';

const SIGHTS = `
  WITH favourites AS (
    SELECT track_id, row_number() OVER (ORDER BY listings DESC, track_id) AS place
    FROM library_tracks
    WHERE user_id = $1 AND energy IS NOT NULL AND valence IS NOT NULL AND danceability IS NOT NULL
    LIMIT 100
  )
  SELECT track_id AS track, (SELECT name FROM tracks WHERE track_id = favourites.track_id) AS title,
    (SELECT artist_id FROM track_artists WHERE track_id = favourites.track_id ORDER BY position LIMIT 1) AS artist,
    (SELECT album_id FROM library_tracks AS own WHERE user_id = $1 AND own.track_id = favourites.track_id) AS album,
    (SELECT track_id FROM favourites WHERE place = 100) AS "hiddenTrack",
    (SELECT min(track_id) FROM library_tracks WHERE user_id = $1 AND energy IS NULL AND listings > 0) AS "bareTrack",
    (SELECT snapshot_date FROM snapshot_lists WHERE user_id = $1 AND time_range = 'short_term'
     ORDER BY snapshot_date DESC OFFSET 1 LIMIT 1) AS date,
    (SELECT max(import_id) FROM imports WHERE user_id = $1) AS imported,
    (SELECT playlist_id FROM playlists WHERE user_id = $1 ORDER BY created_at DESC, playlist_id LIMIT 1) AS playlist
  FROM favourites WHERE place = 1`;

const SENT = `
  INSERT INTO playlist_sendings (user_id, playlist_id, state, track_ids, left_out, finished_at)
  VALUES ($1, $2, 'sent', $3, jsonb_build_array(jsonb_build_object('track_id', ($3::text[])[1], 'reason', 'not-taken')), now())
  ON CONFLICT DO NOTHING`;

const IMPORTED = `
  INSERT INTO history_imports (user_id, state, finished_at) VALUES ($1, 'done', now())
  RETURNING history_import_id AS "historyImport"`;

/** The most common word of so many letters in the names of the listener's tracks. */
async function commonWord(db: Db, userId: number, letters: number): Promise<string> {
  const row = await db.maybeOne<{ word: string }>(
    `SELECT word FROM library_tracks, regexp_split_to_table(search_words(search_form(name)), ' ') AS word
     WHERE user_id = $1 AND length(word) >= $2 GROUP BY word ORDER BY count(*) DESC, word LIMIT 1`,
    [userId, letters],
  );
  return row?.word ?? 'summer';
}
