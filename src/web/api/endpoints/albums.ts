import { z } from 'zod';
import { findAlbum, listAlbumTracks, type ListenerAlbum } from '../../../catalogue/listener-album.ts';
import { notFound } from '../../../errors.ts';
import { findAlbumTotals } from '../../../listening/played-totals.ts';
import { endpoint, type Given } from '../endpoint.ts';
import { id, pageOf, paging, readableId, readCursor, writeCursor } from '../params.ts';
import { named } from '../schemas.ts';
import {
  cardOf,
  count,
  countedOf,
  countedShape,
  cutPage,
  date,
  playsOf,
  playsShape,
  tallyOf,
  tallyShape,
  trackCardShape,
} from '../shapes.ts';

const subject = 'Albums';
export const albumParams = { albumId: id.describe('An album’s id, as tracks name it') };
const example = { params: { albumId: '4aawyAB9vmqN3uQ7FjRGTy' } };

type Asked = Pick<Given, 'db' | 'user'> & { readonly params: { readonly albumId: string } };

/** Hidden albums look like unknown ones. @throws AppError 404 */
export async function albumOf({ db, user, params: asked }: Asked): Promise<ListenerAlbum> {
  const album = await findAlbum(db, user.user_id, readableId(asked.albumId));
  if (album === null || album.tracks === 0) throw notFound();
  return album;
}

const album = named(
  'Album',
  z.strictObject({
    album_id: z.string().describe('Spotify’s; one that begins with mtm: where only names are known'),
    name: z.string().nullable(),
    artists: z
      .array(z.strictObject({ artist_id: z.string().nullable(), name: z.string() }))
      .describe('An id where a track of yours names them'),
    art_url: z.string().nullable(),
    album_type: z.string().nullable(),
    release_date: date.nullable().describe('The first day it can be; see the precision'),
    release_date_precision: z.enum(['year', 'month', 'day']).nullable(),
    total_tracks: count.nullable().describe('How many Spotify says it has'),
    tracks: count.describe('Your tracks on it'),
    length_ms: count.describe('Their length'),
    timed_tracks: count.describe('Tracks with a known length'),
    listings: count.describe('Their places in ranked lists'),
    best_rank: z.int().nullable(),
    first_listed_date: date.nullable(),
    last_listed_date: date.nullable(),
    ...playsShape,
    ...countedShape,
  }),
);

const albumTrack = named(
  'AlbumTrack',
  z.strictObject({
    ...trackCardShape,
    disc_number: z.int().nullable(),
    track_number: z.int().nullable(),
    duration_ms: z.int().nullable(),
    listings: count,
    best_rank: z.int().nullable(),
    ...tallyShape,
  }),
);

/** The album's order has no other key to continue from. */
const place = z.strictObject({ offset: z.int().min(1).max(1_000_000) });

export const albumEndpoints = [
  endpoint({
    method: 'GET',
    path: '/albums/:albumId',
    name: 'getAlbum',
    subject,
    scope: 'read',
    summary: 'An album and what it was to you',
    params: albumParams,
    example,
    answer: album,
    handler: async (given) => {
      const { cover_seed: _seed, hidden_tracks: _hidden, artists, ...found } = await albumOf(given);
      const totals = await findAlbumTotals(given.db, given.user.user_id, found.album_id);
      return {
        ...found,
        artists: artists.map(({ artist_id, name }) => ({ artist_id, name })),
        ...playsOf(totals),
        ...countedOf(totals),
      };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/albums/:albumId/tracks',
    name: 'listAlbumTracks',
    subject,
    scope: 'read',
    summary: 'Your tracks of an album, in its order',
    params: albumParams,
    query: paging,
    example,
    answer: pageOf(albumTrack, {}),
    handler: async (given) => {
      const { db, user, query } = given;
      const { album_id: albumId } = await albumOf(given);
      const { offset } = readCursor(place, query.after) ?? { offset: 0 };
      const rows = await listAlbumTracks(db, user.user_id, albumId, { offset, limit: query.limit + 1 });
      const { shown, last } = cutPage(rows, query.limit);
      return {
        items: shown.map((row) => ({
          ...cardOf(row),
          disc_number: row.disc_number,
          track_number: row.track_number,
          duration_ms: row.duration_ms,
          listings: row.listings,
          best_rank: row.best_rank,
          ...tallyOf(row),
        })),
        next: last && writeCursor({ offset: offset + query.limit }),
      };
    },
  }),
];
