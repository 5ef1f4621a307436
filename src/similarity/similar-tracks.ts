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
  /** `lists`: by shared lists, since the sound is unknown. */
  readonly rule: Sound | 'lists';
  readonly tracks: readonly SimilarTrack[];
}

/** In this order until one finds something. */
const RULES: Readonly<Record<Sound, readonly Sound[]>> = { sound: ['sound'], wide: ['wide', 'sound'] };

/** If known already; rules that need missing features are skipped. */
type KnownFeatures = Readonly<Record<SoundFeature, number | null>>;

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

/** Empty if the listener does not have the track. */
export async function listSimilarTrackIds(
  db: Queries,
  userId: number,
  trackId: string,
  wanted: { readonly by: Sound; readonly limit: number },
): Promise<string[]> {
  const { tracks } = await listSimilarTracks(db, userId, trackId, wanted);
  return tracks.map(({ track_id: id }) => id);
}
