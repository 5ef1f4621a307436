import { z } from 'zod';
import { ALL_TIME, readTime, type ChosenTime } from '../../snapshots/chosen-time.ts';
import { rangeParam } from '../page/time-ranges.ts';

/** What an empty field of a form sends. */
const empty = z.literal('').transform(() => undefined);

const isDay = (text: string): boolean => text.length === 10 && readTime(text)?.kind === 'day';

/** A day of the calendar, `YYYY-MM-DD`; an empty one was not asked for. */
const dayParam = z.union([empty, z.string().refine(isDay)], 'must be a day that exists, such as 2024-03-14');

export const timeQuery = z.object({
  range: rangeParam.optional(),
  with: dayParam.optional(),
  date: dayParam.optional(),
});

const NO_TIME = 'must be a year, a month or a day that exists, such as 2024, 2024/03 or 2024/03/14';

/** `year`, `year/month` or `year/month/day` of an address. */
export const timeInPath = z
  .object({ year: z.string(), month: z.string().optional(), day: z.string().optional() })
  .transform(({ year, month, day }, context): ChosenTime => {
    const parts = [year, month, day].filter((part) => part !== undefined);
    const time = parts.some((part) => part.includes('-')) ? null : readTime(parts.join('-'));
    if (time !== null) return time;
    context.addIssue({ code: 'custom', path: ['the time'], message: NO_TIME });
    return z.NEVER;
  });

/** `at=2024-03` of a chart; without it all time is meant. */
export const chartQuery = z.object({
  range: rangeParam.default('short_term'),
  at: z
    .string(NO_TIME)
    .transform(readTime)
    .refine((time) => time !== null, 'must be a date that exists, such as 2024, 2024-03 or 2024-03-14')
    .default(ALL_TIME),
});
