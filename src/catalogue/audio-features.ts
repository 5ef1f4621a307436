/** From 0 to 1; null: unknown. */
export const AUDIO_FEATURES = [
  'energy',
  'valence',
  'danceability',
  'acousticness',
  'instrumentalness',
  'speechiness',
  'liveness',
] as const;

type AudioFeature = (typeof AUDIO_FEATURES)[number];

export type AudioFeatures = Readonly<Record<AudioFeature, number | null>>;

export const FEATURE_COLUMNS = AUDIO_FEATURES.join(', ');

export const AVERAGE_FEATURES = AUDIO_FEATURES.map((name) => `avg(${name}) AS ${name}`).join(', ');

/** Best first: a better source replaces a lesser one. */
const FEATURE_SOURCES = ['own', 'archive', 'reccobeats'] as const;
export type FeatureSource = (typeof FEATURE_SOURCES)[number];

/** SQL: listener $1's own file beside the catalogue's `tracks`. */
export const WITH_OWN_FEATURES = `
  LEFT JOIN own_audio_features AS own_file ON own_file.user_id = $1 AND own_file.track_id = tracks.track_id`;

/** SQL for that join: features as JSON, the own file's completed by the catalogue's; NULL: none. */
export const MERGED_FEATURES = `CASE WHEN own_file.audio_features IS NULL THEN tracks.audio_features
    ELSE COALESCE(tracks.audio_features, '{}') || own_file.audio_features END`;

/** SQL for that join: a FeatureSource or NULL. */
export const SOURCE_OF_FEATURES = `CASE WHEN own_file.audio_features IS NOT NULL THEN 'own'
    WHEN tracks.audio_features IS NOT NULL THEN COALESCE(tracks.audio_features_source, 'archive') END`;

export interface Average {
  readonly average: number | null;
  readonly known: number;
}

export interface SoundProfile {
  readonly energy: Average;
  readonly valence: Average;
  readonly danceability: Average;
}
