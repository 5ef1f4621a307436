import { z } from 'zod';
import { getMoodCounts } from '../../../figures/summary.ts';
import { notFound } from '../../../errors.ts';
import { monthLabel } from '../../../mood/charts.ts';
import type { MoodMonth } from '../../../mood/figures.ts';
import { isQuadrant, listQuadrantTracksAfter, QUADRANT_NAMES, QUADRANTS } from '../../../mood/quadrants.ts';
import { endpoint } from '../endpoint.ts';
import { badCursor, id, pageOf, paging, readCursor, text, timeRange, writeCursor } from '../params.ts';
import { named } from '../schemas.ts';
import { average, cardOf, count, cutPage, range, trackCardShape } from '../shapes.ts';

const subject = 'Mood';
const share = z.number().min(0).max(1);

const mood = named(
  'Mood',
  z.strictObject({
    tracks: count.describe('Tracks of the library'),
    known: count.describe('Tracks with both energy and valence; moods are based on these'),
    quadrants: z.array(
      z.strictObject({
        quadrant: z.enum(QUADRANTS),
        name: z.string(),
        tracks: count,
        danceability: average,
        acousticness: average,
      }),
    ),
    grid: z
      .array(z.array(count))
      .describe('Tracks in each fifth of energy (calm first), by each fifth of valence (dark first)'),
    tempo: z.strictObject({
      known: count,
      bins: z
        .array(z.strictObject({ from: z.int(), tracks: count }))
        .describe('Tracks in each step of ten beats per minute'),
    }),
    keys: z.array(count).describe('Tracks in each key, from C upwards'),
    modes: z.strictObject({ major: count, minor: count }),
  }),
);

const moodMonth = z.strictObject({
  month: z.string().describe('YYYY-MM'),
  energy: share.nullable(),
  valence: share.nullable(),
  snapshots: count.describe('Lists of the month; each counts once'),
  places: count.describe('Places in them'),
  known: count.describe('Places held by tracks with both energy and valence'),
});

const monthOf = ({ month, energy, valence, snapshots, places, known }: MoodMonth) => ({
  month: monthLabel(month),
  energy,
  valence,
  snapshots,
  places,
  known,
});

const quadrantTrack = named(
  'QuadrantTrack',
  z.strictObject({ ...trackCardShape, energy: share, valence: share }),
);

const place = z.strictObject({ track_id: text(2_000) });

export const moodEndpoints = [
  endpoint({
    method: 'GET',
    path: '/mood',
    name: 'getMood',
    subject,
    scope: 'read',
    summary: 'Where your library stands between energy and valence',
    answer: mood,
    handler: async ({ db, user }) => {
      const figures = await getMoodCounts(db, user.user_id);
      const { tracks, known, grid, tempo, keys, modes } = figures;
      const quadrants = QUADRANTS.map((quadrant) => ({
        quadrant,
        name: QUADRANT_NAMES[quadrant],
        ...figures.quadrants[quadrant],
      }));
      return {
        tracks,
        known,
        quadrants,
        grid: grid.map((line) => [...line]),
        tempo: { known: tempo.known, bins: [...tempo.bins] },
        keys: [...keys],
        modes,
      };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/mood/path',
    name: 'getMoodPath',
    subject,
    scope: 'read',
    summary: 'The mood of your lists, month by month',
    query: { time_range: timeRange.default('short_term') },
    example: { query: { time_range: 'long_term' } },
    answer: z.strictObject({
      time_range: range,
      months: z.array(moodMonth).describe('Oldest first, 240 at most; months without a list are missing'),
    }),
    handler: async ({ db, user, query }) => {
      const { months } = await getMoodCounts(db, user.user_id);
      return {
        time_range: query.time_range,
        months: months[query.time_range].map(monthOf),
      };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/mood/:quadrant/tracks',
    name: 'listMoodTracks',
    subject,
    scope: 'read',
    summary: 'The tracks of a quadrant, the clearest first',
    params: { quadrant: id.describe(`One of ${QUADRANTS.join(', ')}`) },
    query: paging,
    example: { params: { quadrant: 'happy' }, query: { limit: '10' } },
    answer: pageOf(quadrantTrack, {}),
    handler: async ({ db, user, params: { quadrant }, query }) => {
      if (!isQuadrant(quadrant)) throw notFound();
      const after = readCursor(place, query.after)?.track_id ?? null;
      const rows = await listQuadrantTracksAfter(db, user.user_id, quadrant, {
        after,
        limit: query.limit + 1,
      });
      if (after !== null && rows.length === 0) throw badCursor();
      const { shown, last } = cutPage(rows, query.limit);
      return {
        items: shown.map((track) => ({ ...cardOf(track), energy: track.energy, valence: track.valence })),
        next: last && writeCursor({ track_id: last.track_id }),
      };
    },
  }),
];
