import passport from 'passport';
import type { Request, RequestHandler } from 'express';
import { AppError } from '../../errors.ts';
import { isAllowed } from '../../users/allowed.ts';
import type { WebContext } from '../context.ts';
import { visitorOf } from './session-store.ts';
import { createSpotifyStrategy } from './spotify-strategy.ts';

type Deserialized = (error: unknown, user?: Express.User | false) => void;

export type Authenticator = InstanceType<typeof passport.Authenticator>;

/** A session keeps only the listener's id; passport removes it if `deserializeUser` finds no listener. */
export function createAuthenticator(context: WebContext): Authenticator {
  const authenticator = new passport.Authenticator();
  authenticator.use('spotify', createSpotifyStrategy(context));
  authenticator.serializeUser<number>((user, done) => done(null, user.user_id));
  authenticator.deserializeUser((req: Request, userId: number, done: Deserialized) => {
    const user = visitorOf(req)?.user;
    const mayEnter = user?.user_id === userId && isAllowed(context.config.allowedSpotifyIds, user.spotify_id);
    done(null, mayEnter ? user : false);
  });
  return authenticator;
}

/** Signed out, a page leads to sign-in and back again; JSON answers 401. */
export const requireSignIn: RequestHandler = (req, res, next) => {
  if (req.user) return next();
  if (wantsJson(req)) return next(new AppError(401, 'Please sign in first.'));
  return res.redirect(`/?return_to=${encodeURIComponent(returnAddress(req))}`);
};

/** Clients take at most 16 kB of headers, and an address that is encoded again may grow threefold. */
const LONGEST_RETURN = 4_000;
const returnAddress = ({ method, originalUrl }: Request): string =>
  method === 'GET' && originalUrl.length <= LONGEST_RETURN ? originalUrl : '/dashboard';

/** Express matches addresses in any case, `/API/decades` too. */
export const wantsJson = (req: Request): boolean => /^\/api(\/|$)/i.test(req.baseUrl + req.path);

/** Only for routes that the site map puts behind the sign-in. */
export function listenerOf({ user }: Request): Express.User {
  if (!user) throw new Error('the site map must put this route behind the sign-in');
  return user;
}

export const userIdOf = (req: Request): number => listenerOf(req).user_id;
