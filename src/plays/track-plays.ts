import type { Queries } from '../db.ts';
import { hotQuery } from '../hot-queries.ts';

/** One listen of a track. */
export interface TrackPlay {
  readonly played_at: Date;
  /** As exact as it is stored: microseconds since 1970. */
  readonly played_us: number;
  /** Which of those that ended at that moment. */
  readonly nth: number;
  /** Milliseconds; null: not known. */
  readonly ms_played: number | null;
  readonly source: string;
}

export type TrackPlayPlace = Pick<TrackPlay, 'played_us' | 'nth'>;

/** Each time a listener heard a track, newest first, whether it counts or not. @param after null: from the newest */
export const listTrackPlays = (
  db: Queries,
  userId: number,
  trackId: string,
  { after, limit }: { after: TrackPlayPlace | null; limit: number },
): Promise<TrackPlay[]> =>
  db.many<TrackPlay>(TRACK_PLAYS, [userId, trackId, after?.played_us ?? null, after?.nth ?? 0, limit]);

const TRACK_PLAYS = hotQuery(
  'api: the plays of a track',
  `
  SELECT played_at, (extract(epoch FROM played_at) * 1000000)::bigint AS played_us, nth, ms_played, source
  FROM plays
  WHERE user_id = $1 AND track_id = $2 AND (played_at, nth) <
    (COALESCE('epoch'::timestamptz + $3::bigint * interval '1 microsecond', 'infinity'::timestamptz), $4::int)
  ORDER BY played_at DESC, nth DESC
  LIMIT $5`,
);
