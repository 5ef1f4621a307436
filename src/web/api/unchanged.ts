import { dayIn } from '../../calendar.ts';
import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import type { Db } from '../../db.ts';
import { findArchiveVersion } from '../../users/archive-version.ts';
import { listenerOf } from '../sign-in/sign-in.ts';

/**
 * Names an answer by what it follows from: whose archive at which version, on which day, asked what. A client that has
 * it already gets a 304, and no query looks at the archive.
 * @returns whether the request is answered by that
 */
export async function archiveUnchanged(db: Db, req: Request, res: Response): Promise<boolean> {
  const listener = listenerOf(req);
  const version = await findArchiveVersion(db, listener.user_id);
  const today = dayIn(listener.timezone);
  return answeredBefore(req, res, [version, JSON.stringify(listener), today, req.originalUrl]);
}

/** The same for what changes by itself: an answer is named by its content, and at least not sent again. */
export const contentUnchanged = (req: Request, res: Response, content: string): boolean =>
  answeredBefore(req, res, [content]);

function answeredBefore(req: Request, res: Response, parts: readonly string[]): boolean {
  const tag = `"${createHash('sha256').update(parts.join('\n')).digest('base64url').slice(0, 27)}"`;
  res.set('ETag', `W/${tag}`);
  if (!isKnown(req, tag)) return false;
  res.status(304).end();
  return true;
}

/**
 * Express would look at the request's Cache-Control too, and the fetch of Node.js says no-cache there as soon as a
 * program sends If-None-Match by hand: none would ever see a 304.
 */
const isKnown = (req: Request, tag: string): boolean =>
  (req.get('If-None-Match') ?? '').split(',').some((one) => one.trim().replace(/^W\//, '') === tag);
