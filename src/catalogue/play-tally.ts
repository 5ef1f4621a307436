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

/** The same of table `played`, where it may have no row. */
export const TALLY_OR_NONE = TALLY.split(', ')
  .map((column) => `COALESCE(played.${column}, 0) AS ${column}`)
  .join(', ');

/** SQL: what listener $1 played of a track, as table `played`. @param trackId a column with its table's name before it */
export const joinPlayed = (trackId: string): string =>
  `LEFT JOIN played_tracks AS played ON (played.user_id, played.track_id) = ($1, ${trackId})`;
