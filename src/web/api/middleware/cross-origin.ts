import type { RequestHandler } from 'express';
import type { Config } from '../../../config.ts';
import { isApiAddress } from './problems.ts';

const EXPOSED = 'ETag, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id';
const DAY_SECONDS = 86_400;

/** Only pages of the origin that the app's owner named may read answers; with a token, never with a cookie. */
export function crossOrigin({ apiCorsOrigin }: Pick<Config, 'apiCorsOrigin'>): RequestHandler {
  return (req, res, next) => {
    if (apiCorsOrigin === null || !isApiAddress(req.path)) return next();
    res.vary('Origin');
    if (req.get('Origin') !== apiCorsOrigin) return next();
    res.set({ 'Access-Control-Allow-Origin': apiCorsOrigin, 'Access-Control-Expose-Headers': EXPOSED });
    if (req.method === 'OPTIONS')
      res.set({
        'Access-Control-Allow-Methods': 'GET, HEAD, POST, DELETE',
        'Access-Control-Allow-Headers': 'Authorization, Content-Type, If-None-Match',
        'Access-Control-Max-Age': String(DAY_SECONDS),
      });
    return next();
  };
}
