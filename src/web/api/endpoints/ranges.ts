import { z } from 'zod';
import { LASTING_DAYS, listDiscoveries, listReturned } from '../../../listening/discoveries.ts';
import { findPlayedFrom } from '../../../listening/played-from.ts';
import { TOP_ORDERS } from '../../../listening/played-in-period.ts';
import { listTop } from '../../../listening/top-lists.ts';
import { countPlaysByWeekHour } from '../../../listening/days.ts';
import { findSessions, SESSION_GAP_MINUTES } from '../../../listening/sessions.ts';
import { endpoint } from '../endpoint.ts';
import { day, oneOf, whole } from '../params.ts';
import { period, periodOf } from '../period.ts';
import { cardOf, count, instant, tallyOf, tallyShape, trackCardShape } from '../shapes.ts';

const described = { method: 'GET', subject: 'Plays', scope: 'read', cost: 5 } as const;
const example = { query: { from: '2024-01-01', to: '2024-12-31' } };

const topQuery = {
  ...period,
  order: oneOf(TOP_ORDERS)
    .default('plays')
    .describe('By plays or by listening time; the other one breaks ties'),
  limit: whole(1, 100).default(50).describe('The most to return'),
};

export const rangeEndpoints = [
  endpoint({
    ...described,
    path: '/plays/top/artists',
    name: 'listTopPlayedArtists',
    summary: 'The artists you played most',
    query: topQuery,
    example,
    answer: z.strictObject({
      items: z.array(
        z.strictObject({
          artist_id: z.string(),
          name: z.string().nullable(),
          image_url: z.string().nullable(),
          ...tallyShape,
        }),
      ),
    }),
    handler: async ({ db, user, query: { order, limit, ...days } }) => {
      const artists = await listTop(db, user, periodOf(days), { kind: 'artists', order, limit });
      const items = artists.map((artist) => ({
        artist_id: artist.artist_id,
        name: artist.name,
        image_url: artist.image_url,
        ...tallyOf(artist),
      }));
      return { items };
    },
  }),
  endpoint({
    ...described,
    path: '/plays/top/albums',
    name: 'listTopPlayedAlbums',
    summary: 'The albums you played most',
    query: topQuery,
    example,
    answer: z.strictObject({
      items: z.array(
        z.strictObject({
          album_id: z.string(),
          name: z.string().nullable(),
          artist_name: z.string().nullable(),
          thumbnail_url: z.string().nullable(),
          ...tallyShape,
        }),
      ),
    }),
    handler: async ({ db, user, query: { order, limit, ...days } }) => {
      const albums = await listTop(db, user, periodOf(days), { kind: 'albums', order, limit });
      const items = albums.map((album) => ({
        album_id: album.album_id,
        name: album.name,
        artist_name: album.artist_name,
        thumbnail_url: album.thumbnail_url,
        ...tallyOf(album),
      }));
      return { items };
    },
  }),
  endpoint({
    ...described,
    path: '/plays/week',
    name: 'listWeekHours',
    summary: 'Plays by weekday and hour where you are',
    query: period,
    example,
    answer: z.strictObject({
      items: z.array(
        z.strictObject({
          weekday: z.int().min(1).max(7).describe('1: Monday'),
          hour: z.int().min(0).max(23),
          plays: count,
        }),
      ),
    }),
    handler: async ({ db, user, query }) => ({
      items: [...(await countPlaysByWeekHour(db, user.user_id, periodOf(query)))],
    }),
  }),
  endpoint({
    ...described,
    path: '/plays/sessions',
    name: 'getSessions',
    summary: 'How long you listen at a time',
    description: `A session ends where ${SESSION_GAP_MINUTES} minutes pass without a play.`,
    query: period,
    example,
    answer: z.strictObject({
      sessions: count,
      typical_minutes: count.nullable().describe('Half of them are shorter; null: there are none'),
      typical_plays: count.nullable(),
      longest: z.strictObject({ began_at: instant, minutes: count, plays: count }).nullable(),
    }),
    handler: async ({ db, user, query }) => {
      const { longest, ...sessions } = await findSessions(db, user, periodOf(query));
      return { ...sessions, longest: longest && { ...longest, began_at: longest.began_at.toISOString() } };
    },
  }),
  endpoint({
    ...described,
    path: '/plays/discoveries',
    name: 'listDiscoveries',
    summary: 'What you heard for the first time, by month',
    description: `Lasting: still played ${LASTING_DAYS} days after the first play.`,
    query: period,
    example,
    answer: z.strictObject({
      items: z.array(
        z.strictObject({
          month: z.string().describe('Such as 2024-03'),
          tracks: count,
          lasting_tracks: count,
          artists: count,
          lasting_artists: count,
        }),
      ),
    }),
    handler: async ({ db, user, query }) => ({
      items: [...(await listDiscoveries(db, user.user_id, periodOf(query)))],
    }),
  }),
  endpoint({
    ...described,
    path: '/plays/returned',
    name: 'listReturnedTracks',
    summary: 'What came back after a year',
    description: 'Tracks played in these days, not in the year before them, but earlier than that.',
    query: {
      from: day.describe('The first day, in your time zone'),
      to: day.describe('The last day, in your time zone'),
      limit: topQuery.limit,
    },
    example,
    answer: z.strictObject({
      items: z.array(z.strictObject({ ...trackCardShape, ...tallyShape, first_played_at: instant })),
    }),
    handler: async ({ db, user, query: { from, to, limit } }) => {
      periodOf({ from, to });
      const tracks = await listReturned(db, user, { from, to }, limit);
      const items = tracks.map((track) => ({
        ...cardOf(track),
        ...tallyOf(track),
        first_played_at: track.first_played_at.toISOString(),
      }));
      return { items };
    },
  }),
  endpoint({
    ...described,
    path: '/plays/contexts',
    name: 'listContexts',
    summary: 'Where plays came from, as far as Spotify told it',
    query: period,
    example,
    answer: z.strictObject({
      known: count.describe('Plays for which it is known'),
      items: z.array(
        z.strictObject({
          kind: z.enum(['playlist', 'album', 'artist', 'collection']).nullable(),
          id: z.string().nullable().describe('Spotify’s'),
          name: z.string().nullable().describe('Where your archive knows it'),
          plays: count,
        }),
      ),
    }),
    handler: async ({ db, user, query }) => {
      const { known, places } = await findPlayedFrom(db, user.user_id, periodOf(query));
      return { known, items: places.map(({ kind, id, name, plays }) => ({ kind, id, name, plays })) };
    },
  }),
];
