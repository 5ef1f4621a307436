import type { RequestHandler } from 'express';
import { badInput } from '../../errors.ts';

/** `GET *` and the like: what has no path has no session either, and everything behind takes one for granted. */
export const plainAddress: RequestHandler = (req, _res, next) => {
  if (!req.path.startsWith('/')) throw badInput('This is not an address of a page.');
  next();
};
