import type { Db } from '../../../src/db.ts';
import { EVERYTHING } from '../../../src/explore/filters.ts';
import type { HotQuery, Parameter } from '../../../src/hot-queries.ts';
import { searchValues } from './search-values.ts';

/** What each parameter stands for, for one listener. A new one gets its line in `listValues`. */
export type Values = Readonly<Record<Parameter, unknown>>;

/**
 * What a visit of that listener would ask about: their newest lists and the month and year of those, the tracks they
 * listed most, the artist of the first, their newest playlist and import.
 */
export async function listValues(db: Db, userId: number): Promise<Values> {
  const [dates, favourites, things, search] = await Promise.all([
    db.many<{ date: string }>(NEWEST_DATES, [userId]),
    db.many<{ track: string; artist: string | null }>(FAVOURITES, [userId]),
    db.one<Partial<Record<'archive' | 'imported' | 'playlist', string | number>>>(NEWEST_THINGS, [userId]),
    searchValues(db, userId),
  ]);
  return {
    userId,
    sessionId: 'a session',
    ...search,
    ...datesOf(dates.map(({ date }) => date)),
    timeRange: 'short_term',
    trackId: favourites[0]?.track,
    artistId: favourites[0]?.artist ?? undefined,
    trackIds: favourites.map(({ track }) => track),
    noTrackIds: [],
    playlistId: things.playlist ?? undefined,
    archiveId: things.archive ?? userId,
    importId: things.imported ?? undefined,
    enrichmentSource: 'reccobeats',
    quadrant: 'happy',
    exploreFilters: EXPLORED,
    seed: 'a seed',
    words: 'love',
    commonWord: 'e',
    emptyText: '',
    nothing: null,
    no: false,
    limit: 50,
    mostTaken: 10_000,
    shownCharacters: 100_000,
    laidOutBytes: 256 * 1024,
    pageSize: 50,
    offset: 0,
  };
}

function datesOf([latest, previous]: readonly string[]) {
  return {
    latestDate: latest,
    previousDate: previous,
    month: latest?.slice(0, 7),
    monthStart: latest && `${latest.slice(0, 7)}-01`,
    year: latest?.slice(0, 4),
    yearStart: latest && `${latest.slice(0, 4)}-01-01`,
    period: 'all',
    firstDate: '0001-01-01',
    lastDate: '9999-12-31',
    firstDay: latest && `${latest.slice(0, 4)}-01-01`,
    lastDay: latest && `${latest.slice(0, 4)}-12-31`,
    timezone: 'Europe/Berlin',
  };
}

/** Some of each kind: a period, features, a choice. */
const EXPLORED = JSON.stringify({
  ...EVERYTHING,
  released_from: '1990-01-01',
  energy_from: 0.4,
  tempo_to: 140,
  range: ['short_term', 'long_term'],
});

/** @throws Error that names the query and the parameter for which there is no value */
export function valuesFor({ name, parameters }: HotQuery, values: Values): unknown[] {
  return parameters.map((parameter) => {
    const value = values[parameter];
    if (value !== undefined) return value;
    throw new Error(
      `“${name}” asks about ${parameter}, for which scripts/measure/explain/values.ts has no value: add one to listValues`,
    );
  });
}

const NEWEST_DATES = `
  SELECT DISTINCT snapshot_date AS date FROM snapshots
  WHERE user_id = $1 AND time_range = 'short_term' ORDER BY date DESC LIMIT 2`;

/** The tracks that were listed most, of those whose sound is known. */
const FAVOURITES = `
  SELECT track_id AS track,
    (SELECT artist_id FROM track_artists WHERE track_id = a.track_id ORDER BY position LIMIT 1) AS artist
  FROM library_tracks AS a
  WHERE user_id = $1 AND energy IS NOT NULL AND valence IS NOT NULL AND danceability IS NOT NULL
  ORDER BY listings DESC, track_id LIMIT 100`;

/** An archive that nobody has claimed, and what is newest of the listener's own. */
const NEWEST_THINGS = `
  SELECT (SELECT max(user_id) FROM users WHERE spotify_id IS NULL) AS archive,
    (SELECT max(import_id) FROM imports WHERE user_id = $1) AS imported,
    (SELECT playlist_id FROM playlists WHERE user_id = $1 ORDER BY created_at DESC, playlist_id LIMIT 1) AS playlist`;
