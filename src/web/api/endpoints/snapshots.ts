import { z } from 'zod';
import type { Db } from '../../../db.ts';
import { ALL_TIME, dayTime, readTime, type ChosenTime } from '../../../snapshots/chosen-time.ts';
import { CHANGES, compareLists } from '../../../snapshots/comparison.ts';
import { listKeptLists } from '../../../snapshots/kept-lists.ts';
import { listTimeArtists } from '../../../snapshots/top-artists.ts';
import { listEntries } from '../../../snapshots/time-list.ts';
import { findSurroundings, nearestTo, type Surroundings } from '../../../snapshots/timeline.ts';
import type { TimeRange } from '../../../spotify/top-list.ts';
import { endpoint } from '../endpoint.ts';
import { day, pageOf, paging, readCursor, timeRange, whole, writeCursor } from '../params.ts';
import { Problem } from '../middleware/problems.ts';
import { named } from '../schemas.ts';
import { cardOf, count, cutPage, date, range, trackCardShape } from '../shapes.ts';

const subject = 'Snapshots';
const RULE =
  'A day’s list is as Spotify gave it. A month, a year and all time are added up from their days: each place gives 51 − rank points, at least 1; most points first, then the better best rank; at most 50.';

const NO_TIME = 'must be a day, a month or a year that exists, such as 2024-03-14, 2024-03 or 2024, or “all”';
const params = {
  time: z
    .string()
    .refine((given) => timeOf(given) !== null, NO_TIME)
    .describe('A day (2024-03-14), a month (2024-03), a year (2024) or `all`'),
};
const query = { time_range: timeRange.default('short_term') };
const example = { params: { time: '2024' }, query: { time_range: 'long_term' } };

const timeOf = (given: string): ChosenTime | null => {
  if (given === 'all') return ALL_TIME;
  return /^\d{4}(-\d\d){0,2}$/.test(given) ? readTime(given) : null;
};

interface Asked {
  readonly params: { readonly time: string };
  readonly query: { readonly time_range: TimeRange };
}

const listOf = ({ params: { time }, query: asked }: Asked) => ({
  time: timeOf(time) ?? ALL_TIME,
  timeRange: asked.time_range,
});

const keptList = named(
  'KeptList',
  z.strictObject({ snapshot_date: date, time_range: range, places: count.describe('How long the list is') }),
);

const about = {
  time: z.string(),
  from: date.nullable().describe('null: from the first list on'),
  to: date.nullable(),
  time_range: range,
  lists: count.describe('Lists of this time; the answer is based on them'),
};

const timeListEntry = named(
  'ListEntry',
  z.strictObject({
    ...trackCardShape,
    position: z.int().nullable().describe('The day’s rank, or the place in the list of a longer time'),
    points: count,
    best_rank: z.int().nullable(),
    listings: count.describe('In how many lists of the time'),
  }),
);

const timeList = z.strictObject({
  ...about,
  before: date.nullable().describe('The last day with a list before this time'),
  after: date.nullable().describe('The first day with a list after it'),
  items: z.array(timeListEntry).describe('Hidden tracks, which are left out'),
});

const timeArtists = z.strictObject({
  ...about,
  lists: count.describe('Artist lists of this time; older archives have none'),
  items: z.array(
    z.strictObject({
      artist_id: z.string(),
      name: z.string().nullable(),
      image_url: z.string().nullable(),
      position: z.int().nullable(),
      points: count,
      best_rank: z.int().nullable(),
      listings: count,
    }),
  ),
});

const place = z.int().nullable().describe('null: not on that list, or there without a rank');
const comparison = z.strictObject({
  earlier_tracks: count,
  later_tracks: count,
  on_both: count,
  overlap: z.number().min(0).max(1).describe('Tracks on both as a share of the shorter list'),
  changes: z.array(
    z.strictObject({
      change: z.enum(CHANGES).describe('From the earlier to the later list'),
      total: count,
      examples: z
        .array(z.strictObject({ ...trackCardShape, earlier_position: place, later_position: place }))
        .describe('The first few, most telling first'),
    }),
  ),
});

