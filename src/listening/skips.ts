import { isShown } from '../catalogue/shown.ts';
import { TRACK_CARD, type TrackCard } from '../catalogue/track-card.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import {
  afterPeriod,
  beforePeriod,
  daysValues,
  inPeriod,
  isDayInPeriod,
  isEver,
  periodValues,
  type Listener,
  type Period,
} from '../ranges/period.ts';
import { READS_ALL_TALLIES } from './played-in-period.ts';
import { ENDING_SUMS, type Endings } from './endings.ts';

export interface SkippedTrack extends TrackCard {
  readonly skipped: number;
  readonly skip_known: number;
}

/** The most often skipped; of those skipped as often, what was played less. */
export const listMostSkipped = (
  db: Queries,
  listener: Listener,
  period: Period,
  limit: number,
): Promise<SkippedTrack[]> =>
  isEver(period)
    ? db.many<SkippedTrack>(MOST_SKIPPED_EVER, [listener.user_id, limit])
    : db.many<SkippedTrack>(MOST_SKIPPED, [...periodValues(listener, period), limit]);

const CARDS = `SELECT ${TRACK_CARD}, skipped, skip_known FROM top JOIN tracks USING (track_id)
  ORDER BY skipped DESC, skip_known, track_id`;

const MOST_SKIPPED_EVER = hotQuery(
  'skips: the tracks skipped most, of all time',
  `
  WITH top AS (
    SELECT track_id, skipped, skip_known FROM play_endings JOIN library_tracks USING (user_id, track_id)
    WHERE user_id = $1 AND skipped > 0 AND NOT hidden
    ORDER BY skipped DESC, skip_known, track_id LIMIT $2
  )
  ${CARDS}`,
);

const skippedPlays = (sign: 1 | -1, where: string): string =>
  `SELECT track_id, ${sign} FROM plays, long WHERE user_id = $1 AND skipped AND ${where}`;

/**
 * More than half of a listener's days are counted by what is kept of all of them, less the others. (Of how many plays it
 * is known is looked up for the first alone, with all that are skipped as often as the last.)
 */
const MOST_SKIPPED = hotQuery(
  'skips: the tracks skipped most',
  `
  WITH long AS MATERIALIZED (
    SELECT COALESCE(2 * (LEAST($3::date, last) - GREATEST($2::date, first)) > last - first, false) AS is_long
    FROM (SELECT min(day) AS first, max(day) AS last FROM play_days WHERE user_id = $1) AS days
  ), often AS (
    SELECT track_id, sum(n)::int AS skipped
    FROM (
      SELECT track_id, skipped AS n FROM play_endings, long WHERE user_id = $1 AND skipped > 0 AND is_long
      UNION ALL ${skippedPlays(-1, `is_long AND ${beforePeriod('played_at')}`)}
      UNION ALL ${skippedPlays(-1, `is_long AND ${afterPeriod('played_at')}`)}
      UNION ALL ${skippedPlays(1, `NOT is_long AND ${inPeriod('played_at')}`)}
    ) AS counted
    WHERE ${isShown('counted.track_id')}
    GROUP BY track_id HAVING sum(n) > 0 ORDER BY skipped DESC FETCH FIRST $5 ROWS WITH TIES
  ), top AS (
    SELECT track_id, often.skipped, (
      SELECT count(*)::int FROM plays AS p
      WHERE p.user_id = $1 AND p.track_id = often.track_id AND p.skipped IS NOT NULL AND ${inPeriod('p.played_at')}
    ) AS skip_known
    FROM often ORDER BY skipped DESC, skip_known, track_id LIMIT $5
  )
  ${CARDS}`,
);

/** How plays ended, of tracks that are not hidden. Of days, nothing is kept of shuffle and offline. */
export const findEndings = (db: Queries, userId: number, period: Period): Promise<Endings> =>
  isEver(period)
    ? db.one<Endings>(ENDINGS_EVER, [userId])
    : db.one<Endings>(ENDINGS_OF_DAYS, daysValues(userId, period));

const ENDINGS_EVER = hotQuery(
  'skips: how plays ended, of all time',
  `SELECT ${ENDING_SUMS} FROM play_endings WHERE user_id = $1 AND ${isShown('play_endings.track_id')}`,
  READS_ALL_TALLIES,
);

const ENDINGS_OF_DAYS = hotQuery(
  'skips: how plays ended',
  `
  SELECT ${ENDING_SUMS} FROM (
    SELECT kept, end_known, ended, skip_known, skipped, 0 AS shuffle_known, 0 AS shuffled, 0 AS offline_known, 0 AS offline
    FROM play_days WHERE user_id = $1 AND ${isDayInPeriod('day')}
  ) AS days`,
);
