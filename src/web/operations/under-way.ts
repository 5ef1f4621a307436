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
  res.once('close', () => doing.end());
  next();
};
