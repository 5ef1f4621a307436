/** What some plays that count come to. */
export interface PlayTally {
  readonly plays: number;
  /** Those of them whose time is known, if only about. */
  readonly timed_plays: number;
  /** Listened, where it is known. */
  readonly ms_played: number;
  /** The lengths of the tracks, where only they are known. */
  readonly about_ms: number;
}

/** The columns of every table of tallies. */
export const TALLY = 'plays, timed_plays, ms_played, about_ms';

/** Some tallies added up. */
export const TALLY_SUM = `COALESCE(sum(plays), 0)::int AS plays, COALESCE(sum(timed_plays), 0)::int AS timed_plays,
  COALESCE(sum(ms_played), 0)::bigint AS ms_played, COALESCE(sum(about_ms), 0)::bigint AS about_ms`;
