import type { RequestHandler } from 'express';
import { AppError } from '../../errors.ts';

/** Our cookies travel over HTTPS only: without this a sign-in would seem to work and be forgotten. */
export function httpsOnly(baseUrl: string): RequestHandler {
  const needed = baseUrl.startsWith('https:');
  return (req, _res, next) => {
    if (!needed || req.secure) return next();
    throw new AppError(
      400,
      `This request did not arrive over HTTPS. Please use ${baseUrl}. If you did, the proxy in front of the app must send “X-Forwarded-Proto: https”.`,
    );
  };
}
