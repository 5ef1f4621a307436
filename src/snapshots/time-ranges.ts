import type { TimeRange } from '../spotify/top-list.ts';

export const RANGE_LABELS: Readonly<Record<TimeRange, string>> = {
  short_term: 'Last 4 weeks',
  medium_term: 'Last 6 months',
  long_term: 'Last year',
};
