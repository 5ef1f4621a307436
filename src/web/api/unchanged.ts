import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import type { Db } from '../../db.ts';
import { dayIn } from '../../snapshots/chosen-time.ts';
import { findArchiveVersion } from '../../users/archive-version.ts';
import { listenerOf } from '../sign-in/sign-in.ts';

/**
 * Names what an answer follows from: whose archive at which version, on which day, asked what. A client that has
 * that already gets a 304, and no query looks at the archive.
 * @returns whether the request is answered by that
 */
export async function archiveUnchanged(db: Db, req: Request, res: Response): Promise<boolean> {
  const listener = listenerOf(req);
  const version = await findArchiveVersion(db, listener.user_id);
  const parts = [
    version,
    JSON.stringify(listener),
    dayIn(listener.timezone),
    req.path,
    JSON.stringify(req.query),
  ];
  res.set('ETag', `W/"${createHash('sha256').update(parts.join('\n')).digest('base64url').slice(0, 27)}"`);
  if (!req.fresh) return false;
  res.status(304).end();
  return true;
}
