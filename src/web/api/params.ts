import { z } from 'zod';
import { notFound } from '../../errors.ts';
import { TIME_RANGES } from '../../spotify/top-tracks.ts';
import { badParameters, type Problem } from './middleware/problems.ts';

const ONCE = 'must be given once';
/** Neither JSON nor PostgreSQL can hold these. */
const UNSTORABLE = /[\0\p{Cs}]/u;

export const text = (longest: number) =>
  z
    .string(ONCE)
    .max(longest, `must have at most ${longest} characters`)
    .refine((given) => !UNSTORABLE.test(given), 'must be plain text');

export const id = z.string();

/** An impossible id looks like an unknown one. @throws AppError 404 */
export function readableId(given: string): string {
  if (given.length > 2_000 || UNSTORABLE.test(given)) throw notFound();
  return given;
}

export function whole(low: number, high: number) {
  const message = `must be a whole number from ${low} to ${high}`;
  return z
    .string(ONCE)
    .regex(/^-?\d{1,9}$/, message)
    .transform(Number)
    .pipe(z.int(message).min(low, message).max(high, message));
}

export function decimal(low: number, high: number) {
  const message = `must be a number from ${low} to ${high}`;
  return z
    .string(ONCE)
    .regex(/^-?\d{1,9}(\.\d{1,9})?$/, message)
    .transform(Number)
    .pipe(z.number(message).min(low, message).max(high, message));
}

export const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, `must be one of ${values.join(', ')}`);

/** May be repeated: `?range=long_term&range=short_term`. */
export const anyOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  repeated(oneOf(values));

export const repeated = <Value extends z.ZodType<string, string>>(value: Value) =>
  z
    .unknown()
    .transform((given) => [given].flat())
    .pipe(z.array(value).max(20, 'must not be given so often'));

/** The calendar has no year 0. */
export const day = z.iso
  .date('must be a day that exists, such as 2024-03-14')
  .refine((given) => !given.startsWith('0000'), 'must be a day that exists, such as 2024-03-14');

export const timeRange = oneOf(TIME_RANGES).describe(
  'Spotify’s span of a list: about four weeks, six months or a year',
);

const MOST_AT_ONCE = 100;

export const paging = {
  limit: whole(1, MOST_AT_ONCE).default(50).describe('The most to return'),
  after: text(4_000).optional().describe('`next` of the previous answer, to get the next page'),
};

/** `next` is null at the end. */
export const pageOf = <Item extends z.ZodType, More extends z.ZodRawShape>(item: Item, more: More) =>
  z.strictObject({
    ...more,
    items: z.array(item),
    next: z.string().nullable().describe('Send it as `after` to get the next page; null at the end'),
  });

/** Opaque to clients. */
export const writeCursor = (place: unknown): string =>
  Buffer.from(JSON.stringify(place)).toString('base64url');

/** Null: from the beginning. @throws Problem 400 for anything we did not hand out */
export function readCursor<Place extends z.ZodType>(
  schema: Place,
  given: string | undefined,
): z.output<Place> | null {
  if (given === undefined) return null;
  const place = schema.safeParse(decoded(given));
  if (place.success) return place.data;
  throw badCursor();
}

export const badCursor = (): Problem =>
  badParameters([{ parameter: 'after', message: 'must be `next` of an answer before' }]);

function decoded(given: string): unknown {
  try {
    return JSON.parse(Buffer.from(given, 'base64url').toString()) as unknown;
  } catch {
    return null;
  }
}
