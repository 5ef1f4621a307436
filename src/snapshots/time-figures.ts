import type { ChartData } from '../archives/charts.ts';
import type { Average } from '../archives/figures.ts';
import { joinByKey } from '../catalogue/track-card.ts';
import type { Db } from '../db.ts';
import { hotQuery } from '../hot-queries.ts';
import { LIST_ROWS, listValues, sourceOf, type ListOf, type SourceKind } from './list-source.ts';

/** The four moods of a track, by whether its energy and its valence are above a half. */
export const MOODS = ['happy', 'angry', 'calm', 'sad'] as const;
export type Mood = (typeof MOODS)[number];

/** How a list sounds and who it is by. Features run from 0 to 1; each says from how many tracks it speaks. */
export interface TimeFigures {
  readonly tracks: number;
  readonly energy: Average;
  readonly valence: Average;
  readonly danceability: Average;
  /** happy: both above 0.5; angry: energy alone; calm: valence alone; sad: neither. */
  readonly moods: Readonly<Record<Mood, number>>;
  readonly moods_known: number;
  readonly artists: number;
  /** By the points of their tracks on the list, at most ten. */
  readonly top_artists: readonly {
    readonly artist_id: string | null;
    readonly name: string | null;
    readonly points: number;
    readonly tracks: number;
  }[];
}

/** The figures of the list of a chosen time (of a period: of the 50 tracks that make its list). */
export async function computeTimeFigures(db: Db, userId: number, list: ListOf): Promise<TimeFigures> {
  const row = await db.one<{ figures: TimeFigures }>(FIGURES[sourceOf(list.time)], listValues(userId, list));
  return row.figures;
}

const average = (feature: string): string =>
  `jsonb_build_object('average', avg(${feature}), 'known', count(${feature}))`;

const figuresSql = (kind: SourceKind): string => `
  WITH list AS MATERIALIZED (${LIST_ROWS[kind]}),
  sound AS (
    SELECT jsonb_build_object(
      'tracks', count(*),
      'energy', ${average('energy')}, 'valence', ${average('valence')}, 'danceability', ${average('danceability')},
      'moods_known', count(*) FILTER (WHERE energy IS NOT NULL AND valence IS NOT NULL),
      'moods', jsonb_build_object(
        'happy', count(*) FILTER (WHERE energy > 0.5 AND valence > 0.5),
        'angry', count(*) FILTER (WHERE energy > 0.5 AND valence <= 0.5),
        'calm', count(*) FILTER (WHERE energy <= 0.5 AND valence > 0.5),
        'sad', count(*) FILTER (WHERE energy <= 0.5 AND valence <= 0.5))
    ) AS figures
    FROM list LEFT JOIN archive_tracks AS a ON (a.user_id, a.track_id) = ($1, list.track_id)
  ),
  credits AS (
    SELECT points, artist_id, CASE WHEN artist_id IS NULL THEN artist_name END AS artist_name
    FROM list
    ${joinByKey('tracks', 'list.track_id')}
    LEFT JOIN LATERAL (SELECT artist_id FROM track_artists WHERE track_id = list.track_id OFFSET 0) AS credited ON true
    WHERE COALESCE(artist_id, artist_name) IS NOT NULL
  ),
  ranked AS (
    SELECT artist_id, artist_name, sum(points)::int AS points, count(*)::int AS tracks
    FROM credits GROUP BY artist_id, artist_name
  ),
  best AS (SELECT * FROM ranked ORDER BY points DESC, tracks DESC, artist_id, artist_name LIMIT 10)
  SELECT sound.figures || jsonb_build_object(
    'artists', (SELECT count(*) FROM ranked),
    'top_artists', COALESCE((
      SELECT jsonb_agg(jsonb_build_object(
          'artist_id', artist_id, 'name', COALESCE(artists.name, artist_name), 'points', points, 'tracks', tracks)
        ORDER BY points DESC, tracks DESC, artist_id, artist_name)
      FROM best LEFT JOIN artists USING (artist_id)), '[]')
  ) AS figures
  FROM sound`;

const FIGURES: Readonly<Record<SourceKind, string>> = {
  day: hotQuery('time machine: a day in figures', ['userId', 'timeRange', 'latestDate'], figuresSql('day')),
  period: hotQuery(
    'time machine: a period in figures',
    ['userId', 'timeRange', 'period'],
    figuresSql('period'),
  ),
};

/** The charts of a list, by the name they have below /api/time-machine. */
export const TIME_CHARTS = {
  'audio-profile': ({ energy, valence, danceability }) => ({
    labels: ['Energy', 'Valence', 'Danceability'],
    data: [energy.average, valence.average, danceability.average],
  }),
  moods: ({ moods }) => ({
    labels: MOODS.map((mood) => mood.charAt(0).toUpperCase() + mood.slice(1)),
    data: MOODS.map((mood) => moods[mood]),
  }),
  'top-artists': ({ top_artists: artists }) => ({
    labels: artists.map(({ name }) => name ?? 'Unknown artist'),
    data: artists.map(({ points }) => points),
  }),
} satisfies Record<string, (figures: TimeFigures) => ChartData>;
