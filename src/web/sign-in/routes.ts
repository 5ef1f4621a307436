import { promisify } from 'node:util';
import { Router, type NextFunction, type Request, type Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import { z } from 'zod';
import { getArchiveSummary } from '../../figures/summary.ts';
import type { Db } from '../../db.ts';
import { AppError } from '../../errors.ts';
import { log } from '../../log.ts';
import { missingScopes } from '../../spotify/settings.ts';
import { findConnection } from '../../users/connections.ts';
import type { User } from '../../users/users.ts';
import { countClaimable } from '../home/claimable.ts';
import type { WebContext } from '../context.ts';
import { beginForms } from '../middleware/csrf.ts';
import { endSession, ownCookie } from './session.ts';
import { type Authenticator } from './sign-in.ts';
import { RateLimitStore } from '../operations/rate-limit-store.ts';
import { readParams } from '../page/read-params.ts';
import { sayUntil } from '../page/wait-words.ts';
import { SignInStateStore } from './state-store.ts';
import type { SignInInfo } from './spotify-strategy.ts';

export function authRoutes(context: WebContext, authenticator: Authenticator): Router {
  const attempts = new SignInStateStore(context.db, context.config);
  return Router()
    .use('/auth', slowDown(context.db), offerRetry)
    .get(
      '/auth/spotify',
      onlyFromHere,
      notDuringPenalty(context),
      authenticator.authenticate('spotify') as never,
    )
    .get('/auth/spotify/callback', readCallback(attempts), (req, res, next) => {
      const finish = (error: unknown, user?: User | false, info?: SignInInfo): void => {
        if (error !== null && error !== undefined) return next(sayUntil(causeOf(error)));
        if (!user) return next(staleAttempt());
        finishSignIn(context, req, res, { user, returnTo: info?.state?.returnTo ?? '/dashboard' }).catch(
          next,
        );
      };
      (
        authenticator.authenticate('spotify', finish) as (
          req: Request,
          res: Response,
          next: NextFunction,
        ) => void
      )(req, res, next);
    });
}

export const signOutRoutes = ({ config }: WebContext): Router =>
  Router().post('/logout', async (req, res) => {
    await endSession(req, res, config.baseUrl);
    log.info({ request: req.id }, 'signed out');
    res.redirect(303, '/');
  });

const slowDown = (db: Db) =>
  rateLimit({
    windowMs: 60_000,
    limit: 300,
    store: new RateLimitStore(db, 'sign-in'),
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (_req, _res, next) =>
      next(
        new AppError(429, 'There were too many sign-ins in a minute. Please wait a moment.', {
          retryAfterSeconds: 60,
        }),
      ),
  });

/** A failed sign-in cannot go on, only begin again. */
const offerRetry = (_req: Request, res: Response, next: NextFunction): void => {
  res.locals.errorAction = { href: '/auth/spotify', label: 'Sign in again' };
  next();
};

/** Another site cannot start a sign-in in secret: the listener gets the page with the button. */
const onlyFromHere = (req: Request, res: Response, next: NextFunction): void => {
  if (req.get('Sec-Fetch-Site') === 'cross-site') return res.redirect('/');
  return next();
};

/** While Spotify's limit lasts, the app could not ask whose account it is. */
const notDuringPenalty =
  ({ access }: WebContext) =>
  async (_req: Request, _res: Response, next: NextFunction) => {
    try {
      await access.settings.gate?.enter('accounts');
      await access.settings.gate?.enter('profile');
    } catch (error) {
      throw sayUntil(error);
    }
    next();
  };

const one = (what: string, max: number) =>
  z.string(`must be given once, by Spotify, as ${what}`).min(1).max(max, 'is too long');
const callbackParams = z.union([
  z.object({ error: one('an error', 4096), state: one('the state', 256).optional().catch(undefined) }),
  z.object({ code: one('the code', 4096), state: one('the state', 256) }),
]);

const staleAttempt = (): AppError =>
  new AppError(
    403,
    'This sign-in has expired, was already used, or was started in another browser. Please try again.',
  );

/** Before passport, which would render Spotify's words and accept a state that is given twice. */
function readCallback(attempts: SignInStateStore) {
  return async (req: Request, _res: Response, next: NextFunction): Promise<void> => {
    const given = readParams(callbackParams, req.query);
    if (!('error' in given)) return next();
    const attempt = given.state === undefined ? null : await attempts.take(req, given.state);
    if (!attempt) throw staleAttempt();
    if (given.error === 'access_denied')
      throw new AppError(
        403,
        'You chose not to connect Spotify, so you are not signed in. Nothing was saved.',
      );
    throw new AppError(502, 'Spotify reported an error during sign-in. Please try again.');
  };
}

interface SignedIn {
  readonly user: User;
  readonly returnTo: string;
}

const AGENT_LIMIT = 300;

/** passport makes a new session; it is saved before the answer, so that the next page finds it. */
async function finishSignIn(
  context: WebContext,
  req: Request,
  res: Response,
  { user, returnTo }: SignedIn,
): Promise<void> {
  await promisify<User, void>(req.logIn.bind(req))(user);
  const { db, config } = context;
  const connection = await findConnection(db, user.user_id);
  if (connection && missingScopes(connection.scope).length > 0) {
    req.session.flash = {
      kind: 'error',
      text: `You didn’t give permission for: ${missingScopes(connection.scope).join(', ')}. Some pages need it; you can reconnect and agree at any time.`,
    };
  }
  beginForms(req);
  req.session.userAgent = req.get('User-Agent')?.slice(0, AGENT_LIMIT) ?? '';
  await promisify(req.session.save.bind(req.session))();
  log.info({ request: req.id }, 'signed in');
  const cookie = ownCookie('sign-in', config.baseUrl);
  res.clearCookie(cookie.name, cookie.options);
  res.redirect(303, (await hasArchiveToClaim(context, user)) ? '/archives/unclaimed' : returnTo);
}

/** A listener without tracks, while an archive waits for its owner, is probably that owner. */
async function hasArchiveToClaim(context: WebContext, user: User): Promise<boolean> {
  if ((await countClaimable(context, user)) === 0) return false;
  return (await getArchiveSummary(context.db, user.user_id)).figures.tracks === 0;
}

/** passport-oauth2 wraps errors of the token endpoint. */
function causeOf(error: unknown): unknown {
  return error instanceof Error && 'oauthError' in error ? error.oauthError : error;
}
