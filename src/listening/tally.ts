import type { PlayTally } from '../catalogue/play-tally.ts';
import type { CountingRule } from '../users/users.ts';

export const TALLY_SUM = `COALESCE(sum(plays), 0)::int AS plays, COALESCE(sum(timed_plays), 0)::int AS timed_plays,
  COALESCE(sum(ms_played), 0)::bigint AS ms_played, COALESCE(sum(about_ms), 0)::bigint AS about_ms`;

/** With what a page must say beside it. */
export interface CountedTally extends PlayTally {
  readonly rule: CountingRule;
  /** The figures are then a minimum. */
  readonly has_gap: boolean;
}

export const COUNTED_BY = `(SELECT counted_plays FROM users WHERE user_id = $1) AS rule`;

/** A gap that no import has closed. @param where SQL: which gaps matter */
export const HAS_OPEN_GAP = (where: string): string =>
  `EXISTS (SELECT FROM play_gaps WHERE user_id = $1 AND history_import_id IS NULL AND ${where}) AS has_gap`;
