import type { RequestHandler } from 'express';
import { AppError } from '../../errors.ts';
import type { Readiness } from './readiness.ts';

/** Until the database has the schema this code was written for, every page says so instead of failing on it. */
export function whenReady(readiness: Readiness): RequestHandler {
  let seen = false;
  return async (_req, _res, next) => {
    const state = seen ? 'ready' : await readiness.check();
    if (state === 'old-schema') {
      throw new AppError(
        503,
        'The archive’s database is being brought up to date. Please try again in a moment.',
        { retryAfterSeconds: 10 },
      );
    }
    if (state === 'no-database') {
      throw new AppError(
        503,
        'The archive’s database is not answering just now. Nothing is lost; please try again in a moment.',
        { retryAfterSeconds: 5 },
      );
    }
    seen = true;
    next();
  };
}
