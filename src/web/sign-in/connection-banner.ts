import type { Request, RequestHandler, Response } from 'express';
import { connectionHealth, type ConnectionHealth } from '../../users/connection-health.ts';
import { connectionWords, type ConnectionWords } from './connection-words.ts';
import { visitorOf } from './session-store.ts';
import { wantsJson } from './sign-in.ts';

/** How the listener's connection stands, on every page: a calm banner where somebody has to do something. */
export const connectionBanner: RequestHandler = (req, res, next) => {
  if (req.user && (req.method === 'GET' || req.method === 'HEAD') && !wantsJson(req))
    res.locals.connection = describeConnection(req);
  next();
};

/** The connection of the listener who asks, as it is and as it is said. */
export function describeConnection(req: Request): ConnectionHealth & ConnectionWords {
  const visitor = visitorOf(req);
  if (visitor === null) throw new Error('the site map must put this route behind the sign-in');
  const health = connectionHealth(visitor.connection);
  return { ...health, ...connectionWords(health, visitor.user.timezone) };
}

/** The same, for the page itself. */
export const connectionOf = (res: Response): ConnectionHealth => res.locals.connection as ConnectionHealth;
