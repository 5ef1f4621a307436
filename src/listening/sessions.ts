import { ask, question, theRow } from '../database/ask-together.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { inPeriod, periodValues, type Listener, type Period, type PeriodValues } from '../ranges/period.ts';

/** How long without a play ends a session: as the database has it (sessions_between()). */
export const SESSION_GAP_MINUTES = 30;

interface Session {
  readonly began_at: Date;
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

type Row = Omit<Sessions, 'longest'> & {
  readonly began_at: string | Date | null;
  readonly minutes: number;
  readonly plays: number;
};

function sessionsOf(rows: readonly Row[]): Sessions {
  const { began_at: beganAt, minutes, plays, ...sessions } = theRow(rows);
  return { ...sessions, longest: beganAt === null ? null : { began_at: new Date(beganAt), minutes, plays } };
}

export const SESSIONS = question<PeriodValues, Sessions>(
  hotQuery(
    'when: sessions',
    `
  WITH sessions AS MATERIALIZED (
    SELECT began_at, (extract(epoch FROM ended_at - began_at) / 60)::int AS minutes, plays
    FROM play_sessions WHERE user_id = $1 AND ${inPeriod('began_at')}
  ), tally AS (
    SELECT count(*)::int AS sessions, percentile_disc(0.5) WITHIN GROUP (ORDER BY minutes) AS typical_minutes,
      percentile_disc(0.5) WITHIN GROUP (ORDER BY plays) AS typical_plays
    FROM sessions
  )
  SELECT * FROM tally LEFT JOIN (SELECT * FROM sessions ORDER BY minutes DESC, plays DESC, began_at LIMIT 1) AS longest ON true`,
  ),
  sessionsOf,
);

/** Those that began in the period. */
export const findSessions = (db: Queries, listener: Listener, period: Period): Promise<Sessions> =>
  ask(db, SESSIONS, ...periodValues(listener, period));
