import { QUADRANTS, type Quadrant } from './figures.ts';
import { TRACK_CARD, type TrackCard } from '../catalogue/track-card.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';

export { QUADRANTS, type Quadrant } from './figures.ts';

export const QUADRANT_NAMES: Readonly<Record<Quadrant, string>> = {
  happy: 'Happy & energetic',
  angry: 'Angry & intense',
  calm: 'Calm & peaceful',
  sad: 'Sad & melancholic',
};

export const isQuadrant = (text: unknown): text is Quadrant =>
  QUADRANTS.some((quadrant) => quadrant === text);

export interface QuadrantTrack extends TrackCard {
  readonly energy: number;
  readonly valence: number;
}

export const TRACKS_PER_PAGE = 50;

/** The farthest from the plane's middle first. @param page from 1 */
export function listQuadrantTracks(
  db: Queries,
  userId: number,
  quadrant: Quadrant,
  page: number,
): Promise<QuadrantTrack[]> {
  return db.many(QUADRANT_TRACKS, [userId, quadrant, TRACKS_PER_PAGE, (page - 1) * TRACKS_PER_PAGE]);
}

/** Empty if the track to go on after has left the library. */
export const listQuadrantTracksAfter = (
  db: Queries,
  userId: number,
  quadrant: Quadrant,
  { after, limit }: { readonly after: string | null; readonly limit: number },
): Promise<QuadrantTrack[]> => db.many(QUADRANT_TRACKS_AFTER, [userId, quadrant, limit, after]);

export async function countQuadrantTracks(db: Queries, userId: number, quadrant: Quadrant): Promise<number> {
  return (await db.one<{ tracks: number }>(QUADRANT_COUNT, [userId, quadrant])).tracks;
}

export async function listQuadrantTrackIds(
  db: Queries,
  userId: number,
  quadrant: Quadrant,
  limit: number,
): Promise<string[]> {
  const rows = await db.many<{ track_id: string }>(QUADRANT_IDS, [userId, quadrant, limit]);
  return rows.map((row) => row.track_id);
}

const IN_QUADRANT = `
    FROM library_tracks
    WHERE user_id = $1 AND mood_quadrant(energy, valence) = $2 AND energy IS NOT NULL AND valence IS NOT NULL
      AND NOT hidden`;
const CLEAREST_FIRST = `ORDER BY mood_strength(energy, valence) DESC, track_id`;

const quadrantTracks = (which: string): string => `
  SELECT ${TRACK_CARD}, shown.energy, shown.valence
  FROM (
    SELECT track_id, energy, valence, mood_strength(energy, valence) AS strength ${IN_QUADRANT} ${which}
  ) AS shown
  JOIN tracks USING (track_id)
  ORDER BY strength DESC, track_id`;

const QUADRANT_TRACKS = hotQuery(
  'mood: the tracks of a quadrant',
  quadrantTracks(`${CLEAREST_FIRST} LIMIT $3 OFFSET $4`),
);

const STRENGTH_THERE = `(SELECT CASE WHEN $4::text IS NULL THEN 'infinity' ELSE (
    SELECT mood_strength(energy, valence) FROM library_tracks WHERE user_id = $1 AND track_id = $4) END)`;

const QUADRANT_TRACKS_AFTER = hotQuery(
  'api: the tracks of a quadrant, from one on',
  quadrantTracks(`
      AND mood_strength(energy, valence) <= ${STRENGTH_THERE}
      AND (mood_strength(energy, valence) < ${STRENGTH_THERE} OR track_id > $4)
    ${CLEAREST_FIRST} LIMIT $3`),
);

const QUADRANT_IDS = hotQuery(
  'mood: a quadrant as a list',
  `SELECT track_id ${IN_QUADRANT} ${CLEAREST_FIRST} LIMIT $3`,
);

const QUADRANT_COUNT = hotQuery(
  'mood: how many tracks a quadrant holds',
  `SELECT count(*)::int AS tracks ${IN_QUADRANT}`,
);
