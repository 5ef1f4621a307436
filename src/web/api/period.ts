import type { Period } from '../../ranges/period.ts';
import { day } from './params.ts';
import { badParameters } from './middleware/problems.ts';

/** Days of the listener's calendar, both included. */
export const period = {
  from: day.optional().describe('The first day, in your time zone'),
  to: day.optional().describe('The last day, in your time zone'),
};

/** @throws Problem 400 if it ends before it begins */
export function periodOf({ from, to }: { from?: string | undefined; to?: string | undefined }): Period {
  if (from !== undefined && to !== undefined && from > to)
    throw badParameters([{ parameter: 'to', message: 'must not be before “from”' }]);
  return { from: from ?? null, to: to ?? null };
}
