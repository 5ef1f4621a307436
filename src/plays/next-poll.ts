export interface PollOutcome {
  readonly added: number;
  readonly minutesSinceLastPoll: number;
  /** Infinity: no play is known. */
  readonly minutesSinceNewestPlay: number;
}

/** Spotify remembers 50 plays: at the latest pace, the next poll should find half of that. */
const WANTED = 25;
const [SOONEST, WHILE_LISTENING, WHEN_SILENT, WHEN_AWAY] = [5, 20, 30, 45];
const SILENCE_MINUTES = 60;
const AWAY_MINUTES = 24 * 60;

/** At most 20 while the listener listens, more while they do not. */
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

/** 2, 4, 8 … at most an hour. */
export const minutesAfterFailures = (failures: number): number => Math.min(60, 2 ** Math.min(failures, 10));
