import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import {
  FEATURE_COLUMNS,
  SOURCE_OF_FEATURES,
  WITH_OWN_FEATURES,
  type AudioFeatures,
  type FeatureSource,
} from './audio-features.ts';
import type { ReleaseDatePrecision } from './release-date.ts';
import { TRACK_CARD, type TrackCard } from './track-card.ts';

export interface ListenerTrack extends TrackCard, AudioFeatures {
  readonly album_id: string | null;
  readonly art_url: string | null;
  readonly release_date: string | null;
  readonly release_date_precision: ReleaseDatePrecision | null;
  readonly duration_ms: number | null;
  readonly explicit: boolean | null;
  readonly isrc: string | null;
  /** 0 to 100. */
  readonly popularity: number | null;
  /** BPM. */
  readonly tempo: number | null;
  /** Pitch class: 0 is C, 11 is B. */
  readonly key: number | null;
  /** 1 is major, 0 is minor. */
  readonly mode: number | null;
  /** dB. */
  readonly loudness: number | null;
  readonly has_features: boolean;
  readonly features_source: FeatureSource | null;
  readonly features_at: Date | null;
  /** The catalogue's, which completes the own file. */
  readonly catalogue_source: Exclude<FeatureSource, 'own'> | null;
  /** When Spotify last did not have it; null: never. */
  readonly missed_at: Date | null;
  readonly newest_name: string | null;
  readonly has_payload: boolean;
  readonly first_listed_date: string | null;
  readonly last_listed_date: string | null;
  readonly best_rank: number | null;
  readonly listings: number;
  readonly hidden: boolean;
}

export const findTrack = (db: Queries, userId: number, trackId: string): Promise<ListenerTrack | null> =>
  db.maybeOne<ListenerTrack>(TRACK, [userId, trackId]);

/** Of the catalogue's row only the columns that the page shows. */
const TRACK = hotQuery(
  'track: as the listener has it',
  `
  SELECT
    ${TRACK_CARD}, own.album_id,
    raw_json #>> '{album,images,0,url}' AS art_url,
    own.release_date, own.release_date_precision, own.duration_ms, own.explicit, own.popularity,
    CASE WHEN has_isrc THEN left(raw_json #>> '{external_ids,isrc}', 100) END AS isrc,
    ${FEATURE_COLUMNS}, tempo, key, mode, loudness,
    has_features,
    ${SOURCE_OF_FEATURES} AS features_source,
    CASE WHEN own_file.audio_features IS NULL THEN audio_features_at ELSE loaded_at END AS features_at,
    CASE WHEN own_file.audio_features IS NOT NULL AND tracks.audio_features IS NOT NULL
      THEN COALESCE(audio_features_source, 'archive') END AS catalogue_source,
    (SELECT asked_at FROM enrichment_misses AS miss
     WHERE miss.source = 'spotify' AND miss.track_id = tracks.track_id) AS missed_at,
    tracks.newest_name, raw_json IS NOT NULL OR tracks.audio_features IS NOT NULL AS has_payload,
    first_listed_date, last_listed_date, best_rank, listings, hidden
  FROM library_tracks AS own
  JOIN tracks ON tracks.track_id = own.track_id
  ${WITH_OWN_FEATURES}
  WHERE own.user_id = $1 AND own.track_id = $2`,
);
