import type { RequestHandler } from 'express';
import { findConnectionHealth } from '../../users/connection-health.ts';
import { connectionWords } from '../connection-words.ts';
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
