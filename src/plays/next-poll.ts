export interface PollOutcome {
  /** Plays that were new to us. */
  readonly added: number;
  readonly minutesSinceLastPoll: number;
  /** Infinity where there is none. */
  readonly minutesSinceNewestPlay: number;
}

/** Spotify remembers 50: at the pace seen last, the next asking should find half of that. */
const WANTED = 25;
const [SOONEST, WHILE_LISTENING, WHEN_SILENT, WHEN_AWAY] = [5, 20, 30, 45];
const SILENCE_MINUTES = 60;
const AWAY_MINUTES = 24 * 60;

/** Minutes until a listener's plays should be asked for again: at most 20 while they listen, more while they do not. */
export function minutesToNextPoll({
  added,
  minutesSinceLastPoll,
  minutesSinceNewestPlay,
}: PollOutcome): number {
  if (minutesSinceNewestPlay > AWAY_MINUTES) return WHEN_AWAY;
  if (minutesSinceNewestPlay > SILENCE_MINUTES) return WHEN_SILENT;
  const pace = added / Math.max(1, minutesSinceLastPoll);
  return Math.max(SOONEST, Math.min(WHILE_LISTENING, pace === 0 ? WHILE_LISTENING : WANTED / pace));
}

/** Minutes to wait after so many failures in a row: 2, 4, 8 … an hour at most. */
export const minutesAfterFailures = (failures: number): number => Math.min(60, 2 ** Math.min(failures, 10));
