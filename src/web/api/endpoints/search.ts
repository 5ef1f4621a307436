import { z } from 'zod';
import { TRACKS_PER_PAGE, type FoundTrack } from '../../../search/find-tracks.ts';
import { LONGEST_QUERY } from '../../../search/parse-query.ts';
import { searchArchive } from '../../../search/search.ts';
import { listSuggestions } from '../../../search/suggest.ts';
import { endpoint } from '../endpoint.ts';
import { pageOf, paging, readCursor, text, writeCursor } from '../params.ts';
import { named } from '../schemas.ts';
import { cardOf, count, date, tallyOf, tallyShape, trackCardShape } from '../shapes.ts';

const subject = 'Search';
const q = text(LONGEST_QUERY).describe(
  'Words; `artist:`, `album:`, `track:`, `year:1990-1999`, "a phrase", -without and or as on the search page',
);
const example = { query: { q: 'halo' } };

const foundTrack = named(
  'FoundTrack',
  z.strictObject({
    ...trackCardShape,
    release_date: date.nullable(),
    popularity: z.int().nullable(),
    best_rank: z.int().nullable(),
    last_listed_date: date.nullable(),
    ...tallyShape,
  }),
);

const foundOf = (track: FoundTrack) => ({
  ...cardOf(track),
  release_date: track.release_date,
  popularity: track.popularity,
  best_rank: track.best_rank,
  last_listed_date: track.last_listed_date,
  ...tallyOf(track),
});

const suggestion = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('artist'), artist_id: z.string(), name: z.string(), tracks: count }),
  z.strictObject({
    kind: z.literal('track'),
    track_id: z.string(),
    name: z.string(),
    artist_names: z.string(),
  }),
  z.strictObject({
    kind: z.literal('album'),
    album_id: z.string(),
    name: z.string(),
    artist_names: z.string(),
  }),
]);

/** Ordered by how well a track matches: there is no other key to continue from. */
const page = z.strictObject({ page: z.int().min(1).max(1_000_000) });

export const searchEndpoints = [
  endpoint({
    method: 'GET',
    path: '/search',
    name: 'search',
    subject,
    scope: 'read',
    cost: 2,
    summary: 'Your tracks and artists by name, the best matches first',
    query: { q, after: paging.after },
    example,
    answer: pageOf(foundTrack, {
      found: count.describe(
        'How many tracks are found exactly; on the first pages they are counted to 1,000',
      ),
      more: z.boolean().describe('More tracks are found than were counted'),
      near: z.boolean().describe('No exact match; these are close'),
      remarks: z.array(z.string()).describe('What was ignored in the search, and why'),
      artists: z
        .array(z.strictObject({ artist_id: z.string(), name: z.string(), tracks: count }))
        .describe('On the first page only'),
    }),
    handler: async ({ db, user, query }) => {
      const { page: at } = readCursor(page, query.after) ?? { page: 1 };
      const result = await searchArchive(db, user.user_id, query.q, at);
      return {
        found: result.found,
        more: result.more,
        near: result.near,
        remarks: [...result.remarks],
        artists: result.artists.map(({ artist_id, name, tracks }) => ({ artist_id, name, tracks })),
        items: result.tracks.map(foundOf),
        next: result.more || at * TRACKS_PER_PAGE < result.found ? writeCursor({ page: at + 1 }) : null,
      };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/suggestions',
    name: 'listSuggestions',
    subject,
    scope: 'read',
    summary: 'What a listener may be about to type',
    query: { q },
    example,
    answer: z.strictObject({ items: z.array(suggestion) }),
    handler: async ({ db, user, query }) => ({
      items: (await listSuggestions(db, user.user_id, query.q)).map((one) => {
        if (one.kind === 'artist')
          return { kind: one.kind, artist_id: one.artistId, name: one.name, tracks: one.tracks };
        if (one.kind === 'track')
          return { kind: one.kind, track_id: one.trackId, name: one.name, artist_names: one.artistName };
        return { kind: one.kind, album_id: one.albumId, name: one.name, artist_names: one.artistName };
      }),
    }),
  }),
];
