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

/** SQL: the value that half of the sessions do not exceed, as percentile_disc() would give it for each of them. */
const typical = (column: string): string => `(
    SELECT min(${column}) FROM (
      SELECT ${column}, 2 * sum(sum(sessions)) OVER (ORDER BY ${column}) AS twice_so_many, sum(sum(sessions)) OVER () AS sessions
      FROM alike GROUP BY ${column}
    ) AS counted WHERE twice_so_many >= sessions)`;

/** Sessions of the same minutes and plays are counted first: of ten years they are twenty thousand, and far fewer kinds. */
export const SESSIONS = question<PeriodValues, Sessions>(
  hotQuery(
    'when: sessions',
    `
  WITH alike AS MATERIALIZED (
    SELECT minutes, plays, count(*)::int AS sessions, min(began_at) AS began_at
    FROM (
      SELECT began_at, floor(date_part('epoch', ended_at - began_at) / 60 + 0.5)::int AS minutes, plays
      FROM play_sessions WHERE user_id = $1 AND ${inPeriod('began_at')}
    ) AS each GROUP BY minutes, plays
  ), tally AS (
    SELECT COALESCE(sum(sessions), 0)::int AS sessions, ${typical('minutes')} AS typical_minutes,
      ${typical('plays')} AS typical_plays
    FROM alike
  )
  SELECT tally.*, longest.began_at, longest.minutes, longest.plays
  FROM tally LEFT JOIN (SELECT * FROM alike ORDER BY minutes DESC, plays DESC LIMIT 1) AS longest ON true`,
  ),
  sessionsOf,
);

/** Those that began in the period. */
export const findSessions = (db: Queries, listener: Listener, period: Period): Promise<Sessions> =>
  ask(db, SESSIONS, ...periodValues(listener, period));
