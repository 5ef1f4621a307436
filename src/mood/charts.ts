import type { MoodCounts, MoodMonth, MoodPoint } from './figures.ts';
import { MOST_MONTHS } from './figures.ts';
import type { TimeRange } from '../spotify/top-tracks.ts';
import { QUADRANT_NAMES, QUADRANTS } from './quadrants.ts';

export interface Drawing<Mark> {
  readonly labels: readonly string[];
  readonly data: readonly Mark[];
}

/** Valence to the right, energy upwards, both from 0 to 1. */
export interface MapPoint {
  readonly x: number;
  readonly y: number;
  readonly trackId: string;
}

export type PathPoint = { readonly energy: number; readonly valence: number } | null;

export const KEYS = [
  'C',
  'C♯ / D♭',
  'D',
  'D♯ / E♭',
  'E',
  'F',
  'F♯ / G♭',
  'G',
  'G♯ / A♭',
  'A',
  'A♯ / B♭',
  'B',
];
export const KEY_NAMES: readonly string[] = KEYS.map((key) => key.replace(/ .*/, ''));

export const MOOD_CHARTS = {
  'mood-quadrants': ({ quadrants }: MoodCounts): Drawing<number> => ({
    labels: QUADRANTS.map((quadrant) => QUADRANT_NAMES[quadrant]),
    data: QUADRANTS.map((quadrant) => quadrants[quadrant].tracks),
  }),
  tempo: ({ tempo }: MoodCounts): Drawing<number> => fillBins(tempo.bins),
  key: ({ keys }: MoodCounts): Drawing<number> => ({ labels: KEY_NAMES, data: keys }),
  mode: ({ modes }: MoodCounts): Drawing<number> => ({
    labels: ['Major', 'Minor'],
    data: [modes.major, modes.minor],
  }),
} as const;

export const drawMoodMap = (points: readonly MoodPoint[]): Drawing<MapPoint> => ({
  labels: points.map(({ name, artist_names: by }) => [name ?? 'Untitled', by].filter(Boolean).join(' · ')),
  data: points.map(({ track_id: trackId, energy, valence }) => ({ x: valence, y: energy, trackId })),
});

/** Up to the last MOST_MONTHS months; those without a snapshot are null. */
export function drawMoodPath({ months }: MoodCounts, timeRange: TimeRange): Drawing<PathPoint> {
  const known = new Map(months[timeRange].map((month) => [month.month, month]));
  const last = months[timeRange].at(-1)?.month;
  if (last === undefined) return { labels: [], data: [] };
  const first = Math.max(months[timeRange][0]?.month ?? last, last - MOST_MONTHS + 1);
  const every = Array.from({ length: last - first + 1 }, (_, at) => first + at);
  return { labels: every.map(monthLabel), data: every.map((month) => pathPoint(known.get(month))) };
}

function pathPoint(month: MoodMonth | undefined): PathPoint {
  if (month === undefined || month.energy === null || month.valence === null) return null;
  return { energy: month.energy, valence: month.valence };
}

/** @param month months since the year 0 */
export function monthLabel(month: number): string {
  return `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`;
}

function fillBins(bins: MoodCounts['tempo']['bins']): Drawing<number> {
  const [first, last] = [bins[0]?.from, bins.at(-1)?.from];
  if (first === undefined || last === undefined) return { labels: [], data: [] };
  const lows = Array.from({ length: (last - first) / 10 + 1 }, (_, at) => first + at * 10);
  const tracks = new Map(bins.map((bin) => [bin.from, bin.tracks]));
  return { labels: lows.map(String), data: lows.map((low) => tracks.get(low) ?? 0) };
}
