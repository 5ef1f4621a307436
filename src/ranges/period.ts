/** Days of the listener's own calendar, both included; null: open on that side. */
export interface Period {
  readonly from: string | null;
  readonly to: string | null;
}

export const isEver = ({ from, to }: Period): boolean => from === null && to === null;

/** Whose plays, and by which clock their days and hours are told. */
export interface Listener {
  readonly user_id: number;
  /** IANA name */
  readonly timezone: string;
}

/** $1 to $4 of every query over a period. */
export const periodValues = ({ user_id, timezone }: Listener, { from, to }: Period): PeriodValues => [
  user_id,
  from,
  to,
  timezone,
];
export type PeriodValues = readonly [...DaysValues, zone: string];

/** $1 to $3 of a query over days that are kept. */
export const daysValues = (userId: number, { from, to }: Period): DaysValues => [userId, from, to];
export type DaysValues = readonly [userId: number, from: string | null, to: string | null];

/** SQL: whether a day of the listener's calendar lies in the period. */
export const isDayInPeriod = (day: string): string =>
  `${day} BETWEEN COALESCE($2::date, '-infinity') AND COALESCE($3::date, 'infinity')`;

/** SQL: the day an instant belongs to on the listener's calendar. */
export const dayOf = (instant: string): string => `(${instant} AT TIME ZONE $4)::date`;

/**
 * SQL: whether an instant lies in the period, or on one side of it. The day of each instant decides; the bounds before
 * it are for the index. A midnight alone would be wrong: where clocks are put back over it, a day begins twice
 * (Atlantic/Azores, each October), and PostgreSQL takes the second. No clock goes back by more than SLACK.
 * What is further from an end than that needs no look at the calendar: a subselect is asked once, the calendar for each row.
 */
export const inPeriod = (instant: string): string => `${notBefore(instant)} AND ${notAfter(instant)}`;

export const notBefore = (instant: string): string => `
  ${instant} >= (SELECT COALESCE($2::date::timestamp AT TIME ZONE $4 - ${SLACK}, '-infinity'::timestamptz))
  AND (${instant} >= (SELECT COALESCE($2::date::timestamp AT TIME ZONE $4 + ${SLACK}, '-infinity'::timestamptz))
    OR ${dayOf(instant)} >= $2::date)`;

export const notAfter = (instant: string): string => `
  ${instant} < (SELECT COALESCE(($3::date + 1)::timestamp AT TIME ZONE $4 + ${SLACK}, 'infinity'::timestamptz))
  AND (${instant} < (SELECT COALESCE(($3::date + 1)::timestamp AT TIME ZONE $4 - ${SLACK}, 'infinity'::timestamptz))
    OR ${dayOf(instant)} <= $3::date)`;

/** SQL: the others, before the period and after it. */
export const beforePeriod = (instant: string): string => `
  ${instant} < (SELECT $2::date::timestamp AT TIME ZONE $4 + ${SLACK}) AND NOT (${notBefore(instant)})`;
export const afterPeriod = (instant: string): string => `
  ${instant} >= (SELECT ($3::date + 1)::timestamp AT TIME ZONE $4 - ${SLACK}) AND NOT (${notAfter(instant)})`;

export const SLACK = `interval '3 hours'`;
