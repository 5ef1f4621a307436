/** Days of the listener's own calendar, both included; null: open on that side. */
export interface Period {
  readonly from: string | null;
  readonly to: string | null;
}

/** Whose plays, and by which clock their days and hours are told. */
export interface Listener {
  readonly user_id: number;
  /** IANA name */
  readonly timezone: string;
}

/** $1 to $4 of every query over a period. */
export const periodValues = ({ user_id, timezone }: Listener, { from, to }: Period): unknown[] => [
  user_id,
  from,
  to,
  timezone,
];

/** The instants between which a period lies: from its first midnight to the one after its last day. */
export const PERIOD_START = `COALESCE($2::date::timestamp AT TIME ZONE $4, '-infinity'::timestamptz)`;
export const PERIOD_END = `COALESCE(($3::date + 1)::timestamp AT TIME ZONE $4, 'infinity'::timestamptz)`;
