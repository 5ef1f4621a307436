import type { z } from 'zod';
import { badInput, notFound } from '../../errors.ts';

/**
 * Reads query, form or path parameters with a schema. Unknown ones are ignored.
 * @throws AppError 400 naming the first parameter that does not fit
 */
export function readParams<Shape extends z.ZodType>(schema: Shape, given: unknown): z.infer<Shape> {
  const parsed = schema.safeParse(given ?? {});
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw badInput(`“${String(issue?.path[0] ?? 'The request')}” ${issue?.message ?? 'is not valid'}.`);
}

/** Longer than any id of Spotify's or any local file's URI, and shorter than an index row. */
const LONGEST_ID = 2_000;

/**
 * A text id from the path of an address.
 * @throws AppError 404: what can be no id is the same as one that is not there
 */
export function readId(given: unknown): string {
  if (typeof given !== 'string' || given.length > LONGEST_ID || given.includes('\0')) throw notFound();
  return given;
}

/**
 * A number we gave out as an id, from the path of an address.
 * @throws AppError 404: what can be no id is the same as one that is not there
 */
export function readNumberId(given: unknown): number {
  if (typeof given !== 'string' || !/^[1-9]\d{0,14}$/.test(given)) throw notFound();
  return Number(given);
}

/**
 * A path of ours to go back to after sign-in, or the fallback for everything that could lead elsewhere
 * (`//host`, `/\host`, control characters, other schemes).
 */
export function safeReturnTo(given: unknown, baseUrl: string, fallback = '/dashboard'): string {
  if (typeof given !== 'string' || given.length > 512 || !/^\/(?![/\\])[\x21-\x7e]*$/.test(given))
    return fallback;
  const url = URL.canParse(given, baseUrl) ? new URL(given, baseUrl) : null;
  if (url?.origin !== new URL(baseUrl).origin || url.pathname.startsWith('//')) return fallback;
  return url.pathname + url.search;
}
