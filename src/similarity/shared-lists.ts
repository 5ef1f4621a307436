import { TRACK_CARD } from '../catalogue/track-card.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import type { SimilarTrack } from './sound.ts';

/** Of more lists than this, a sample spread evenly over time. */
export const LISTS_LOOKED_INTO = 100;

/** Ties by id. Score: lists (one day, one range) with both tracks / lists with either. */
export const listListCompanions = (
  db: Queries,
  userId: number,
  trackId: string,
  limit: number,
): Promise<SimilarTrack[]> => db.many<SimilarTrack>(COMPANIONS, [userId, trackId, limit]);

/** Scales the shared lists up from the sample, to at most what either track has. */
const COMPANIONS = hotQuery(
  'track: kept beside it',
  `
  WITH stood_in AS (
    SELECT time_range, snapshot_date, row_number() OVER (ORDER BY snapshot_date, time_range) - 1 AS place,
      count(*) OVER () AS lists
    FROM snapshots
    WHERE user_id = $1 AND track_id = $2 AND time_range IN ('short_term', 'medium_term', 'long_term')
  ),
  looked_into AS MATERIALIZED (
    SELECT time_range, snapshot_date, lists FROM stood_in
    WHERE lists <= ${LISTS_LOOKED_INTO} OR place * ${LISTS_LOOKED_INTO} % lists < ${LISTS_LOOKED_INTO}
  ),
  beside AS (
    SELECT track_id, count(*) * max(lists)::float8 / (SELECT count(*) FROM looked_into) AS shared, max(lists) AS lists
    FROM looked_into JOIN snapshots USING (time_range, snapshot_date)
    WHERE user_id = $1 AND track_id <> $2
    GROUP BY track_id
  ),
  tied AS (
    SELECT track_id, LEAST(shared, listings) / (lists + listings - LEAST(shared, listings)) AS score
    FROM beside
    -- Row by row: what stood beside is thought to be more than the whole library.
    CROSS JOIN LATERAL (
      SELECT listings FROM library_tracks
      WHERE user_id = $1 AND track_id = beside.track_id AND NOT hidden OFFSET 0) AS own
    ORDER BY score DESC, track_id
    LIMIT $3
  )
  SELECT ${TRACK_CARD}, score
  FROM tied JOIN tracks USING (track_id)
  ORDER BY score DESC, track_id`,
);
