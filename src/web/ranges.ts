import { z } from 'zod';
import { TIME_RANGES, type TimeRange } from '../spotify/top-tracks.ts';

const RANGE_LABELS: Readonly<Record<TimeRange, string>> = {
  short_term: 'Last 4 weeks',
  medium_term: 'Last 6 months',
  long_term: 'Last year',
};

/** A `range` in an address. */
export const rangeParam = z.enum(TIME_RANGES, `must be one of ${TIME_RANGES.join(', ')}`);

/** The ranges as links, for views/partials/ranges.ejs. */
export const rangeLinks = (current: TimeRange, href: (range: TimeRange) => string) =>
  TIME_RANGES.map((id) => ({
    id,
    label: RANGE_LABELS[id],
    href: href(id),
    current: id === current,
  }));
