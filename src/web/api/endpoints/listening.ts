import { z } from 'zod';
import { ask } from '../../../database/ask-together.ts';
import { ENDINGS } from '../../../listening/endings.ts';
import { listMostSkipped } from '../../../listening/skips.ts';
import { PLAYED_FROM } from '../../../listening/played-from.ts';
import { askedOf, listPlayedMonths, type Played } from '../../../listening/played-months.ts';
import { endpoint, type Endpoint, type Given } from '../endpoint.ts';
import { whole } from '../params.ts';
import { period, periodOf } from '../period.ts';
import { named } from '../schemas.ts';
import { cardOf, count, tallyOf, tallyShape, trackCardShape } from '../shapes.ts';
import { albumOf, albumParams } from './albums.ts';
import { artistOf, artistParams } from './artists.ts';
import { trackOf, trackParams } from './tracks.ts';

const endings = named(
  'Endings',
  z
    .strictObject({
      kept: count.describe('All plays, including those too short to count'),
      end_known: count,
      ended: count.describe('Played to the end, of end_known'),
      skip_known: count,
      skipped: count,
      shuffle_known: count,
      shuffled: count,
      offline_known: count,
      offline: count,
    })
    .describe('Each with the number of plays whose source says it'),
);

const listening = named(
  'Listening',
  z.strictObject({
    months: z
      .array(z.strictObject({ month: z.string().describe('2024-03'), ...tallyShape }))
      .describe('Days with plays that count, in your time zone'),
    played_from: z.strictObject({
      known: count.describe('Plays for which Spotify reported where they started'),
      places: z
        .array(
          z.strictObject({
            kind: z.enum(['playlist', 'album', 'artist', 'collection']).nullable(),
            id: z.string().nullable().describe('Spotify’s'),
            name: z.string().nullable().describe('Where your archive knows it'),
            plays: count,
          }),
        )
        .describe('The most frequent'),
    }),
    endings: endings.describe('Over all time'),
  }),
);

type Asked = Pick<Given, 'db' | 'user'> & {
  readonly query: { readonly from?: string | undefined; readonly to?: string | undefined };
};

async function listeningTo({ db, user, query }: Asked, played: Played, id: string) {
  const asked = periodOf(query);
  const [months, from, ended] = await Promise.all([
    listPlayedMonths(db, user, played, { id, ...asked }),
    ask(db, PLAYED_FROM[played], ...askedOf(user, id, asked)),
    ask(db, ENDINGS[played], user.user_id, id),
  ]);
  const places = from.places.map(({ kind, id: place, name, plays }) => ({ kind, id: place, name, plays }));
  return {
    months: months.map((month) => ({ month: month.month, ...tallyOf(month) })),
    played_from: { known: from.known, places },
    endings: ended,
  };
}

const shared = { method: 'GET', scope: 'read', cost: 2, query: period, answer: listening } as const;

export const listeningEndpoints: readonly Endpoint[] = [
  endpoint({
    ...shared,
    path: '/tracks/:trackId/listening',
    name: 'getTrackListening',
    subject: 'Tracks',
    summary: 'When a track was played, where from, and how plays of it ended',
    params: trackParams,
    handler: async (given) => listeningTo(given, 'track', (await trackOf(given)).track_id),
  }),
  endpoint({
    ...shared,
    path: '/artists/:artistId/listening',
    name: 'getArtistListening',
    subject: 'Artists',
    summary: 'When an artist was played, where from, and how plays of theirs ended',
    params: artistParams,
    handler: async (given) => listeningTo(given, 'artist', (await artistOf(given)).artist_id),
  }),
  endpoint({
    ...shared,
    path: '/albums/:albumId/listening',
    name: 'getAlbumListening',
    subject: 'Albums',
    summary: 'When an album was played, where from, and how plays of it ended',
    params: albumParams,
    handler: async (given) => listeningTo(given, 'album', (await albumOf(given)).album_id),
  }),
  endpoint({
    method: 'GET',
    path: '/plays/most-skipped',
    name: 'listMostSkipped',
    subject: 'Plays',
    scope: 'read',
    summary: 'What you skipped most, where the source of a play says it',
    query: { ...period, limit: whole(1, 100).default(50).describe('The most to return') },
    example: { query: { from: '2024-01-01', to: '2024-12-31' } },
    answer: z.strictObject({
      items: z.array(z.strictObject({ ...trackCardShape, skipped: count, skip_known: count })),
    }),
    handler: async ({ db, user, query }) => ({
      items: (await listMostSkipped(db, user, periodOf(query), query.limit)).map((track) => ({
        ...cardOf(track),
        skipped: track.skipped,
        skip_known: track.skip_known,
      })),
    }),
  }),
];
