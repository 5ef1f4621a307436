import { dayIn } from '../../../calendar.ts';
import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import type { Db } from '../../../db.ts';
import { findArchiveVersion } from '../../../users/archive-version.ts';
import { listenerOf } from '../../sign-in/sign-in.ts';

/** The ETag says whose archive, its version, the day and the question: a 304 needs no query of the archive. */
export async function archiveUnchanged(db: Db, req: Request, res: Response): Promise<boolean> {
  const listener = listenerOf(req);
  const version = await findArchiveVersion(db, listener.user_id);
  const today = dayIn(listener.timezone);
  return answeredBefore(req, res, [version, JSON.stringify(listener), today, req.originalUrl]);
}

/** For what changes by itself: the content is computed, but not sent again. */
export const contentUnchanged = (req: Request, res: Response, content: string): boolean =>
  answeredBefore(req, res, [content]);

function answeredBefore(req: Request, res: Response, parts: readonly string[]): boolean {
  const tag = `"${createHash('sha256').update(parts.join('\n')).digest('base64url').slice(0, 27)}"`;
  res.set('ETag', `W/${tag}`);
  if (!isKnown(req, tag)) return false;
  res.status(304).end();
  return true;
}

/** Express would also obey Cache-Control: no-cache, which Node's fetch adds when a program sends If-None-Match. */
const isKnown = (req: Request, tag: string): boolean =>
  (req.get('If-None-Match') ?? '').split(',').some((one) => one.trim().replace(/^W\//, '') === tag);
