/** The audio features that run from 0 to 1, as a library keeps them; null: not known. */
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

/** The columns of the features, for a SELECT from library_tracks. */
export const FEATURE_COLUMNS = AUDIO_FEATURES.join(', ');

/** Their averages over the rows a SELECT looks at, under their own names; null where none is known. */
export const AVERAGE_FEATURES = AUDIO_FEATURES.map((name) => `avg(${name}) AS ${name}`).join(', ');

/** Where a track's features come from, for one listener, best first: a better source takes a lesser one's place. */
const FEATURE_SOURCES = ['own', 'archive', 'reccobeats'] as const;
export type FeatureSource = (typeof FEATURE_SOURCES)[number];

/** SQL: listener $1's own file beside the catalogue's `tracks`; nobody else's is ever looked at. */
export const WITH_OWN_FEATURES = `
  LEFT JOIN own_audio_features AS own_file ON own_file.user_id = $1 AND own_file.track_id = tracks.track_id`;

/** SQL, of that: the features as JSON; what the own file leaves out is the catalogue's. NULL: none. */
export const MERGED_FEATURES = `CASE WHEN own_file.audio_features IS NULL THEN tracks.audio_features
    ELSE COALESCE(tracks.audio_features, '{}') || own_file.audio_features END`;

/** SQL, of that: a FeatureSource, or NULL where there are no features. */
export const SOURCE_OF_FEATURES = `CASE WHEN own_file.audio_features IS NOT NULL THEN 'own'
    WHEN tracks.audio_features IS NOT NULL THEN COALESCE(tracks.audio_features_source, 'archive') END`;

/** An average and from how many tracks it speaks; null where it speaks from none. */
export interface Average {
  readonly average: number | null;
  readonly known: number;
}

/** How some tracks sound. */
export interface SoundProfile {
  readonly energy: Average;
  readonly valence: Average;
  readonly danceability: Average;
}
