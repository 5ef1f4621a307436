import { ask, question, theRow } from '../database/ask-together.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import {
  daysValues,
  isDayInPeriod,
  notAfter,
  notBefore,
  periodValues,
  type DaysValues,
  type Listener,
  type Period,
  type PeriodValues,
} from '../ranges/period.ts';
import { COUNTED_BY, HAS_OPEN_GAP, TALLY_SUM, type CountedTally } from './tally.ts';

/** What is kept of each day on the listener's calendar (`play_days`), and what any days come to. */

export interface DayCount {
  /** `YYYY-MM-DD` on the listener's calendar. */
  readonly day: string;
  readonly plays: number;
}

/** Plays of each day of a period on which there were any, in order. */
export const PLAYS_BY_DAY = question<DaysValues, readonly DayCount[]>(
  hotQuery(
    'history: plays by day',
    `SELECT day, plays FROM play_days WHERE user_id = $1 AND ${isDayInPeriod('day')} AND plays > 0 ORDER BY day`,
  ),
  (rows: readonly DayCount[]) => rows,
);

export const countPlaysByDay = (db: Queries, userId: number, period: Period): Promise<readonly DayCount[]> =>
  ask(db, PLAYS_BY_DAY, ...daysValues(userId, period));

export interface WeekHour {
  /** 1: Monday, to 7. */
  readonly weekday: number;
  readonly hour: number;
  readonly plays: number;
}

const EVERY_HOUR = Array.from({ length: 24 }, (_, hour) => hour);
const HOURS = `ARRAY[${EVERY_HOUR.map((hour) => `sum(hours[${hour + 1}])::int`).join(', ')}]`;

/** Plays by the weekday and the hour on the listener's clock; those without a play are left out. */
export const PLAYS_BY_WEEK_HOUR = question<DaysValues, readonly WeekHour[]>(
  hotQuery(
    'when: plays by weekday and hour',
    `SELECT extract(isodow FROM day)::int AS weekday, ${HOURS} AS hours
     FROM play_days WHERE user_id = $1 AND ${isDayInPeriod('day')} GROUP BY 1 ORDER BY 1`,
  ),
  (rows: readonly { readonly weekday: number; readonly hours: readonly number[] }[]) =>
    rows.flatMap(({ weekday, hours }) =>
      hours.flatMap((plays, hour) => (plays === 0 ? [] : [{ weekday, hour, plays }])),
    ),
);

export const countPlaysByWeekHour = (
  db: Queries,
  userId: number,
  period: Period,
): Promise<readonly WeekHour[]> => ask(db, PLAYS_BY_WEEK_HOUR, ...daysValues(userId, period));

/** The hours of all days of a week, 24 of them from midnight on. */
export const hoursOfDay = (week: readonly WeekHour[]): { hour: number; plays: number }[] =>
  EVERY_HOUR.map((hour) => ({
    hour,
    plays: week.reduce((sum, one) => sum + (one.hour === hour ? one.plays : 0), 0),
  }));

/** What all plays of a range come to. */
export const RANGE_TALLY = question<PeriodValues, CountedTally>(
  hotQuery(
    'top lists: what the plays of a range come to',
    `SELECT ${TALLY_SUM}, ${COUNTED_BY},
       ${HAS_OPEN_GAP(`${notBefore('before_played_at')} AND ${notAfter('after_played_at')}`)}
     FROM play_days WHERE user_id = $1 AND ${isDayInPeriod('day')}`,
  ),
  theRow,
);

export const findRangeTally = (db: Queries, listener: Listener, period: Period): Promise<CountedTally> =>
  ask(db, RANGE_TALLY, ...periodValues(listener, period));

export interface PlayTotals extends CountedTally {
  readonly tracks: number;
  /** `YYYY-MM-DD`; null: nothing was played. */
  readonly first_day: string | null;
}

/** The whole history in figures. */
export const PLAY_TOTALS = question<[userId: number], PlayTotals>(
  `SELECT ${TALLY_SUM}, min(day) FILTER (WHERE plays > 0) AS first_day, ${COUNTED_BY}, ${HAS_OPEN_GAP('true')},
       ((SELECT count(*) FROM played_tracks WHERE user_id = $1) - (
         SELECT count(*) FROM library_tracks JOIN played_tracks USING (user_id, track_id) WHERE user_id = $1 AND hidden))::int AS tracks
     FROM play_days WHERE user_id = $1`,
  theRow,
);

export const findPlayTotals = (db: Queries, userId: number): Promise<PlayTotals> =>
  ask(db, PLAY_TOTALS, userId);
