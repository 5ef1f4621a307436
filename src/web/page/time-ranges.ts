import { z } from 'zod';
import { TIME_RANGES, type TimeRange } from '../../spotify/top-tracks.ts';

/** What the time ranges are called on every page. */
export const RANGE_LABELS: Readonly<Record<TimeRange, string>> = {
  short_term: 'Last 4 weeks',
  medium_term: 'Last 6 months',
  long_term: 'Last year',
};

export const rangeLabel = (range: TimeRange): string => RANGE_LABELS[range];

/** A `range` in an address. */
export const rangeParam = z.enum(TIME_RANGES, `must be one of ${TIME_RANGES.join(', ')}`);

/** The ranges as links, the current one marked. */
export const linkRanges = (current: TimeRange, hrefOf: (range: TimeRange) => string) =>
  TIME_RANGES.map((id) => ({ id, label: RANGE_LABELS[id], href: hrefOf(id), current: id === current }));
