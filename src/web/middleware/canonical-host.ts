import type { RequestHandler } from 'express';

/**
 * Spotify sends listeners back to a literal loopback address; someone who browses the same app as `localhost`
 * would lose cookie and state on the way. Only that case is redirected: any other name is the proxy's business.
 */
export function canonicalHost(baseUrl: string): RequestHandler {
  const { hostname, origin } = new URL(baseUrl);
  const loopback = hostname === '127.0.0.1' || hostname === '[::1]';
  return (req, res, next) => {
    if (!loopback || req.method !== 'GET' || !/^localhost(:\d+)?$/i.test(req.headers.host ?? ''))
      return next();
    const target = URL.canParse(req.originalUrl, origin) ? new URL(req.originalUrl, origin) : null;
    return target?.origin === origin ? res.redirect(308, target.href) : next();
  };
}
