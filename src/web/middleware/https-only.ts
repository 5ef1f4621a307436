import type { RequestHandler } from 'express';
import { AppError } from '../../errors.ts';

/** Our cookies travel over HTTPS only: without this a sign-in would seem to work and be forgotten. */
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
