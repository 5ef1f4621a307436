import type { Queries } from '../db.ts';
import { TIME_RANGES, type TimeRange } from '../spotify/top-tracks.ts';
import type { Average } from '../catalogue/audio-features.ts';

/** Of Russell's circumplex of affect (J. Pers. Soc. Psychol. 39, 1980, 1161–1178), with energy as arousal. */
export const QUADRANTS = ['happy', 'angry', 'calm', 'sad'] as const;
export type Quadrant = (typeof QUADRANTS)[number];

interface QuadrantFigures {
  readonly tracks: number;
  readonly danceability: Average;
  readonly acousticness: Average;
}

export interface MoodPoint {
  readonly track_id: string;
  readonly name: string | null;
  readonly artist_names: string;
  readonly energy: number;
  readonly valence: number;
}

/** The mean of the month's snapshots in one range. */
export interface MoodMonth {
  /** Months since the year 0: year × 12 + month − 1. */
  readonly month: number;
  /** NULL if no track of that month has both energy and valence. */
  readonly energy: number | null;
  readonly valence: number | null;
  readonly snapshots: number;
  readonly places: number;
  readonly known: number;
}

/** Features run from 0 to 1, tempo is in BPM. */
export interface MoodCounts {
  readonly tracks: number;
  /** With both energy and valence: all moods are based on these. */
  readonly known: number;
  readonly quadrants: Readonly<Record<Quadrant, QuadrantFigures>>;
  /** Tracks by fifths of energy (rows, calm first) and valence (columns, dark first). */
  readonly grid: readonly (readonly number[])[];
  /** How many of them the map draws. */
  readonly drawn: number;
  /** Tracks per ten BPM; `from` is the lowest. */
  readonly tempo: { readonly known: number; readonly bins: readonly { from: number; tracks: number }[] };
  readonly keys: readonly number[];
  readonly modes: { readonly major: number; readonly minor: number };
  readonly months: Readonly<Record<TimeRange, readonly MoodMonth[]>>;
}

/** A page is made of the counts; the points are by far the longer part, and asked for where they are drawn. */
export interface MoodFigures extends Omit<MoodCounts, 'drawn'> {
  readonly points: readonly MoodPoint[];
}

export const countsOf = ({ points, ...counts }: MoodFigures): MoodCounts => ({
  ...counts,
  drawn: points.length,
});

const MOST_POINTS = 1_000;
/** As many as fit a chart month by month. */
export const MOST_MONTHS = 240;

/** Costly for a large archive: it reads every snapshot. */
export async function computeMoodFigures(db: Queries, userId: number): Promise<MoodFigures> {
  const { figures } = await db.one<{ figures: Omit<MoodFigures, 'months'> }>(FIGURES, [userId]);
  const rows = await db.many<{ time_range: TimeRange; months: MoodMonth[] }>(MONTHS, [userId]);
  const known = new Map(rows.map((row) => [row.time_range, row.months.slice(-MOST_MONTHS)]));
  const months = Object.fromEntries(TIME_RANGES.map((range) => [range, known.get(range) ?? []]));
  return { ...figures, months: months as Record<TimeRange, MoodMonth[]> };
}

const average = (feature: string): string =>
  `jsonb_build_object('average', avg(placed.${feature}), 'known', count(placed.${feature}))`;

const fifth = (feature: string): string => `LEAST(floor(${feature} * 5), 4)::int`;

/** In one round trip. The points are those whose ids have the smallest hashes. */
const FIGURES = `
  WITH library AS MATERIALIZED (
    SELECT track_id, name, artist_names, energy, valence, danceability, acousticness, tempo, key, mode,
      mood_quadrant(energy, valence) AS quadrant
    FROM library_tracks WHERE user_id = $1 AND NOT hidden
  ),
  placed AS (SELECT * FROM library WHERE quadrant IS NOT NULL),
  quadrants AS (
    SELECT jsonb_object_agg(quadrant, figures) AS figures
    FROM (
      SELECT quadrant, jsonb_build_object('tracks', count(placed.quadrant),
        'danceability', ${average('danceability')}, 'acousticness', ${average('acousticness')}) AS figures
      FROM unnest('{${QUADRANTS.join(',')}}'::text[]) AS every (quadrant) LEFT JOIN placed USING (quadrant)
      GROUP BY quadrant
    ) AS each
  ),
  cells AS (
    SELECT high, jsonb_agg(tracks ORDER BY across) AS line
    FROM (
      SELECT high, across, count(placed.quadrant) AS tracks
      FROM generate_series(0, 4) AS high CROSS JOIN generate_series(0, 4) AS across
      LEFT JOIN placed ON ${fifth('energy')} = high AND ${fifth('valence')} = across
      GROUP BY high, across
    ) AS cell
    GROUP BY high
  ),
  points AS (
    SELECT track_id, left(name, 80) AS name, left(artist_names, 60) AS artist_names, energy, valence
    FROM placed ORDER BY md5(track_id), track_id LIMIT ${MOST_POINTS}
  ),
  bins AS (
    SELECT floor(tempo / 10)::int * 10 AS low, count(*) AS tracks FROM library WHERE tempo IS NOT NULL GROUP BY 1
  ),
  keys AS (
    SELECT number, count(library.key) AS tracks
    FROM generate_series(0, 11) AS number LEFT JOIN library ON library.key = number GROUP BY number
  )
  SELECT jsonb_build_object(
    'tracks', (SELECT count(*) FROM library),
    'known', (SELECT count(*) FROM placed),
    'quadrants', (SELECT figures FROM quadrants),
    'grid', (SELECT jsonb_agg(line ORDER BY high) FROM cells),
    'points', (SELECT COALESCE(jsonb_agg(points ORDER BY valence, energy, track_id), '[]') FROM points),
    'tempo', jsonb_build_object(
      'known', (SELECT count(tempo) FROM library),
      'bins', (SELECT COALESCE(jsonb_agg(jsonb_build_object('from', low, 'tracks', tracks) ORDER BY low), '[]')
               FROM bins)),
    'keys', (SELECT jsonb_agg(tracks ORDER BY number) FROM keys),
    'modes', (SELECT jsonb_build_object(
      'major', count(*) FILTER (WHERE mode = 1), 'minor', count(*) FILTER (WHERE mode = 0)) FROM library)
  ) AS figures`;

/** Of each snapshot first, then of the month, so that months with more snapshots weigh the same. */
const MONTHS = `
  SELECT time_range, jsonb_agg(each_month ORDER BY month) AS months
  FROM (
    SELECT time_range,
      (extract(year FROM snapshot_date) * 12 + extract(month FROM snapshot_date) - 1)::int AS month,
      avg(energy) AS energy, avg(valence) AS valence,
      count(*) AS snapshots, sum(places) AS places, sum(known) AS known
    FROM (
      SELECT time_range, snapshot_date, count(*) AS places, count(placed.energy) AS known,
        avg(placed.energy) AS energy, avg(placed.valence) AS valence
      FROM snapshots
      JOIN (
        SELECT track_id, CASE WHEN valence IS NOT NULL THEN energy END AS energy,
          CASE WHEN energy IS NOT NULL THEN valence END AS valence
        FROM library_tracks WHERE user_id = $1 AND NOT hidden
      ) AS placed USING (track_id)
      WHERE user_id = $1
      GROUP BY time_range, snapshot_date
    ) AS each_snapshot
    GROUP BY time_range, month
  ) AS each_month
  GROUP BY time_range`;
