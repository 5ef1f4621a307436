import { isShown } from '../catalogue/shown.ts';
import { TRACK_CARD, type TrackCard } from '../catalogue/track-card.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../hot-queries.ts';
import type { TimeRange } from '../spotify/top-tracks.ts';
import type { Listener, Period } from '../ranges/period.ts';

export interface RankedList {
  readonly timeRange: TimeRange;
  /** Null: there is no such list. */
  readonly date: string | null;
  readonly tracks: readonly (TrackCard & { readonly rank: number | null })[];
}

/** Spotify's own list: the newest of the range by the period's end. */
export async function findListBeside(
  db: Queries,
  { user_id: userId }: Listener,
  { to, timeRange }: Pick<Period, 'to'> & { timeRange: TimeRange },
  limit: number,
): Promise<RankedList> {
  const { date } = await db.one<{ date: string | null }>(LIST_DATE, [userId, timeRange, to]);
  const tracks =
    date === null ? [] : await db.many<RankedList['tracks'][number]>(LIST, [userId, timeRange, date, limit]);
  return { timeRange, date, tracks };
}

const LIST_DATE = hotQuery(
  'history: the list beside the plays',
  `SELECT max(snapshot_date) AS date FROM snapshots
   WHERE user_id = $1 AND time_range = $2 AND snapshot_date <= COALESCE($3::date, 'infinity')`,
);

const LIST = hotQuery(
  'history: the tracks of the list beside',
  `
  WITH top AS (
    SELECT track_id, rank FROM snapshots
    WHERE user_id = $1 AND time_range = $2 AND snapshot_date = $3 AND ${isShown('snapshots.track_id')}
    ORDER BY rank NULLS LAST, track_id LIMIT $4
  )
  SELECT ${TRACK_CARD}, rank FROM top JOIN tracks USING (track_id) ORDER BY rank NULLS LAST, track_id`,
);
