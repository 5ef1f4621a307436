import { SOURCE_OF_FEATURES, WITH_OWN_FEATURES } from '../catalogue/audio-features.ts';
import { IS_SPOTIFY_ID } from '../catalogue/spotify-id.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';

export interface Coverage {
  readonly tracks: number;
  readonly own: number;
  readonly archive: number;
  readonly reccobeats: number;
  /** Without features: local files and other ids. */
  readonly not_at_spotify: number;
  /** Without features: the provider does not know them. */
  readonly asked_in_vain: number;
  readonly own_rows: number;
  readonly own_loaded_at: Date | null;
}

export const getCoverage = (db: Queries, userId: number): Promise<Coverage> =>
  db.one<Coverage>(COVERAGE, [userId]);

const COVERAGE = hotQuery(
  'audio features: of how many tracks, from whom',
  `
  SELECT
    count(*)::int AS tracks,
    (count(*) FILTER (WHERE source = 'own'))::int AS own,
    (count(*) FILTER (WHERE source = 'archive'))::int AS archive,
    (count(*) FILTER (WHERE source = 'reccobeats'))::int AS reccobeats,
    (count(*) FILTER (WHERE source IS NULL AND NOT at_spotify))::int AS not_at_spotify,
    (count(*) FILTER (WHERE source IS NULL AND at_spotify AND asked))::int AS asked_in_vain,
    (SELECT count(*)::int FROM own_audio_features WHERE user_id = $1) AS own_rows,
    (SELECT max(loaded_at) FROM own_audio_features WHERE user_id = $1) AS own_loaded_at
  FROM (
    SELECT CASE WHEN has_features THEN ${SOURCE_OF_FEATURES} END AS source,
      ${IS_SPOTIFY_ID('library.track_id')} AS at_spotify, miss.track_id IS NOT NULL AS asked
    FROM library_tracks AS library
    JOIN tracks USING (track_id)
    ${WITH_OWN_FEATURES}
    LEFT JOIN enrichment_misses AS miss ON miss.source = 'reccobeats' AND miss.track_id = library.track_id
    WHERE library.user_id = $1 AND NOT hidden
  ) AS sound`,
  { mayScan: 'it looks at every track of a library, which is much of the catalogue where few listen' },
);
