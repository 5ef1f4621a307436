import { ask, question } from '../database/ask-together.ts';
import { isShown } from '../catalogue/shown.ts';
import { TRACK_CARD, type TrackCard } from '../catalogue/track-card.ts';
import type { Queries } from '../db.ts';
import type { TimeRange } from '../spotify/top-tracks.ts';

export interface Anniversary extends TrackCard {
  readonly years_ago: number;
  readonly anniversary: string;
  readonly snapshot_date: string;
  readonly rank: number | null;
  readonly art_url: string | null;
}

/** A list covers at least four weeks, so one from some days before or after describes the same time. */
const NEAR_DAYS = 7;

/** One, two and five years before a day (`YYYY-MM-DD`), if a snapshot is at most a week away. */
export const listAnniversaries = (
  db: Queries,
  ...values: [userId: number, timeRange: TimeRange, today: string]
): Promise<readonly Anniversary[]> => ask(db, ANNIVERSARIES, ...values);

export const ANNIVERSARIES = question<
  [userId: number, timeRange: TimeRange, today: string],
  readonly Anniversary[]
>(
  `
  SELECT years_ago, anniversary, nearest.snapshot_date, top.rank, ${TRACK_CARD},
    raw_json #>> '{album,images,1,url}' AS art_url
  FROM unnest(ARRAY[1, 2, 5]) AS years_ago,
  LATERAL (SELECT ($3::date - make_interval(years => years_ago))::date AS anniversary) AS day,
  LATERAL (
    SELECT snapshot_date FROM snapshot_lists
    WHERE user_id = $1 AND time_range = $2
      AND snapshot_date BETWEEN anniversary - ${NEAR_DAYS} AND anniversary + ${NEAR_DAYS}
    ORDER BY abs(snapshot_date - anniversary), snapshot_date LIMIT 1
  ) AS nearest,
  LATERAL (
    SELECT track_id, rank FROM snapshots
    WHERE user_id = $1 AND time_range = $2 AND snapshot_date = nearest.snapshot_date
      AND ${isShown('snapshots.track_id')}
    ORDER BY rank NULLS LAST, track_id LIMIT 1
  ) AS top
  JOIN tracks USING (track_id)
  ORDER BY years_ago`,
  (rows: readonly Anniversary[]) => rows,
);
