export interface PlayTally {
  readonly plays: number;
  /** With a known time, exact or about. */
  readonly timed_plays: number;
  /** Listened, if known. */
  readonly ms_played: number;
  /** Lengths of the tracks, if only those are known. */
  readonly about_ms: number;
}

export const TALLY = 'plays, timed_plays, ms_played, about_ms';

export const TALLY_OR_NONE = TALLY.split(', ')
  .map((column) => `COALESCE(played.${column}, 0) AS ${column}`)
  .join(', ');

/** SQL: listener $1's tally as table `played`. @param trackId a column with its table's name before it */
export const joinPlayed = (trackId: string): string =>
  `LEFT JOIN played_tracks AS played ON (played.user_id, played.track_id) = ($1, ${trackId})`;
