import type { TimeRange } from '../spotify/top-tracks.ts';

/** What a listener calls each of Spotify's ranges. */
export const RANGE_LABELS: Readonly<Record<TimeRange, string>> = {
  short_term: 'Last 4 weeks',
  medium_term: 'Last 6 months',
  long_term: 'Last year',
};

export const rangeLabel = (range: TimeRange): string => RANGE_LABELS[range];
