import type { z } from 'zod';
import { badInput } from '../errors.ts';
import { SpotifyError } from './errors.ts';

/** @throws SpotifyError `unreadable`, without quoting the text */
export function readShape<T>(shape: z.ZodType<T>, text: string): T {
  const result = shape.safeParse(parseJson(text));
  if (!result.success) throw new SpotifyError('unreadable');
  return result.data;
}

/** @throws SpotifyError `unreadable`, without quoting the text */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text.
    throw new SpotifyError('unreadable');
  }
}

export function idInPath(id: string): string {
  if (!/^[A-Za-z0-9]{1,64}$/.test(id)) throw badInput('That is not a Spotify id.');
  return id;
}
