import { ask, question, theRow } from '../database/ask-together.ts';
import { drawSound, type ChartData } from '../figures/charts.ts';
import type { SoundProfile } from '../catalogue/audio-features.ts';
import { QUADRANTS, type Quadrant } from '../mood/figures.ts';
import type { Db } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import type { TimeRange } from '../spotify/top-tracks.ts';
import {
  HIDDEN_COUNT,
  LIST_ROWS,
  listValues,
  libraryOf,
  sourceOf,
  type ListOf,
  type SourceKind,
} from './list-source.ts';

/** Features run from 0 to 1. */
export interface TimeSound extends SoundProfile {
  readonly tracks: number;
  readonly moods: Readonly<Record<Quadrant, number>>;
  readonly moods_known: number;
}

export interface TimeFigures extends TimeSound {
  /** Hidden tracks of that time, which nothing else here counts. */
  readonly hidden: number;
  readonly artists: number;
  readonly top_artists: readonly {
    readonly artist_id: string | null;
    readonly name: string | null;
    readonly points: number;
    readonly tracks: number;
  }[];
}

export const computeTimeFigures = (db: Db, userId: number, list: ListOf): Promise<TimeFigures> =>
  ask(db, FIGURES[sourceOf(list.time)], ...listValues(userId, list));

const average = (feature: string): string =>
  `jsonb_build_object('average', avg(${feature}), 'known', count(${feature}))`;

const countMoods = QUADRANTS.map((mood) => `'${mood}', count(*) FILTER (WHERE mood = '${mood}')`).join(', ');

const SOUND = `
  SELECT jsonb_build_object(
    'tracks', count(*),
    'energy', ${average('energy')}, 'valence', ${average('valence')}, 'danceability', ${average('danceability')},
    'moods_known', count(mood), 'moods', jsonb_build_object(${countMoods})
  ) AS figures
  FROM (
    SELECT energy, valence, danceability, mood_quadrant(energy, valence) AS mood
    FROM list LEFT JOIN ${libraryOf('list')} AS a ON true OFFSET 0
  ) AS sound`;

const figuresSql = (kind: SourceKind): string => `
  WITH list AS MATERIALIZED (${LIST_ROWS[kind]}),
  sound AS (${SOUND}),
  credits AS (
    SELECT points, artist_id,
      CASE WHEN artist_id IS NULL
        THEN (SELECT artist_name FROM tracks WHERE tracks.track_id = list.track_id) END AS artist_name
    FROM list
    LEFT JOIN LATERAL (
      SELECT artist_id FROM track_artists WHERE track_artists.track_id = list.track_id OFFSET 0
    ) AS credited ON true
  ),
  ranked AS (
    SELECT artist_id, artist_name, sum(points)::int AS points, count(*)::int AS tracks
    FROM credits WHERE num_nonnulls(artist_id, artist_name) > 0 GROUP BY artist_id, artist_name
  ),
  best AS (SELECT * FROM ranked ORDER BY points DESC, tracks DESC, artist_id, artist_name LIMIT 10)
  SELECT sound.figures || jsonb_build_object(
    'hidden', (${HIDDEN_COUNT[kind]}),
    'artists', (SELECT count(*) FROM ranked),
    'top_artists', COALESCE((
      SELECT jsonb_agg(jsonb_build_object(
          'artist_id', artist_id, 'points', points, 'tracks', tracks,
          'name', COALESCE((SELECT name FROM artists WHERE artists.artist_id = best.artist_id), artist_name))
        ORDER BY points DESC, tracks DESC, artist_id, artist_name)
      FROM best), '[]')
  ) AS figures
  FROM sound`;

const theFigures = <Sound extends TimeSound>(rows: readonly { figures: Sound }[]): Sound =>
  theRow(rows).figures;

export const FIGURES = {
  day: question(hotQuery('time machine: a day in figures', figuresSql('day')), theFigures<TimeFigures>),
  period: question(
    hotQuery('time machine: a period in figures', figuresSql('period')),
    theFigures<TimeFigures>,
  ),
};

/** The sound of the day that a time is compared with. */
export const DAY_SOUND = question<[userId: number, timeRange: TimeRange, date: string], TimeSound>(
  `WITH list AS MATERIALIZED (${LIST_ROWS.day}) ${SOUND}`,
  theFigures<TimeSound>,
);

export const TIME_CHARTS = {
  'audio-profile': drawSound,
  moods: ({ moods }) => ({
    labels: QUADRANTS.map((mood) => mood.charAt(0).toUpperCase() + mood.slice(1)),
    data: QUADRANTS.map((mood) => moods[mood]),
  }),
  'top-artists': ({ top_artists: artists }) => ({
    labels: artists.map(({ name }) => name ?? 'Unknown artist'),
    data: artists.map(({ points }) => points),
  }),
} satisfies Record<string, (figures: TimeFigures) => ChartData>;
