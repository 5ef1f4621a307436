import type { RequestHandler } from 'express';
import { AppError } from '../../errors.ts';

/**
 * Behind HTTPS our cookies are only ever sent over HTTPS. Where the proxy does not say that a request came that way,
 * every sign-in would seem to work and be forgotten: better to say what is wrong than to go round in circles. It is no
 * fault of the app's, and whoever finds the port may ask as often as they like: one line of the log each, no more.
 */
export function httpsOnly(baseUrl: string): RequestHandler {
  const needed = baseUrl.startsWith('https:');
  return (req, _res, next) => {
    if (!needed || req.secure) return next();
    throw new AppError(
      400,
      `This music time machine lives at ${baseUrl}, and this request did not come over HTTPS. ` +
        'If yours did, the proxy in front of the app does not say so: it must send “X-Forwarded-Proto: https”.',
    );
  };
}
