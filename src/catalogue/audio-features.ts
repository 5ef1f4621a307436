/** The audio features that run from 0 to 1, as a shelf keeps them; null: not known. */
export const AUDIO_FEATURES = [
  'energy',
  'valence',
  'danceability',
  'acousticness',
  'instrumentalness',
  'speechiness',
  'liveness',
] as const;

export type AudioFeature = (typeof AUDIO_FEATURES)[number];

export type AudioFeatures = Readonly<Record<AudioFeature, number | null>>;

/** The columns of the features, for a SELECT from archive_tracks. */
export const FEATURE_COLUMNS = AUDIO_FEATURES.join(', ');

/** Their averages over the rows a SELECT looks at, under their own names; null where none is known. */
export const AVERAGE_FEATURES = AUDIO_FEATURES.map((name) => `avg(${name}) AS ${name}`).join(', ');

/** A row that has any of them. */
export const HAS_FEATURES = `COALESCE(${FEATURE_COLUMNS}) IS NOT NULL`;
