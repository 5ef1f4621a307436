import type { RequestHandler } from 'express';
import { badInput } from '../../errors.ts';

/** `GET *` has no path and so no session, which later middleware expects. */
export const plainAddress: RequestHandler = (req, _res, next) => {
  if (!req.path.startsWith('/')) throw badInput('This is not an address of a page.');
  next();
};
