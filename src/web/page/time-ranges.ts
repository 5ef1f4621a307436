import { z } from 'zod';
import { RANGE_LABELS } from '../../snapshots/time-ranges.ts';
import { TIME_RANGES, type TimeRange } from '../../spotify/top-list.ts';

export { RANGE_LABELS };

export const rangeLabel = (range: TimeRange): string => RANGE_LABELS[range];

export const rangeParam = z.enum(TIME_RANGES, `must be one of ${TIME_RANGES.join(', ')}`);

export const linkRanges = (current: TimeRange, hrefOf: (range: TimeRange) => string) =>
  TIME_RANGES.map((id) => ({ id, label: RANGE_LABELS[id], href: hrefOf(id), current: id === current }));
