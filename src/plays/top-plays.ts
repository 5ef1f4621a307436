import { isShown } from '../catalogue/shown.ts';
import { TRACK_CARD, type TrackCard } from '../catalogue/track-card.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../hot-queries.ts';
import type { TimeRange } from '../spotify/top-tracks.ts';
import { PLAYED_IN_PERIOD } from './played-in-period.ts';
import { periodValues, type Listener, type Period } from './period.ts';

export interface PlayedTrack extends TrackCard {
  readonly plays: number;
}

/** What was played most in a period, by the plays kept here that count. */
export function listMostPlayed(
  db: Queries,
  listener: Listener,
  period: Period,
  limit: number,
): Promise<PlayedTrack[]> {
  return period.from === null && period.to === null
    ? db.many<PlayedTrack>(MOST_PLAYED_EVER, [listener.user_id, limit])
    : db.many<PlayedTrack>(MOST_PLAYED, [...periodValues(listener, period), limit]);
}

const MOST_PLAYED_EVER = hotQuery(
  'history: most played of all time',
  `
  WITH top AS (
    SELECT track_id, plays FROM played_tracks
    WHERE user_id = $1 AND ${isShown('played_tracks.track_id')}
    ORDER BY plays DESC, track_id LIMIT $2
  )
  SELECT ${TRACK_CARD}, plays FROM top JOIN tracks USING (track_id) ORDER BY plays DESC, track_id`,
);

const MOST_PLAYED = hotQuery(
  'history: most played in a period',
  `
  WITH top AS (
    SELECT track_id, plays FROM (
      SELECT track_id, sum(plays)::int AS plays FROM (${PLAYED_IN_PERIOD}) AS parts GROUP BY track_id HAVING sum(plays) > 0
    ) AS played
    WHERE ${isShown('played.track_id')}
    ORDER BY plays DESC, track_id LIMIT $5
  )
  SELECT ${TRACK_CARD}, plays FROM top JOIN tracks USING (track_id) ORDER BY plays DESC, track_id`,
);

export interface RankedList {
  readonly timeRange: TimeRange;
  /** null: no such list is kept. */
  readonly date: string | null;
  readonly tracks: readonly (TrackCard & { readonly rank: number | null })[];
}

/** Spotify's own list beside a period: the newest of that range kept by the period's end. */
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
