import type { Request, RequestHandler, Response } from 'express';
import { connectionHealth, type ConnectionHealth } from '../../users/connection-health.ts';
import { connectionWords, type ConnectionWords } from './connection-words.ts';
import { visitorOf } from './session-store.ts';
import { wantsJson } from './sign-in.ts';

export const connectionBanner: RequestHandler = (req, res, next) => {
  if (req.user && (req.method === 'GET' || req.method === 'HEAD') && !wantsJson(req))
    res.locals.connection = describeConnection(req);
  next();
};

export function describeConnection(req: Request): ConnectionHealth & ConnectionWords {
  const visitor = visitorOf(req);
  if (visitor === null) throw new Error('the site map must put this route behind the sign-in');
  const health = connectionHealth(visitor.connection);
  return { ...health, ...connectionWords(health, visitor.user.timezone) };
}

/** For the page itself. */
export const connectionOf = (res: Response): ConnectionHealth => res.locals.connection as ConnectionHealth;
