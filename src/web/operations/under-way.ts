import type { Request, RequestHandler } from 'express';
import { begin } from '../../process/under-way.ts';
import { routeOf } from './route-of.ts';

/** The router names the route by setting `req.route`. */
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
  // More than ten event handlers wait for an answer's end, and none leaks.
  res.setMaxListeners(20);
  res.once('close', () => doing.end());
  next();
};
