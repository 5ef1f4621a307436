import type { RequestHandler, Response } from 'express';
import { findConnectionHealth, type ConnectionHealth } from '../../users/connection-health.ts';
import { connectionWords } from './connection-words.ts';
import type { WebContext } from '../context.ts';
import { wantsJson } from './sign-in.ts';

/** How the listener's connection stands, on every page: a calm banner where somebody has to do something. */
export const connectionBanner =
  ({ db }: WebContext): RequestHandler =>
  async (req, res, next) => {
    if (req.user && (req.method === 'GET' || req.method === 'HEAD') && !wantsJson(req)) {
      const health = await findConnectionHealth(db, req.user.user_id);
      res.locals.connection = { ...health, ...connectionWords(health, req.user.timezone) };
    }
    next();
  };

/** The same, for the page itself. */
export const connectionOf = (res: Response): ConnectionHealth => res.locals.connection as ConnectionHealth;
