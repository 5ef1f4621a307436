import { question } from '../database/ask-together.ts';
import { isShown } from '../catalogue/shown.ts';
import { TRACK_CARD, type TrackCard } from '../catalogue/track-card.ts';
import type { TimeRange } from '../spotify/top-tracks.ts';

export interface RankedList {
  /** Null: there is no such list, or nothing of it is shown. */
  readonly date: string | null;
  readonly tracks: readonly (TrackCard & { readonly rank: number | null })[];
}

type Asked = [userId: number, timeRange: TimeRange, to: string | null, limit: number];

/** Spotify's own list: the newest of a time range by a day. */
export const LIST_BESIDE = question<Asked, RankedList>(
  `
  WITH list AS (
    SELECT max(snapshot_date) AS date FROM snapshots
    WHERE user_id = $1 AND time_range = $2 AND snapshot_date <= COALESCE($3::date, 'infinity')
  ), top AS (
    SELECT track_id, rank FROM snapshots
    WHERE user_id = $1 AND time_range = $2 AND snapshot_date = (SELECT date FROM list) AND ${isShown('snapshots.track_id')}
    ORDER BY rank NULLS LAST, track_id LIMIT $4
  )
  SELECT ${TRACK_CARD}, rank, (SELECT date FROM list) AS date
  FROM top JOIN tracks USING (track_id) ORDER BY rank NULLS LAST, track_id`,
  (rows: readonly (RankedList['tracks'][number] & { readonly date: string })[]) => ({
    date: rows[0]?.date ?? null,
    tracks: rows,
  }),
);
