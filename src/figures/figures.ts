import { MERGED_FEATURES, WITH_OWN_FEATURES, type SoundProfile } from '../catalogue/audio-features.ts';
import { isHidden, isShown } from '../catalogue/shown.ts';
import { joinByKey } from '../catalogue/track-card.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../hot-queries.ts';
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
  /** Tracks of theirs among those looked at. */
  readonly tracks: number;
  /** Places they held in ranked lists and playlists. */
  readonly appearances: number;
  readonly best_rank: number | null;
}

/** What the dashboard says of a set of tracks. Audio features run from 0 to 1. */
export interface Figures extends SoundProfile {
  /** Hidden ones not among them. */
  readonly tracks: number;
  /** Tracks the listener has hidden, of which nothing else here speaks. */
  readonly hidden: number;
  readonly artists: number;
  /** Tracks that have any audio features at all. */
  readonly with_features: number;
  /** high: energy ≥ 0.8, medium: ≥ 0.5, low: below. */
  readonly energy_distribution: { readonly high: number; readonly medium: number; readonly low: number };
  /** Oldest first; `decade` is its first year. */
  readonly decades: readonly { readonly decade: number; readonly tracks: number }[];
  readonly release_dates_known: number;
  readonly explicit: { readonly tracks: number; readonly known: number };
  readonly popularity_known: number;
  readonly most_popular: readonly PopularTrack[];
  readonly top_artists: readonly TopArtist[];
}

/** Which tracks are looked at: a listener's whole archive, or the newest list of one range. */
const SCOPES = {
  archive: `
    SELECT track_id FROM library_tracks WHERE user_id = $1`,
  list: `
    SELECT track_id FROM snapshots
    WHERE user_id = $1 AND time_range = $2
      AND snapshot_date = (SELECT max(snapshot_date) FROM snapshots WHERE user_id = $1 AND time_range = $2)`,
};

/** Where an artist was met: every ranked list and playlist, or the newest list alone. */
const APPEARANCES = {
  archive: `
    SELECT track_id, rank FROM snapshots WHERE user_id = $1
    UNION ALL
    SELECT track_id, NULL FROM playlist_tracks WHERE user_id = $1`,
  list: `
    SELECT track_id, rank FROM snapshots
    WHERE user_id = $1 AND time_range = $2
      AND snapshot_date = (SELECT max(snapshot_date) FROM snapshots WHERE user_id = $1 AND time_range = $2)`,
};

type Scope = keyof typeof SCOPES;

/** The figures of everything the listener's archive holds. Costly on a large one: see archives/summary.ts. */
export async function computeArchiveFigures(db: Queries, userId: number): Promise<Figures> {
  return (await db.one<{ figures: Figures }>(ARCHIVE_FIGURES, [userId])).figures;
}

/** The same figures for the newest list of a range (at most about a hundred tracks). */
export async function computeListFigures(
  db: Queries,
  userId: number,
  timeRange: TimeRange,
): Promise<Figures> {
  return (await db.one<{ figures: Figures }>(LIST_FIGURES, [userId, timeRange])).figures;
}

/**
 * Named parts, each shaping one group of figures over the same tracks; one round trip, one jsonb document. Every
 * payload is opened once, in the first part: that is what costs.
 */
function figuresSql(scope: Scope): string {
  return `
  WITH chosen AS MATERIALIZED (
    SELECT
      tracks.track_id, tracks.name, artist_name, popularity, release_date,
      features IS NOT NULL AS has_features,
      audio_feature(features, 'energy') AS energy,
      audio_feature(features, 'valence') AS valence,
      audio_feature(features, 'danceability') AS danceability,
      CASE raw_json -> 'explicit' WHEN 'true' THEN true WHEN 'false' THEN false END AS explicit
    FROM (${SCOPES[scope]}) AS scope
    JOIN tracks USING (track_id)
    ${WITH_OWN_FEATURES}
    CROSS JOIN LATERAL (SELECT ${MERGED_FEATURES} AS features OFFSET 0) AS heard
    WHERE ${isShown('tracks.track_id')}
  ),
  ${TALLIES},
  ${POPULAR},
  ${artistsSql(scope)}
  SELECT tallies.figures
    || jsonb_build_object('hidden', (SELECT count(*) FROM (${SCOPES[scope]}) AS scope WHERE ${isHidden('scope.track_id')}))
    || jsonb_build_object('decades', decades.list, 'most_popular', popular.list)
    || jsonb_build_object('artists', artists.total, 'top_artists', artists.list) AS figures
  FROM tallies, decades, popular, artists`;
}

/** Rounded far beyond what is shown, because a numeric may also be too small for a float. */
const average = (feature: string): string =>
  `jsonb_build_object('average', round(avg(${feature}), 15)::float8, 'known', count(${feature}))`;

/** Features run from 0 to 1 by definition: any other number says nothing (and may be larger than a float holds). */
const share = (feature: string): string =>
  `CASE WHEN ${feature} BETWEEN 0 AND 1 THEN ${feature} END AS ${feature}`;

const TALLIES = `
  heard AS (
    SELECT has_features, release_date, explicit, popularity,
      ${share('energy')}, ${share('valence')}, ${share('danceability')}
    FROM chosen
  ),
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
    FROM heard
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
      SELECT first.*,
        COALESCE(raw_json #>> '{album,id}', album_name, track_id) AS cover_seed,
        raw_json #>> '{album,images,-1,url}' AS thumbnail_url
      FROM (
        SELECT track_id, name, artist_name, popularity
        FROM chosen WHERE popularity IS NOT NULL
        ORDER BY popularity DESC, name, track_id LIMIT 10
      ) AS first
      JOIN tracks USING (track_id)
    ) AS best
  )`;

/** A track without linked artists still has its artist's name to be counted by. (OFFSET 0: see joinByKey.) */
const artistsSql = (scope: Scope): string => `
  credits AS (
    SELECT chosen.track_id, artist_id FROM chosen
    ${joinByKey('track_artists', 'chosen.track_id')}
    UNION ALL
    SELECT track_id, 'name:' || artist_name FROM chosen
    WHERE artist_name IS NOT NULL AND NOT EXISTS (SELECT FROM track_artists WHERE track_id = chosen.track_id OFFSET 0)
  ),
  met AS (
    SELECT track_id, count(*) AS appearances, min(rank) AS best_rank
    FROM (${APPEARANCES[scope]}) AS places GROUP BY track_id
  ),
  ranked AS (
    SELECT artist_id, count(*)::int AS tracks,
      COALESCE(sum(appearances), 0)::int AS appearances, min(best_rank) AS best_rank
    FROM credits LEFT JOIN met USING (track_id) GROUP BY artist_id
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
