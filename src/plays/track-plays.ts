import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';

export interface TrackPlay {
  readonly played_at: Date;
  /** Microseconds since 1970, as stored. */
  readonly played_us: number;
  /** Tells plays with the same end apart. */
  readonly nth: number;
  readonly ms_played: number | null;
  readonly source: string;
}

export type TrackPlayPlace = Pick<TrackPlay, 'played_us' | 'nth'>;

/** Also plays that do not count. @param after null: from the newest */
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
