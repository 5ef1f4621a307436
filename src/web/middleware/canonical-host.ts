import type { RequestHandler } from 'express';

/** Spotify returns listeners to a loopback address, where one who came as `localhost` would lack the cookie. */
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