const aboutOf = ({ time, timeRange: of }: { time: ChosenTime; timeRange: TimeRange }) => ({
  time: time.id,
  from: time.kind === 'all' ? null : time.from,
  to: time.kind === 'all' ? null : time.to,
  time_range: of,
});

/** @throws Problem 404 for a day without a list; it names the nearest day with one */
async function keptAround(db: Db, userId: number, list: ReturnType<typeof listOf>): Promise<Surroundings> {
  const around = await findSurroundings(db, userId, list);
  if (around.snapshots > 0 || list.time.kind !== 'day') return around;
  const nearest = nearestTo(list.time.from, around);
  throw new Problem(
    'not-found',
    nearest === null
      ? 'No list was saved for this day.'
      : `No list was saved for this day. The nearest is of ${nearest}.`,
  );
}

const listPlace = z.strictObject({ snapshot_date: day, time_range: range });

export const snapshotEndpoints = [
  endpoint({
    method: 'GET',
    path: '/snapshots',
    name: 'listSnapshots',
    subject,
    scope: 'read',
    summary: 'The days with lists, newest first',
    query: { time_range: timeRange.optional(), ...paging },
    answer: pageOf(keptList, {}),
    handler: async ({ db, user, query: { time_range: of = null, after, limit } }) => {
      const wanted = { timeRange: of, after: readCursor(listPlace, after), limit: limit + 1 };
      const { shown, last } = cutPage(await listKeptLists(db, user.user_id, wanted), limit);
      return {
        items: shown,
        next: last && writeCursor({ snapshot_date: last.snapshot_date, time_range: last.time_range }),
      };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/snapshots/:time',
    name: 'getSnapshot',
    subject,
    scope: 'read',
    summary: 'The list of a day, a month, a year or all time',
    description: RULE,
    params,
    query,
    example,
    answer: timeList,
    handler: async (given) => {
      const { db, user } = given;
      const list = listOf(given);
      const around = await keptAround(db, user.user_id, list);
      const rows = around.snapshots === 0 ? [] : await listEntries(db, user.user_id, list, null);
      return {
        ...aboutOf(list),
        lists: around.snapshots,
        before: around.before,
        after: around.after,
        items: rows.map((row) => ({
          ...cardOf(row),
          position: row.position,
          points: row.points,
          best_rank: row.best_rank,
          listings: row.listings,
        })),
      };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/snapshots/:time/artists',
    name: 'getArtistSnapshot',
    subject,
    scope: 'read',
    summary: 'Spotify’s own list of artists of a day, a month, a year or all time',
    description: RULE,
    params,
    query: { ...query, limit: whole(1, 50).default(50) },
    example,
    answer: timeArtists,
    handler: async (given) => {
      const list = listOf(given);
      const { lists, entries } = await listTimeArtists(given.db, given.user.user_id, list, given.query.limit);
      return {
        ...aboutOf(list),
        lists,
        items: entries.map((entry) => ({
          artist_id: entry.artist_id,
          name: entry.name,
          image_url: entry.image_url,
          position: entry.position,
          points: entry.points,
          best_rank: entry.best_rank,
          listings: entry.listings,
        })),
      };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/snapshots/:time/comparison',
    name: 'compareSnapshots',
    subject,
    scope: 'read',
    cost: 2,
    summary: 'What changed between the list of a time and that of a day',
    params,
    query: { ...query, with: day.describe('A day with a list') },
    example: { ...example, query: { time_range: 'long_term', with: '2024-12-31' } },
    answer: comparison,
    handler: async (given) => {
      const { db, user } = given;
      const list = listOf(given);
      const other = { ...list, time: dayTime(given.query.with) };
      await Promise.all([list, other].map((one) => keptAround(db, user.user_id, one)));
      const compared = await compareLists(db, user.user_id, list, given.query.with);
      return {
        earlier_tracks: compared.earlierTracks,
        later_tracks: compared.laterTracks,
        on_both: compared.onBoth,
        overlap: compared.overlap,
        changes: compared.groups.map(({ change, total, tracks }) => ({
          change,
          total,
          examples: tracks.map((row) => ({
            ...cardOf(row),
            earlier_position: row.earlier_position,
            later_position: row.later_position,
          })),
        })),
      };
    },
  }),
];
