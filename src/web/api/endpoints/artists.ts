import { z } from 'zod';
import { listLibraryArtists } from '../../../catalogue/library-artists.ts';
import {
  findArtist,
  listArtistTracksAfter,
  type ListenerArtist,
} from '../../../catalogue/listener-artist.ts';
import { notFound } from '../../../errors.ts';
import { findArtistTotals } from '../../../listening/played-totals.ts';
import { listArtistRanks } from '../../../snapshots/artist-ranks.ts';
import { endpoint, type Given } from '../endpoint.ts';
import { id, pageOf, paging, readableId, readCursor, text, timeRange, writeCursor } from '../params.ts';
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
  playsOf,
  playsShape,
  trackCardShape,
} from '../shapes.ts';

const subject = 'Artists';
export const artistParams = { artistId: id.describe('An artist’s id, as tracks name it') };
const example = { params: { artistId: '0gxyHStUsqpMadRV0Di1Qt' } };

type Asked = Pick<Given, 'db' | 'user'> & { readonly params: { readonly artistId: string } };

/** Hidden artists look like unknown ones. @throws AppError 404 */
export async function artistOf({ db, user, params: asked }: Asked): Promise<ListenerArtist> {
  const artist = await findArtist(db, user.user_id, readableId(asked.artistId));
  if (artist === null || artist.hidden_at !== null || artist.all_hidden) throw notFound();
  return artist;
}

const libraryArtist = named(
  'LibraryArtist',
  z.strictObject({
    artist_id: z.string(),
    name: z.string().nullable(),
    tracks: count.describe('Your tracks by them'),
    listings: count.describe('Their places in ranked lists'),
    best_rank: z.int().nullable(),
  }),
);

const artist = named(
  'Artist',
  z.strictObject({
    ...libraryArtist.shape,
    image_url: z.string().nullable(),
    first_listed_date: date.nullable(),
    last_listed_date: date.nullable(),
    tracks_with_features: count.describe('The number of tracks behind the averages'),
    average: features,
    ...playsShape,
    ...countedShape,
  }),
);

const artistTrack = named(
  'ArtistTrack',
  z.strictObject({
    ...trackCardShape,
    listings: count,
    best_rank: z.int().nullable(),
    plays: count.describe('Plays that count by your rule'),
  }),
);

const artistPlace = z.strictObject({ listings: z.int32(), artist_id: text(2_000) });
const trackPlace = z.strictObject({
  listings: z.int32(),
  best_rank: z.int32().nullable(),
  track_id: text(2_000),
});

export const artistEndpoints = [
  endpoint({
    method: 'GET',
    path: '/artists',
    name: 'listArtists',
    subject,
    scope: 'read',
    cost: 2,
    summary: 'The artists of your library, those most often listed first',
    query: paging,
    answer: pageOf(libraryArtist, {}),
    handler: async ({ db, user, query: { after, limit } }) => {
      const wanted = { after: readCursor(artistPlace, after), limit: limit + 1 };
      const { shown, last } = cutPage(await listLibraryArtists(db, user.user_id, wanted), limit);
      return {
        items: shown,
        next: last && writeCursor({ listings: last.listings, artist_id: last.artist_id }),
      };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/artists/:artistId',
    name: 'getArtist',
    subject,
    scope: 'read',
    summary: 'An artist and what they were to you',
    params: artistParams,
    example,
    answer: artist,
    handler: async (given) => {
      const found = await artistOf(given);
      const totals = await findArtistTotals(given.db, given.user.user_id, found.artist_id);
      return {
        artist_id: found.artist_id,
        name: found.name,
        image_url: found.image_url,
        tracks: found.tracks,
        listings: found.listings,
        best_rank: found.best_rank,
        first_listed_date: found.first_listed_date,
        last_listed_date: found.last_listed_date,
        tracks_with_features: found.with_features,
        average: featuresOf(found.average),
        ...playsOf(totals),
        ...countedOf(totals),
      };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/artists/:artistId/tracks',
    name: 'listArtistTracks',
    subject,
    scope: 'read',
    summary: 'Your tracks by an artist, those most often listed first',
    params: artistParams,
    query: paging,
    example,
    answer: pageOf(artistTrack, {}),
    handler: async (given) => {
      const { db, user, query } = given;
      const { artist_id: artistId } = await artistOf(given);
      const wanted = { after: readCursor(trackPlace, query.after), limit: query.limit + 1 };
      const rows = await listArtistTracksAfter(db, user.user_id, artistId, wanted);
      const { shown, last } = cutPage(rows, query.limit);
      return {
        items: shown.map((row) => ({
          ...cardOf(row),
          listings: row.listings,
          best_rank: row.best_rank,
          plays: row.plays,
        })),
        next:
          last &&
          writeCursor(
            trackPlace.parse({ listings: last.listings, best_rank: last.best_rank, track_id: last.track_id }),
          ),
      };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/artists/:artistId/rank-history',
    name: 'getArtistRankHistory',
    subject,
    scope: 'read',
    summary: 'An artist’s place in every list of top artists you kept',
    params: artistParams,
    query: { time_range: timeRange.optional() },
    example,
    answer: historiesAnswer,
    handler: async (given) => {
      const { artist_id: artistId } = await artistOf(given);
      const histories = await listArtistRanks(given.db, given.user.user_id, artistId);
      return historiesOf(histories, given.query.time_range);
    },
  }),
];
