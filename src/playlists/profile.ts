import { ask, question, theRow, together } from '../database/ask-together.ts';
import { drawSound, type ChartData } from '../figures/charts.ts';
import type { SoundProfile } from '../catalogue/audio-features.ts';
import { TRACK_CARD, type TrackCard } from '../catalogue/track-card.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { LONG_OR_SHORT } from './track-list.ts';

/** Features from 0 to 1; null if no track has them. */
export interface Profile extends SoundProfile {
  readonly tracks: number;
  readonly with_features: number;
  readonly explicit: { readonly tracks: number; readonly known: number };
  readonly duration_ms: number;
  readonly durations_known: number;
  /** In at most 60 equal steps, from the first track to the last. */
  readonly course: readonly {
    readonly first: number;
    readonly last: number;
    readonly energy: number | null;
  }[];
}

export async function computeProfile(
  db: Queries,
  userId: number,
  trackIds: readonly string[],
): Promise<Profile> {
  return ask(db, PROFILE, userId, trackIds);
}

const average = (feature: string): string =>
  `jsonb_build_object('average', avg(${feature}), 'known', count(${feature}))`;

const PROFILE = question<[userId: number, trackIds: readonly string[]], Profile>(
  hotQuery(
    'playlist: how it sounds',
    `
  WITH sound AS (
    SELECT place, energy, valence, danceability, explicit, duration_ms,
      ntile(60) OVER (ORDER BY place) AS step,
      has_features
    FROM unnest($2::text[]) WITH ORDINALITY AS list (track_id, place)
    LEFT JOIN library_tracks AS a ON a.user_id = $1 AND a.track_id = list.track_id
  ),
  steps AS (
    SELECT min(place) AS first, max(place) AS last, avg(energy) AS energy FROM sound GROUP BY step
  )
  SELECT jsonb_build_object(
    'tracks', count(*),
    'with_features', count(*) FILTER (WHERE has_features),
    'energy', ${average('energy')},
    'valence', ${average('valence')},
    'danceability', ${average('danceability')},
    'explicit', jsonb_build_object('tracks', count(*) FILTER (WHERE explicit), 'known', count(explicit)),
    'duration_ms', COALESCE(sum(duration_ms), 0),
    'durations_known', count(duration_ms),
    'course', (SELECT COALESCE(jsonb_agg(to_jsonb(steps) ORDER BY first), '[]') FROM steps)
  ) AS profile
  FROM sound`,
    LONG_OR_SHORT,
  ),
  (rows: readonly { readonly profile: Profile }[]) => theRow(rows).profile,
);

export const PLAYLIST_CHARTS = {
  'audio-profile': drawSound,
  'energy-course': ({ course }) => ({
    labels: course.map(({ first, last }) => (first === last ? String(first) : `${first}–${last}`)),
    data: course.map(({ energy }) => energy),
  }),
} satisfies Record<string, (profile: Profile) => ChartData>;

export function listCards(db: Queries, trackIds: readonly string[]): Promise<TrackCard[]> {
  return ask(db, CARDS, trackIds);
}

const CARDS = question<[trackIds: readonly string[]], TrackCard[]>(
  hotQuery(
    'playlist: the tracks of a page',
    `
  SELECT ${TRACK_CARD}
  FROM unnest($1::text[]) WITH ORDINALITY AS list (track_id, place)
  JOIN tracks USING (track_id)
  ORDER BY place`,
  ),
  (rows: readonly TrackCard[]) => [...rows],
);

/** Some tracks, and how all of a list sound. */
export const askAboutTracks = together(
  'playlist: the tracks of a page, and how all of it sounds',
  { cards: CARDS, profile: PROFILE },
  LONG_OR_SHORT,
);
