import { ask, question } from '../database/ask-together.ts';
import { isShown } from '../catalogue/shown.ts';
import { joinByKey, TRACK_CARD, type TrackCard } from '../catalogue/track-card.ts';
import type { Queries } from '../db.ts';
import type { TimeRange } from '../spotify/top-tracks.ts';

export interface TopListEntry extends TrackCard {
  readonly rank: number | null;
  /** Of the first entry alone, which the page shows large. */
  readonly album_id: string | null;
  readonly art_url: string | null;
  /** In the snapshot before; null: not there, or without a rank. */
  readonly previous_rank: number | null;
  /** The last snapshot before this one (`YYYY-MM-DD`); null: never. */
  readonly last_seen_date: string | null;
}

export interface TopList {
  readonly snapshotDate: string;
  readonly previousDate: string | null;
  readonly entries: readonly TopListEntry[];
}

export const findTopList = (db: Queries, userId: number, timeRange: TimeRange): Promise<TopList | null> =>
  ask(db, TOP_LIST, userId, timeRange);

interface Dates {
  readonly latest: string;
  readonly previous: string | null;
}

export const TOP_LIST = question<[userId: number, timeRange: TimeRange], TopList | null>(
  `
  WITH newest AS (
    SELECT max(snapshot_date) AS latest FROM snapshot_lists WHERE user_id = $1 AND time_range = $2
  ),
  dates AS MATERIALIZED (
    SELECT latest, (
      SELECT max(snapshot_date) FROM snapshot_lists
      WHERE user_id = $1 AND time_range = $2 AND snapshot_date < latest) AS previous
    FROM newest
  )
  SELECT
    latest,
    previous,
    now.rank,
    ${TRACK_CARD},
    CASE WHEN line = 1 THEN raw_json #>> '{album,images,0,url}' END AS art_url,
    CASE WHEN line = 1 THEN (
      SELECT album_id FROM library_tracks AS own WHERE own.user_id = $1 AND own.track_id = now.track_id
    ) END AS album_id,
    before.rank AS previous_rank,
    COALESCE(before.snapshot_date, (
      SELECT max(snapshot_date) FROM snapshots AS earlier
      WHERE (user_id, time_range, track_id) = ($1, $2, now.track_id) AND snapshot_date < previous
    )) AS last_seen_date
  FROM dates
  CROSS JOIN LATERAL (
    SELECT row_number() OVER (ORDER BY rank NULLS LAST, track_id) AS line, track_id, rank
    FROM snapshots WHERE (user_id, time_range, snapshot_date) = ($1, $2, latest) AND ${isShown('snapshots.track_id')}
  ) AS now
  ${joinByKey('tracks', 'now.track_id')}
  LEFT JOIN snapshots AS before
    ON (before.user_id, before.time_range, before.track_id, before.snapshot_date)
     = ($1, $2, now.track_id, previous)
  ORDER BY line`,
  (entries: readonly (TopListEntry & Dates)[]) => {
    const [first] = entries;
    return first === undefined ? null : { snapshotDate: first.latest, previousDate: first.previous, entries };
  },
);
