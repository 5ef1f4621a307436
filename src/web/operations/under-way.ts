import type { Request, RequestHandler } from 'express';
import { begin } from '../../under-way.ts';
import { routeOf } from './route-of.ts';

/** Keeps by name what is being answered: the router says which route it is by setting `req.route`. */
export const keepUnderWay: RequestHandler = (req, res, next) => {
  const doing = begin(`${req.method} (none)`);
  let route: Request['route'];
  Object.defineProperty(req, 'route', {
    configurable: true,
    enumerable: true,
    get: () => route as unknown,
    set(found: Request['route']) {
      route = found;
      doing.rename(`${req.method} ${routeOf(req)}`);
    },
  });
  // Ten things wait for the end of an answer, and whoever tests them is the eleventh: no leak.
  res.setMaxListeners(20);
  res.once('close', () => doing.end());
  next();
};
