import { z } from 'zod';
import { listPlayGaps, listPlays } from '../../../plays/history.ts';
import { findSpan } from '../../../listening/span.ts';
import { endpoint } from '../endpoint.ts';
import { pageOf, paging, readCursor, text, whole, writeCursor } from '../params.ts';
import { period, periodOf } from '../period.ts';
import { named } from '../schemas.ts';
import {
  cardOf,
  countedOf,
  countedShape,
  cutPage,
  date,
  instant,
  tallyOf,
  tallyShape,
  trackCardShape,
} from '../shapes.ts';

const subject = 'Plays';

const play = named(
  'Play',
  z.strictObject({
    ...trackCardShape,
    played_at: instant.describe('When it ended'),
    date: date.describe('The day in your time zone'),
    ms_played: z.int().nullable().describe('How long you listened; null: not known'),
    source: z.string().describe('capture, or the kind of file it came from'),
  }),
);

const place = z.strictObject({ us: z.int().min(0).max(9e15), nth: z.int32(), track_id: text(2_000) });

export const playEndpoints = [
  endpoint({
    method: 'GET',
    path: '/plays',
    name: 'listPlays',
    subject,
    scope: 'read',
    cost: 2,
    summary: 'What you played, the newest first',
    query: { ...period, q: text(200).optional().describe('Words in the track, artist or album'), ...paging },
    example: { query: { from: '2024-01-01', limit: '10' } },
    answer: pageOf(play, {}),
    handler: async ({ db, user, query }) => {
      const after = readCursor(place, query.after);
      const filter = {
        ...periodOf(query),
        words: query.q?.trim() || null,
        after: after && { playedUs: after.us, nth: after.nth, trackId: after.track_id },
      };
      const { shown, last } = cutPage(await listPlays(db, user, filter, query.limit + 1), query.limit);
      return {
        items: shown.map((one) => ({
          ...cardOf(one),
          played_at: one.played_at.toISOString(),
          date: one.day,
          ms_played: one.ms_played,
          source: one.source,
        })),
        next: last && writeCursor({ us: last.played_us, nth: last.nth, track_id: last.track_id }),
      };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/plays/top',
    name: 'listTopPlayed',
    subject,
    scope: 'read',
    cost: 5,
    summary: 'What you played most, and what all plays of the time come to',
    query: { ...period, limit: whole(1, 100).default(50).describe('The most to return') },
    example: { query: { from: '2024-01-01', to: '2024-12-31', limit: '10' } },
    answer: z.strictObject({
      ...countedShape,
      items: z.array(z.strictObject({ ...trackCardShape, ...tallyShape })),
    }),
    handler: async ({ db, user, query }) => {
      const span = await findSpan(db, user, periodOf(query), query.limit);
      const items = span.tracks.map((track) => ({ ...cardOf(track), ...tallyOf(track) }));
      return { ...countedOf(span), items };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/plays/gaps',
    name: 'listPlayGaps',
    subject,
    scope: 'read',
    summary: 'Where plays may be missing, the newest first',
    description:
      'Between two plays there may have been more than Spotify still knew when it was asked. The newest hundred.',
    query: period,
    example: { query: { from: '2024-01-01' } },
    answer: z.strictObject({
      items: z.array(z.strictObject({ after_played_at: instant, before_played_at: instant })),
    }),
    handler: async ({ db, user, query }) => {
      const gaps = await listPlayGaps(db, user, periodOf(query));
      const items = gaps.map((gap) => ({
        after_played_at: gap.after_played_at.toISOString(),
        before_played_at: gap.before_played_at.toISOString(),
      }));
      return { items };
    },
  }),
];
