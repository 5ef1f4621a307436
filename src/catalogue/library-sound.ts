import type { Queries } from '../db.ts';
import { AVERAGE_FEATURES, type AudioFeatures } from './audio-features.ts';

export interface LibrarySound {
  readonly tracks: number;
  readonly with_features: number;
  readonly with_sound: number;
  /** With acousticness, instrumentalness and tempo too. */
  readonly with_wide_sound: number;
  readonly average: AudioFeatures;
}

/** Reads every row of the library: its result is kept with the archive's figures. */
export async function computeLibrarySound(db: Queries, userId: number): Promise<LibrarySound> {
  const { tracks, with_features, with_sound, with_wide_sound, ...average } = await db.one<
    Omit<LibrarySound, 'average'> & AudioFeatures
  >(LIBRARY_SOUND, [userId]);
  return { tracks, with_features, with_sound, with_wide_sound, average };
}

const LIBRARY_SOUND = `
  SELECT
    count(*)::int AS tracks,
    (count(*) FILTER (WHERE has_features))::int AS with_features,
    (count(*) FILTER (WHERE energy + valence + danceability IS NOT NULL))::int AS with_sound,
    (count(*) FILTER (WHERE energy + valence + danceability + acousticness + instrumentalness + tempo IS NOT NULL
    ))::int AS with_wide_sound,
    ${AVERAGE_FEATURES}
  FROM library_tracks
  WHERE user_id = $1 AND NOT hidden`;
