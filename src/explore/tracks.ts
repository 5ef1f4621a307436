import { joinPlayed, TALLY_OR_NONE, type PlayTally } from '../catalogue/play-tally.ts';
import { TRACK_CARD, type TrackCard } from '../catalogue/track-card.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { asParameter, isAfterLast, lastKeys, orderBy, PASSES_ALL } from './conditions.ts';
import { EVERYTHING, type ExploreFilters } from './filters.ts';

interface PlayFacts extends PlayTally {
  readonly first_played_at: Date | null;
  readonly last_played_at: Date | null;
}

/** Features run from 0 to 1, tempo is in BPM; null: not known. */
interface TrackFacts extends PlayFacts {
  readonly popularity: number | null;
  /** `YYYY-MM-DD`, as precise as the precision says. */
  readonly release_date: string | null;
  readonly release_date_precision: 'year' | 'month' | 'day' | null;
  readonly duration_ms: number | null;
  readonly explicit: boolean | null;
  readonly album_type: string | null;
  readonly energy: number | null;
  readonly valence: number | null;
  readonly danceability: number | null;
  readonly acousticness: number | null;
  readonly instrumentalness: number | null;
  readonly tempo: number | null;
  readonly first_listed_date: string | null;
  readonly last_listed_date: string | null;
  readonly best_rank: number | null;
  readonly listings: number;
}
export type ExploredTrack = TrackCard & TrackFacts;

const FACTS = [
  'popularity, release_date, release_date_precision, duration_ms, explicit, album_type, energy, valence, danceability',
  'acousticness, instrumentalness, tempo, first_listed_date, last_listed_date, best_rank, listings, first_played_at',
  'last_played_at',
]
  .join(', ')
  .replaceAll(/\w+/g, 'own.$&');

export const TRACKS_PER_PAGE = 50;

/** @param page from 1 */
export function listExploredTracks(
  db: Queries,
  userId: number,
  filters: ExploreFilters,
  page: number,
): Promise<ExploredTrack[]> {
  const values = [userId, asParameter(filters), TRACKS_PER_PAGE, (page - 1) * TRACKS_PER_PAGE];
  return db.many(tracksSql(filters), values);
}

export async function listExploredTrackIds(
  db: Queries,
  userId: number,
  filters: ExploreFilters,
  limit: number,
): Promise<string[]> {
  const values = [userId, asParameter(filters), limit];
  const rows = await db.many<{ track_id: string }>(idsSql(filters), values);
  return rows.map((row) => row.track_id);
}

const LEFT = `
  FROM library_measures
  WHERE user_id = $1 AND NOT hidden
    AND ${PASSES_ALL}`;

type Order = Pick<ExploreFilters, 'sort' | 'then_by'>;

const idsSql = (filters: Order): string => `SELECT track_id ${LEFT} ${orderBy(filters)} LIMIT $3`;

hotQuery('explore: the order of all that is left', idsSql(EVERYTHING), { plannedEachTime: true });

/** The page is cut before tracks are opened. @param page their ids, in order */
const shownSql = (page: string): string => `
  SELECT ${FACTS}, ${TALLY_OR_NONE}, ${TRACK_CARD}
  FROM (SELECT track_id, row_number() OVER () AS place FROM (${page}) AS page) AS shown
  JOIN library_measures AS own ON (own.user_id, own.track_id) = ($1, shown.track_id)
  JOIN tracks ON tracks.track_id = shown.track_id ${joinPlayed('shown.track_id')}
  ORDER BY place`;

const tracksSql = (filters: Order): string =>
  shownSql(`SELECT track_id ${LEFT} ${orderBy(filters)} LIMIT $3 OFFSET $4`);

hotQuery('explore: the tracks that are left', tracksSql(EVERYTHING), { plannedEachTime: true });

/** Empty if the track to go on after has left the library. */
export const listExploredTracksAfter = (
  db: Queries,
  userId: number,
  filters: ExploreFilters,
  { after, limit }: { after: string | null; limit: number },
): Promise<ExploredTrack[]> =>
  after === null
    ? db.many(tracksSql(filters), [userId, asParameter(filters), limit, 0])
    : db.many(nextTracksSql(filters), [userId, asParameter(filters), limit, after]);

const nextTracksSql = (filters: Order): string => `
  WITH last AS (SELECT ${lastKeys(filters)} FROM library_measures WHERE user_id = $1 AND track_id = $4)
  ${shownSql(`
    SELECT track_id FROM library_measures CROSS JOIN last
    WHERE user_id = $1 AND NOT hidden AND ${isAfterLast(filters)}
      AND ${PASSES_ALL}
    ${orderBy(filters)} LIMIT $3`)}`;

hotQuery('explore: where the tracks go on', nextTracksSql(EVERYTHING), { plannedEachTime: true });

/** All that a file has of a track. */
export interface TakenTrack extends TrackFacts {
  readonly track_id: string;
  readonly name: string | null;
  readonly artist_name: string | null;
  readonly album_name: string | null;
  readonly isrc: string | null;
  readonly time_ranges: readonly string[];
  readonly spotify_url: string | null;
}

const MOST_TAKEN = 1_000_000;
const AT_ONCE = 500;

/** The order is asked for once and tracks a few at a time: no connection waits for a slow reader. */
export async function* streamExploredTracks(
  db: Queries,
  userId: number,
  filters: ExploreFilters,
): AsyncGenerator<TakenTrack> {
  const ids = await listExploredTrackIds(db, userId, filters, MOST_TAKEN);
  for (let at = 0; at < ids.length; at += AT_ONCE)
    yield* await db.many<TakenTrack>(TAKEN, [userId, ids.slice(at, at + AT_ONCE)]);
}

const TAKEN = hotQuery(
  'explore: tracks for a file',
  `
  SELECT own.track_id, ${FACTS}, own.time_ranges, ${TALLY_OR_NONE}, tracks.name, tracks.artist_name, tracks.album_name, tracks.spotify_url,
    CASE jsonb_typeof(raw_json #> '{external_ids,isrc}')
      WHEN 'string' THEN raw_json #>> '{external_ids,isrc}' END AS isrc
  FROM unnest($2::text[]) WITH ORDINALITY AS asked (track_id, place)
  JOIN library_measures AS own ON (own.user_id, own.track_id) = ($1, asked.track_id)
  JOIN tracks ON tracks.track_id = asked.track_id ${joinPlayed('own.track_id')}
  ORDER BY place`,
);
