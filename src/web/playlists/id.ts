import type { Request } from 'express';
import { notFound } from '../../errors.ts';

/** Reads what `playlistPath` writes. @throws AppError 404 */
export function playlistIdOf({ params }: Request): string {
  const given = params.playlistId;
  if (typeof given !== 'string' || given.length > 8_000) throw notFound();
  if (!given.startsWith('~')) {
    if (/^[\w-]{1,200}$/.test(given)) return given;
    throw notFound();
  }
  const bytes = Buffer.from(given.slice(1), 'base64url');
  const text = bytes.toString();
  // The database cannot store such a text, so nothing has it as its id.
  if (text.includes('\0') || !Buffer.from(text).equals(bytes)) throw notFound();
  return text;
}
