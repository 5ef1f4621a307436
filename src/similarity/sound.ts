import { TRACK_CARD, type TrackCard } from '../catalogue/track-card.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';

/** `sound`: energy, valence, danceability. `wide`: also acousticness, instrumentalness and tempo. */
export const SOUNDS = ['sound', 'wide'] as const;
export type Sound = (typeof SOUNDS)[number];

export interface SimilarTrack extends TrackCard {
  readonly score: number;
}

export const SOUND_FEATURES = {
  sound: ['energy', 'valence', 'danceability'],
  wide: ['energy', 'valence', 'danceability', 'acousticness', 'instrumentalness', 'tempo'],
} as const satisfies Record<Sound, readonly string[]>;
export type SoundFeature = (typeof SOUND_FEATURES)[Sound][number];

/** Every feature from 0 to 1, exactly as in the indexes on library_tracks. */
const point = (by: Sound): string =>
  `cube(ARRAY[${SOUND_FEATURES[by].map((name) => (name === 'tempo' ? 'scaled_tempo(tempo)' : name)).join(', ')}])`;
const isKnown = (by: Sound): string => SOUND_FEATURES[by].map((name) => `${name} IS NOT NULL`).join(' AND ');

/** Ties by id. Score: 1 minus the mean absolute difference. */
export const listSimilarSounds = (
  db: Queries,
  userId: number,
  trackId: string,
  { by, limit }: { by: Sound; limit: number },
): Promise<SimilarTrack[]> =>
  limit === SIMILAR_SHOWN
    ? db.many<SimilarTrack>(SHOWN[by], [userId, trackId])
    : db.many<SimilarTrack>(NEAREST[by], [userId, trackId, limit]);

/** As many as a page shows: the plan is kept where it is a number, and made each time, for longer than all else, where it is a value. */
export const SIMILAR_SHOWN = 12;

/** `<#>`, the taxicab distance, is the sum of the absolute differences. The index gives rows in its order. */
const nearestSql = (by: Sound, limit: string): string => `
  SELECT ${TRACK_CARD}, GREATEST(1 - distance / ${SOUND_FEATURES[by].length}, 0) AS score
  FROM (
    SELECT track_id, ${point(by)} <#> (
      SELECT ${point(by)} FROM library_tracks WHERE user_id = $1 AND track_id = $2 AND ${isKnown(by)}
    ) AS distance
    FROM library_tracks
    WHERE user_id = $1 AND track_id <> $2 AND ${isKnown(by)} AND NOT hidden
      AND EXISTS (SELECT FROM library_tracks WHERE user_id = $1 AND track_id = $2 AND ${isKnown(by)})
    ORDER BY distance, track_id
    LIMIT ${limit}
  ) AS nearest
  JOIN tracks USING (track_id)
  ORDER BY distance, track_id`;

const shownSql = (by: Sound): string => nearestSql(by, String(SIMILAR_SHOWN));
const SHOWN: Readonly<Record<Sound, string>> = {
  sound: hotQuery('track: similar by sound', shownSql('sound')),
  wide: hotQuery('track: similar by a wider sound', shownSql('wide')),
};
const NEAREST: Readonly<Record<Sound, string>> = {
  sound: hotQuery('playlist builder: similar by sound', nearestSql('sound', '$3'), { plannedEachTime: true }),
  wide: hotQuery('playlist builder: similar by a wider sound', nearestSql('wide', '$3'), {
    plannedEachTime: true,
  }),
};
