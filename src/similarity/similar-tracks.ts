import type { Queries } from '../db.ts';
import { listListCompanions } from './shared-lists.ts';
import {
  listSimilarSounds,
  SOUND_FEATURES,
  type SimilarTrack,
  type Sound,
  type SoundFeature,
} from './sound.ts';

export interface SimilarTracks {
  /** How they were found; `lists`: by the lists they shared, for want of a sound to go by. */
  readonly rule: Sound | 'lists';
  readonly tracks: readonly SimilarTrack[];
}

/** What is tried for each wish, until something is found. */
const RULES: Readonly<Record<Sound, readonly Sound[]>> = { sound: ['sound'], wide: ['wide', 'sound'] };

/** The features of a track where they have been read already: rules that need others are not tried. */
type KnownFeatures = Readonly<Record<SoundFeature, number | null>>;

/**
 * What a listener's archive holds that is like a track: by how it sounds where that is known of it, else by the
 * lists they shared.
 */
export async function listSimilarTracks(
  db: Queries,
  userId: number,
  trackId: string,
  { by, limit, known }: { by: Sound; limit: number; known?: KnownFeatures },
): Promise<SimilarTracks> {
  const rules = RULES[by].filter(
    (rule) => !known || SOUND_FEATURES[rule].every((name) => known[name] !== null),
  );
  for (const rule of rules) {
    const tracks = await listSimilarSounds(db, userId, trackId, { by: rule, limit });
    if (tracks.length > 0) return { rule, tracks };
  }
  return { rule: 'lists', tracks: await listListCompanions(db, userId, trackId, limit) };
}

/** The ids of the tracks most like one, best first; none where the listener has no such track. */
export async function listSimilarTrackIds(
  db: Queries,
  userId: number,
  trackId: string,
  wanted: { readonly by: Sound; readonly limit: number },
): Promise<string[]> {
  const { tracks } = await listSimilarTracks(db, userId, trackId, wanted);
  return tracks.map(({ track_id: id }) => id);
}
