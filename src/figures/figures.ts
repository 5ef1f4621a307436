import type { SoundProfile } from '../catalogue/audio-features.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import type { TimeRange } from '../spotify/top-tracks.ts';

interface PopularTrack {
  readonly track_id: string;
  readonly name: string | null;
  readonly artist_name: string | null;
  readonly popularity: number;
  readonly cover_seed: string;
  readonly thumbnail_url: string | null;
}

interface TopArtist {
  readonly artist_id: string;
  readonly name: string | null;
  readonly tracks: number;
  readonly appearances: number;
  readonly best_rank: number | null;
}

/** Audio features run from 0 to 1. */
export interface Figures extends SoundProfile {
  readonly tracks: number;
  /** Nothing else here counts them. */
  readonly hidden: number;
  readonly artists: number;
  readonly with_features: number;
  /** high: energy ≥ 0.8, medium: ≥ 0.5, low: below. */
  readonly energy_distribution: { readonly high: number; readonly medium: number; readonly low: number };
  readonly decades: readonly { readonly decade: number; readonly tracks: number }[];
  readonly release_dates_known: number;
  readonly explicit: { readonly tracks: number; readonly known: number };
  readonly popularity_known: number;
  readonly most_popular: readonly PopularTrack[];
  readonly top_artists: readonly TopArtist[];
}

const COLUMNS =
  'own.track_id, name, artist_names, popularity, release_date, has_features, energy, valence, danceability, explicit, hidden';

/**
 * `appearances`: entries in ranked lists and playlists, or in the newest list of the range. (Whatever is in a playlist is in
 * the library. A full join is never a loop: where ten thousand tracks had just come to a library of which PostgreSQL still
 * knew one, it compared each with each, for ten seconds.)
 */
const SCOPES = {
  archive: `
    SELECT ${COLUMNS}, own.best_rank, own.listings + COALESCE(entries, 0) AS appearances
    FROM (SELECT * FROM library_tracks WHERE user_id = $1) AS own
    FULL JOIN (
      SELECT track_id, count(*) AS entries FROM playlist_tracks WHERE user_id = $1 GROUP BY track_id
    ) AS listed USING (track_id)`,
  list: `
    SELECT ${COLUMNS}, rank AS best_rank, 1 AS appearances
    FROM snapshots, LATERAL (
      SELECT * FROM library_tracks AS l WHERE l.user_id = $1 AND l.track_id = snapshots.track_id OFFSET 0) AS own
    WHERE snapshots.user_id = $1 AND time_range = $2
      AND snapshot_date = (SELECT max(snapshot_date) FROM snapshots WHERE user_id = $1 AND time_range = $2)`,
};

type Scope = keyof typeof SCOPES;

/** Costly for a large archive: see summary.ts. */
export async function computeArchiveFigures(db: Queries, userId: number): Promise<Figures> {
  return (await db.one<{ figures: Figures }>(ARCHIVE_FIGURES, [userId])).figures;
}

export async function computeListFigures(
  db: Queries,
  userId: number,
  timeRange: TimeRange,
): Promise<Figures> {
  return (await db.one<{ figures: Figures }>(LIST_FIGURES, [userId, timeRange])).figures;
}

/** In one round trip, as one jsonb document. */
function figuresSql(scope: Scope): string {
  return `
  WITH scope AS MATERIALIZED (${SCOPES[scope]}),
  chosen AS MATERIALIZED (SELECT * FROM scope WHERE NOT hidden),
  ${TALLIES},
  ${POPULAR},
  ${ARTISTS}
  SELECT tallies.figures
    || jsonb_build_object('hidden', (SELECT count(*) FROM scope WHERE hidden))
    || jsonb_build_object('decades', decades.list, 'most_popular', popular.list)
    || jsonb_build_object('artists', artists.total, 'top_artists', artists.list) AS figures
  FROM tallies, decades, popular, artists`;
}

const average = (feature: string): string =>
  `jsonb_build_object('average', avg(${feature}), 'known', count(${feature}))`;

const TALLIES = `
  tallies AS (
    SELECT jsonb_build_object(
      'tracks', count(*),
      'with_features', count(*) FILTER (WHERE has_features),
      'energy', ${average('energy')},
      'valence', ${average('valence')},
      'danceability', ${average('danceability')},
      'energy_distribution', jsonb_build_object(
        'high', count(*) FILTER (WHERE energy >= 0.8),
        'medium', count(*) FILTER (WHERE energy >= 0.5 AND energy < 0.8),
        'low', count(*) FILTER (WHERE energy < 0.5)),
      'release_dates_known', count(release_date),
      'explicit', jsonb_build_object('tracks', count(*) FILTER (WHERE explicit), 'known', count(explicit)),
      'popularity_known', count(popularity)
    ) AS figures
    FROM chosen
  ),
  decades AS (
    SELECT COALESCE(jsonb_agg(jsonb_build_object('decade', decade, 'tracks', tracks) ORDER BY decade), '[]') AS list
    FROM (
      SELECT (extract(year FROM release_date)::int / 10) * 10 AS decade, count(*) AS tracks
      FROM chosen WHERE release_date IS NOT NULL GROUP BY 1
    ) AS by_decade
  )`;

const POPULAR = `
  popular AS (
    SELECT COALESCE(jsonb_agg(to_jsonb(best) ORDER BY popularity DESC, name, track_id), '[]') AS list
    FROM (
      SELECT track_id, tracks.name, tracks.artist_name, first.popularity,
        tracks.cover_seed, tracks.thumbnail_url
      FROM (
        SELECT track_id, popularity
        FROM chosen WHERE popularity IS NOT NULL
        ORDER BY popularity DESC, name, track_id LIMIT 10
      ) AS first
      JOIN tracks USING (track_id)
    ) AS best
  )`;

/** A track without linked artists counts under its artist's name. */
const ARTISTS = `
  credits AS (
    SELECT artist_id, appearances, best_rank FROM chosen JOIN track_artists USING (track_id)
    UNION ALL
    SELECT 'name:' || artist_names, appearances, best_rank FROM chosen
    WHERE artist_names <> '' AND NOT EXISTS (SELECT FROM track_artists WHERE track_id = chosen.track_id OFFSET 0)
  ),
  ranked AS (
    SELECT artist_id, count(*)::int AS tracks, sum(appearances)::int AS appearances, min(best_rank) AS best_rank
    FROM credits GROUP BY artist_id
  ),
  artists AS (
    SELECT (SELECT count(*) FROM ranked) AS total, COALESCE(jsonb_agg(jsonb_build_object(
      'artist_id', best.artist_id,
      'name', CASE WHEN artists.artist_id IS NULL THEN substr(best.artist_id, 6) ELSE artists.name END,
      'tracks', tracks, 'appearances', appearances, 'best_rank', best_rank
    ) ORDER BY appearances DESC, tracks DESC, best.artist_id), '[]') AS list
    FROM (SELECT * FROM ranked ORDER BY appearances DESC, tracks DESC, artist_id LIMIT 10) AS best
    LEFT JOIN artists USING (artist_id)
  )`;

const ARCHIVE_FIGURES = figuresSql('archive');
const LIST_FIGURES = hotQuery('dashboard: the list in figures', figuresSql('list'));
