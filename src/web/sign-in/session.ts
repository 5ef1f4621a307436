import { promisify } from 'node:util';
import session from 'express-session';
import type { Request, RequestHandler, Response } from 'express';
import type { Config } from '../../config.ts';
import type { Db } from '../../db.ts';
import { log } from '../../log.ts';
import { SessionStore, SessionUnsaved } from './session-store.ts';

/** Since the last visit; the store keeps the absolute end, 30 days. */
const IDLE_MS = 7 * 24 * 60 * 60 * 1000;

/** Nothing is written for guests, so that a flood of them leaves no rows. */
export function sessions(db: Db, config: Pick<Config, 'baseUrl' | 'sessionSecrets'>): RequestHandler {
  const cookie = ownCookie('session', config.baseUrl);
  const handle = session({
    name: cookie.name,
    secret: [...config.sessionSecrets],
    store: new SessionStore(db),
    resave: false,
    saveUninitialized: false,
    rolling: true,
    cookie: { ...cookie.options, maxAge: IDLE_MS },
  });
  return (req, res, next) =>
    handle(req, res, (error?: unknown) => {
      // It is saved after the page is written: passing the error on would cut the page short.
      if (res.headersSent && error instanceof SessionUnsaved)
        log.warn({ err: error, request: req.id }, 'a session could not be saved');
      else next(error);
    });
}

/** The session is deleted before the answer, and the browser is asked to forget what it kept of us. */
export async function endSession(req: Request, res: Response, baseUrl: string): Promise<void> {
  await promisify(req.session.destroy.bind(req.session))();
  const cookie = ownCookie('session', baseUrl);
  res.clearCookie(cookie.name, cookie.options).set('Clear-Site-Data', '"cache", "cookies", "storage"');
}

/** `__Host-` binds a cookie to this host and HTTPS; browsers remove it only with the same options. */
export function ownCookie(name: string, baseUrl: string) {
  const secure = baseUrl.startsWith('https:');
  const options = { httpOnly: true, sameSite: 'lax', secure, path: '/' } as const;
  return { name: `${secure ? '__Host-' : ''}mtm.${name}`, options };
}
