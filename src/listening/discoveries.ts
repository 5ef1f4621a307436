import { ask, question } from '../database/ask-together.ts';
import { isShown } from '../catalogue/shown.ts';
import { joinByKey, TRACK_CARD, type TrackCard } from '../catalogue/track-card.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import {
  dayOf,
  daysValues,
  inPeriod,
  isDayInPeriod,
  periodValues,
  SLACK,
  type DaysValues,
  type Listener,
  type Period,
} from '../ranges/period.ts';
import {
  IN_ORDER,
  monthTables,
  periodTables,
  playedInDays,
  playedInMonths,
  playedInPeriod,
  READS_ALL_TALLIES,
  wayOfDays,
} from './played-in-period.ts';
import type { Days } from '../ranges/range.ts';
import type { PlayTally } from '../catalogue/play-tally.ts';

/** What was heard for the first time, and what again after long. */

/** From this many days after its first play on, a discovery has lasted if it was still played: as the database has it (has_lasted()). */
export const LASTING_DAYS = 90;

export interface Discoveries {
  /** `YYYY-MM` */
  readonly month: string;
  readonly tracks: number;
  readonly lasting_tracks: number;
  readonly artists: number;
  readonly lasting_artists: number;
}

const counted = (kind: string): string =>
  `COALESCE(sum(things) FILTER (WHERE kind = '${kind}'), 0)::int AS ${kind},
    COALESCE(sum(lasting) FILTER (WHERE kind = '${kind}'), 0)::int AS lasting_${kind}`;

export const DISCOVERIES = question<DaysValues, readonly Discoveries[]>(
  hotQuery(
    'when: discoveries by month',
    `SELECT to_char(month, 'YYYY-MM') AS month, ${counted('tracks')}, ${counted('artists')}
     FROM (
       SELECT *, date_trunc('month', day::timestamp) AS month
       FROM discoveries WHERE user_id = $1 AND ${isDayInPeriod('day')}
     ) AS discovered
     GROUP BY discovered.month ORDER BY discovered.month`,
  ),
  (rows: readonly Discoveries[]) => rows,
);

/** Tracks and artists by the month of their first play; months without any are left out. */
export const listDiscoveries = (
  db: Queries,
  userId: number,
  period: Period,
): Promise<readonly Discoveries[]> => ask(db, DISCOVERIES, ...daysValues(userId, period));

/** Tracks first played in a period; those played most often since then first. */
export async function listDiscoveredTrackIds(
  db: Queries,
  listener: Listener,
  period: Period,
  limit: number,
): Promise<string[]> {
  const rows = await db.many<{ track_id: string }>(DISCOVERED, [...periodValues(listener, period), limit]);
  return rows.map(({ track_id: trackId }) => trackId);
}

const DISCOVERED = hotQuery(
  'playlist builder: tracks discovered in a time',
  `
  SELECT track_id FROM played_tracks
  WHERE user_id = $1 AND ${inPeriod('first_played_at')} AND ${isShown('played_tracks.track_id')}
  ORDER BY plays DESC, ms_played + about_ms DESC, track_id LIMIT $5`,
);

export interface ReturnedTrack extends TrackCard, PlayTally {
  readonly first_played_at: Date;
}

/** Tracks of a range that were not played in the year before it, but earlier; those played most often first. */
export const listReturned = (
  db: Queries,
  listener: Listener,
  days: Days,
  limit: number,
): Promise<ReturnedTrack[]> =>
  db.many<ReturnedTrack>(RETURNED[wayOfDays('tracks', days)], [...periodValues(listener, days), limit]);

const YEAR_BEFORE = `($2::date - interval '1 year')::date`;

const yearBeforeBegins = (slack: string): string =>
  `(SELECT ${YEAR_BEFORE}::timestamp AT TIME ZONE $4 ${slack} ${SLACK})`;

/** SQL: whether a tally has no play in any whole month of the year before $2, and one before that year. */
const WAS_AWAY = `first_played_at < ${yearBeforeBegins('+')}
  AND (first_played_at < ${yearBeforeBegins('-')} OR ${dayOf('first_played_at')} < ${YEAR_BEFORE})
  AND width_bucket((SELECT date_trunc('month', ${YEAR_BEFORE} - 1 + interval '1 month')::date - 1), months) =
    width_bucket((SELECT date_trunc('month', $2::date::timestamp)::date - 1), months)`;

/** SQL: whether a track was played on a day of the year before $2. */
const wasPlayedBefore = (trackId: string): string => `COALESCE((
      SELECT true FROM plays JOIN users USING (user_id)
      WHERE user_id = $1 AND track_id = ${trackId}
        AND played_at >= ${yearBeforeBegins('-')}
        AND played_at < (SELECT $2::date::timestamp AT TIME ZONE $4 + ${SLACK})
        AND ${dayOf('played_at')} >= ${YEAR_BEFORE} AND ${dayOf('played_at')} < $2::date
        AND counts_as_play(users.counted_plays, ms_played, reached_end, (
          SELECT length_ms FROM played_tracks AS own WHERE own.user_id = $1 AND own.track_id = ${trackId}))
      LIMIT 1), false)`;

/** SQL: of tallies, those that can be among the tracks that come back. */
const MAY_RETURN = `plays > 1 AND ${WAS_AWAY}`;

/** @param tables SQL: common tables, of which `top` are those that came back, in order */
const returnedSql = (tables: string): string => `
  WITH ${tables}
  SELECT ${TRACK_CARD}, top.*, ever.first_played_at
  FROM top ${joinByKey('tracks', 'top.id')} JOIN played_tracks AS ever ON (ever.user_id, ever.track_id) = ($1, top.id)
  ORDER BY top.plays DESC, top.ms_played + top.about_ms DESC, top.id`;

/**
 * SQL: those played most are judged one after the other until there are enough.
 * @param enough SQL: so many are enough to judge; null: any may be needed
 */
const judged = (
  played: string,
  isReturned: string,
  enough = 'NULL',
): string => `${periodTables('tracks')}, top AS (
    SELECT * FROM (SELECT * FROM (${played}) AS played ORDER BY ${IN_ORDER.plays} LIMIT ${enough}) AS often
    WHERE ${isReturned}
    ORDER BY ${IN_ORDER.plays} LIMIT $5
  )`;

/** (Before the first of a month months alone tell who was away: none of those has to be judged by its plays.) */
const RETURNED = {
  days: hotQuery(
    'when: tracks of some days that come back after a year',
    returnedSql(
      judged(
        playedInDays('tracks'),
        `(SELECT ${WAS_AWAY} FROM played_tracks AS own WHERE own.user_id = $1 AND own.track_id = often.id)
        AND NOT ${wasPlayedBefore('often.id')}`,
      ),
    ),
    READS_ALL_TALLIES,
  ),
  months: hotQuery(
    'when: tracks of whole months that come back after a year',
    returnedSql(`${monthTables()}, top AS (
      SELECT * FROM (${playedInMonths('tracks', 'asked', MAY_RETURN)}) AS played ORDER BY ${IN_ORDER.plays} LIMIT $5
    )`),
    READS_ALL_TALLIES,
  ),
  period: hotQuery(
    'when: tracks of a range that come back after a year',
    returnedSql(
      judged(
        playedInPeriod('tracks', 'asked', MAY_RETURN),
        `NOT ${wasPlayedBefore('often.id')}`,
        `CASE WHEN $2::date = date_trunc('month', $2::date::timestamp) THEN $5::int END`,
      ),
    ),
    READS_ALL_TALLIES,
  ),
};
