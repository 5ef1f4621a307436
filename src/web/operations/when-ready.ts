import type { RequestHandler } from 'express';
import { AppError } from '../../errors.ts';
import type { Readiness } from './readiness.ts';

/** Pages say that the database lacks their schema, instead of failing on it. */
export function whenReady(readiness: Readiness): RequestHandler {
  let seen = false;
  return async (_req, _res, next) => {
    const state = seen ? 'ready' : await readiness.check();
    if (state === 'old-schema') {
      throw new AppError(503, 'The database is being updated. Please try again in a moment.', {
        retryAfterSeconds: 10,
      });
    }
    if (state === 'no-database') {
      throw new AppError(
        503,
        'The database is not answering. Nothing is lost; please try again in a moment.',
        { retryAfterSeconds: 5 },
      );
    }
    seen = true;
    next();
  };
}
