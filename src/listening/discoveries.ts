import { ask, question } from '../database/ask-together.ts';
import { isShown } from '../catalogue/shown.ts';
import { TRACK_CARD, type TrackCard } from '../catalogue/track-card.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import {
  dayOf,
  inPeriod,
  periodValues,
  type Listener,
  type Period,
  type PeriodValues,
} from '../ranges/period.ts';
import { periodTables, playedInPeriod, READS_ALL_TALLIES } from './played-in-period.ts';
import type { Days } from '../ranges/range.ts';
import type { PlayTally } from '../catalogue/play-tally.ts';

/** What was heard for the first time, and what again after long. */

/** From this many days after its first play on, a discovery has lasted if it was still played. */
export const LASTING_DAYS = 90;

export interface Discoveries {
  /** `YYYY-MM` */
  readonly month: string;
  readonly tracks: number;
  readonly lasting_tracks: number;
  readonly artists: number;
  readonly lasting_artists: number;
}

/** Tracks and artists by the month of their first play; months without any are left out. */
export const listDiscoveries = (
  db: Queries,
  listener: Listener,
  period: Period,
): Promise<readonly Discoveries[]> => ask(db, DISCOVERIES, ...periodValues(listener, period));

const firsts = (kind: string, table: string, where: string): string => `
  SELECT '${kind}' AS kind, date_trunc('month', first_played_at AT TIME ZONE $4) AS month,
    last_played_at - first_played_at >= interval '${LASTING_DAYS} days' AS lasting
  FROM ${table} WHERE user_id = $1 AND ${inPeriod('first_played_at')} AND ${where}`;

const counted = (kind: string): string => `count(*) FILTER (WHERE kind = '${kind}')::int AS ${kind},
  count(*) FILTER (WHERE kind = '${kind}' AND lasting)::int AS lasting_${kind}`;

export const DISCOVERIES = question<PeriodValues, readonly Discoveries[]>(
  hotQuery(
    'when: discoveries by month',
    `
  SELECT to_char(month, 'YYYY-MM') AS month, ${counted('tracks')}, ${counted('artists')}
  FROM (
    ${firsts('tracks', 'played_tracks', isShown('played_tracks.track_id'))}
    UNION ALL ${firsts('artists', 'played_artists', 'true')}
  ) AS discovered
  GROUP BY discovered.month ORDER BY discovered.month`,
  ),
  (rows: readonly Discoveries[]) => rows,
);

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
): Promise<ReturnedTrack[]> => db.many<ReturnedTrack>(RETURNED, [...periodValues(listener, days), limit]);

const YEAR_BEFORE = { from: `($2::date - interval '1 year')::date`, to: '($2::date - 1)' };

const RETURNED = hotQuery(
  'when: tracks of a range that come back after a year',
  `
  WITH ${periodTables('tracks')}, ${periodTables('tracks', 'earlier', YEAR_BEFORE)}, top AS (
    SELECT played.*, first_played_at
    FROM (${playedInPeriod('tracks', 'asked', `${dayOf('first_played_at')} < ${YEAR_BEFORE.from}`)}) AS played
    JOIN played_tracks AS ever ON (ever.user_id, ever.track_id) = ($1, played.id)
    WHERE NOT EXISTS (SELECT FROM (${playedInPeriod('tracks', 'earlier')}) AS earlier WHERE earlier.id = played.id)
    ORDER BY played.plays DESC, played.ms_played + played.about_ms DESC, id LIMIT $5
  )
  SELECT ${TRACK_CARD}, top.*
  FROM top JOIN tracks ON tracks.track_id = top.id
  ORDER BY plays DESC, ms_played + about_ms DESC, id`,
  READS_ALL_TALLIES,
);
