import { z } from 'zod';
import { findTrack, type ListenerTrack } from '../../../catalogue/listener-track.ts';
import { notFound } from '../../../errors.ts';
import { findTrackTotals } from '../../../listening/played-totals.ts';
import { listTrackPlays } from '../../../plays/track-plays.ts';
import { listPlaylistsOf } from '../../../playlists/track-playlists.ts';
import { listListCompanions } from '../../../similarity/shared-lists.ts';
import { listSimilarSounds, SOUNDS } from '../../../similarity/sound.ts';
import { listRankHistories } from '../../../snapshots/rank-history.ts';
import { endpoint, type Given } from '../endpoint.ts';
import {
  id,
  oneOf,
  pageOf,
  paging,
  readableId,
  readCursor,
  timeRange,
  whole,
  writeCursor,
} from '../params.ts';
import { named } from '../schemas.ts';
import {
  cardOf,
  count,
  countedOf,
  countedShape,
  cutPage,
  date,
  features,
  featuresOf,
  historiesAnswer,
  historiesOf,
  instant,
  playsOf,
  playsShape,
  trackCardShape,
} from '../shapes.ts';

const subject = 'Tracks';
const trackId = id.describe('A track’s id, as lists of tracks name it');
export const trackParams = { trackId };
const example = { params: { trackId: '4uLU6hMCjMI75M1A2tKUQC' } };

type Asked = Pick<Given, 'db' | 'user'> & { readonly params: { readonly trackId: string } };

/** Hidden tracks look like unknown ones. @throws AppError 404 */
export async function trackOf({ db, user, params: asked }: Asked): Promise<ListenerTrack> {
  const track = await findTrack(db, user.user_id, readableId(asked.trackId));
  if (track === null || track.hidden) throw notFound();
  return track;
}

const track = named(
  'Track',
  z.strictObject({
    ...trackCardShape,
    album_id: z.string().nullable(),
    art_url: z.string().nullable(),
    release_date: date.nullable().describe('The first day it can be; see the precision'),
    release_date_precision: z.enum(['year', 'month', 'day']).nullable(),
    duration_ms: z.int().nullable(),
    explicit: z.boolean().nullable(),
    isrc: z.string().nullable(),
    popularity: z.int().nullable().describe('0 to 100'),
    features,
    tempo: z.number().nullable().describe('Beats per minute'),
    key: z.int().nullable().describe('Pitch class: 0 is C, 11 is B'),
    mode: z.int().nullable().describe('1 is major, 0 is minor'),
    loudness: z.number().nullable().describe('dB'),
    features_source: z.enum(['own', 'archive', 'reccobeats']).nullable(),
    first_listed_date: date.nullable(),
    last_listed_date: date.nullable(),
    best_rank: z.int().nullable(),
    listings: count,
    ...playsShape,
    ...countedShape,
    playlists: z.array(z.strictObject({ playlist_id: z.string(), name: z.string() })),
  }),
);

const similarTrack = named(
  'SimilarTrack',
  z.strictObject({ ...trackCardShape, score: z.number().describe('1 is the same, 0 the farthest') }),
);

const trackPlay = named(
  'TrackPlay',
  z.strictObject({
    played_at: instant.describe('The end of the play'),
    ms_played: z.int().nullable().describe('How long you listened; null: not known'),
    source: z.string().describe('capture, or the kind of file it came from'),
  }),
);
const playPlace = z.strictObject({ played_us: z.int().min(0).max(9e15), nth: z.int32() });

const KINSHIPS = [...SOUNDS, 'lists'] as const;
const MOST_SIMILAR = 100;

export const trackEndpoints = [
  endpoint({
    method: 'GET',
    path: '/tracks/:trackId',
    name: 'getTrack',
    subject,
    scope: 'read',
    summary: 'A track: what is known of it and what it was to you',
    params: trackParams,
    example,
    answer: track,
    handler: async (given) => {
      const { db, user } = given;
      const found = await trackOf(given);
      const [totals, playlists] = await Promise.all([
        findTrackTotals(db, user.user_id, found.track_id),
        listPlaylistsOf(db, user.user_id, found.track_id),
      ]);
      return {
        ...cardOf(found),
        album_id: found.album_id,
        art_url: found.art_url,
        release_date: found.release_date,
        release_date_precision: found.release_date_precision,
        duration_ms: found.duration_ms,
        explicit: found.explicit,
        isrc: found.isrc,
        popularity: found.popularity,
        features: featuresOf(found),
        tempo: found.tempo,
        key: found.key,
        mode: found.mode,
        loudness: found.loudness,
        features_source: found.features_source,
        first_listed_date: found.first_listed_date,
        last_listed_date: found.last_listed_date,
        best_rank: found.best_rank,
        listings: found.listings,
        ...playsOf(totals),
        ...countedOf(totals),
        playlists: playlists.map(({ playlist_id, name }) => ({ playlist_id, name })),
      };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/tracks/:trackId/rank-history',
    name: 'getTrackRankHistory',
    subject,
    scope: 'read',
    summary: 'A track’s place in every list you kept',
    params: trackParams,
    query: { time_range: timeRange.optional() },
    example,
    answer: historiesAnswer,
    handler: async (given) => {
      const { track_id: found } = await trackOf(given);
      const histories = await listRankHistories(given.db, given.user.user_id, found);
      return historiesOf(histories, given.query.time_range);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/tracks/:trackId/plays',
    name: 'listTrackPlays',
    subject,
    scope: 'read',
    summary: 'When you played a track, newest first',
    params: trackParams,
    query: paging,
    example,
    answer: pageOf(trackPlay, { plays: count.describe('Plays that count by your rule, in all') }),
    handler: async (given) => {
      const { db, user, query } = given;
      const { track_id: found } = await trackOf(given);
      const after = readCursor(playPlace, query.after);
      const [totals, rows] = await Promise.all([
        findTrackTotals(db, user.user_id, found),
        listTrackPlays(db, user.user_id, found, { after, limit: query.limit + 1 }),
      ]);
      const { shown, last } = cutPage(rows, query.limit);
      return {
        plays: totals.plays,
        items: shown.map((play) => ({
          played_at: play.played_at.toISOString(),
          ms_played: play.ms_played,
          source: play.source,
        })),
        next: last && writeCursor({ played_us: last.played_us, nth: last.nth }),
      };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/tracks/:trackId/similar',
    name: 'listSimilarTracks',
    subject,
    scope: 'read',
    cost: 2,
    summary: 'The tracks of your library that are most like one',
    description:
      'By sound (energy, valence, danceability), by a wider sound (acousticness, instrumentalness and tempo besides), or by the lists they shared. By sound nothing is found where those features are not known of the track.',
    params: trackParams,
    query: {
      by: oneOf(KINSHIPS).default('sound'),
      limit: whole(1, MOST_SIMILAR).default(20),
    },
    example,
    answer: z.strictObject({ by: z.enum(KINSHIPS), items: z.array(similarTrack) }),
    handler: async (given) => {
      const { db, user, query } = given;
      const { by, limit } = query;
      const { track_id: found } = await trackOf(given);
      const rows =
        by === 'lists'
          ? await listListCompanions(db, user.user_id, found, limit)
          : await listSimilarSounds(db, user.user_id, found, { by, limit });
      return { by, items: rows.map((row) => ({ ...cardOf(row), score: row.score })) };
    },
  }),
];
