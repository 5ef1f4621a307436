import type { Queries } from '../db.ts';
import { hotQuery } from '../hot-queries.ts';
import { inPeriod, periodValues, type Listener, type Period } from '../ranges/period.ts';

export interface WeekHour {
  /** 1: Monday, to 7. */
  readonly weekday: number;
  readonly hour: number;
  readonly plays: number;
}

/** Plays by the weekday and the hour on the listener's clock; those without a play are left out. */
export const countPlaysByWeekHour = (db: Queries, listener: Listener, period: Period): Promise<WeekHour[]> =>
  db.many<WeekHour>(BY_WEEK_HOUR, periodValues(listener, period));

/** (Hours since a Thursday: a ten years' history is told in half the time that two extract() take.) */
const BY_WEEK_HOUR = hotQuery(
  'when: plays by weekday and hour',
  `
  SELECT (3 + weekhour / 24) % 7 + 1 AS weekday, weekhour % 24 AS hour, sum(plays)::int AS plays
  FROM (
    SELECT ((floor(date_part('epoch', quarter AT TIME ZONE $4) / 3600)::int % 168) + 168) % 168 AS weekhour, plays
    FROM play_quarters WHERE user_id = $1 AND ${inPeriod('quarter')}
  ) AS local
  GROUP BY weekhour ORDER BY 1, 2`,
);

/** How long without a play ends a session. Plays are told by the quarter of an hour they end in. */
export const SESSION_GAP_MINUTES = 30;

interface Session {
  readonly began_at: Date;
  /** In whole quarters of an hour. */
  readonly minutes: number;
  readonly plays: number;
}

export interface Sessions {
  readonly sessions: number;
  readonly longest: Session | null;
  /** Half of the sessions are shorter, and half have fewer plays. */
  readonly typical_minutes: number | null;
  readonly typical_plays: number | null;
}

export async function findSessions(db: Queries, listener: Listener, period: Period): Promise<Sessions> {
  const {
    began_at: beganAt,
    minutes,
    plays,
    ...sessions
  } = await db.one<Omit<Sessions, 'longest'> & { began_at: Date | null; minutes: number; plays: number }>(
    SESSIONS,
    periodValues(listener, period),
  );
  return { ...sessions, longest: beganAt === null ? null : { began_at: beganAt, minutes, plays } };
}

const TOLD = `user_id = $1 AND ${inPeriod('quarter')}`;

/** From each session's first quarter to the one before the next session's; of the last, to the end. */
const SESSIONS = hotQuery(
  'when: sessions',
  `
  WITH quarters AS (
    SELECT quarter, lag(quarter) OVER told AS before, sum(plays) OVER told - plays AS plays_before
    FROM play_quarters WHERE ${TOLD}
    WINDOW told AS (ORDER BY quarter)
  ), firsts AS (
    SELECT quarter, lead(before) OVER begun AS last, plays_before, lead(plays_before) OVER begun AS plays_by_end
    FROM quarters WHERE before IS NULL OR quarter - before > interval '${SESSION_GAP_MINUTES} minutes'
    WINDOW begun AS (ORDER BY quarter)
  ), sessions AS (
    SELECT quarter AS began_at,
      (extract(epoch FROM COALESCE(last, (SELECT max(quarter) FROM play_quarters WHERE ${TOLD})) - quarter) / 60)::int + 15
        AS minutes,
      COALESCE(plays_by_end - plays_before,
        (SELECT sum(plays) FROM play_quarters WHERE ${TOLD} AND quarter >= firsts.quarter))::int AS plays
    FROM firsts
  ), tally AS (
    SELECT count(*)::int AS sessions, percentile_disc(0.5) WITHIN GROUP (ORDER BY minutes) AS typical_minutes,
      percentile_disc(0.5) WITHIN GROUP (ORDER BY plays) AS typical_plays
    FROM sessions
  )
  SELECT * FROM tally LEFT JOIN (SELECT * FROM sessions ORDER BY minutes DESC, plays DESC, began_at LIMIT 1) AS longest ON true`,
);
