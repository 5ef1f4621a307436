import { randomBytes } from 'node:crypto';
import { parseCookie } from 'cookie';
import type { Request } from 'express';
import type { Config } from '../../config.ts';
import type { Db } from '../../db.ts';
import { beginSignIn, takeSignIn } from '../../users/sign-in-attempts.ts';
import { ownCookie } from './session.ts';
import { safeReturnTo } from '../page/read-params.ts';

const ATTEMPT_MS = 10 * 60 * 1000;

type Stored = (error: unknown, state?: string) => void;
type Taken = (error: unknown, codeVerifier?: string | false, state?: unknown) => void;

/** Each attempt has its own state, so that two tabs may both finish; it belongs to the browser with its cookie. */
export class SignInStateStore {
  readonly #db: Db;
  readonly #baseUrl: string;
  readonly #cookie: ReturnType<typeof ownCookie>;

  constructor(db: Db, config: Pick<Config, 'baseUrl'>) {
    this.#db = db;
    this.#baseUrl = config.baseUrl;
    this.#cookie = ownCookie('sign-in', config.baseUrl);
  }

  /** passport-oauth2 recognises the PKCE variant by these five parameters. */
  store(req: Request, codeVerifier: string, _state: unknown, _meta: unknown, done: Stored): void {
    const state = randomBytes(32).toString('base64url');
    const browserSecret = this.#browserSecret(req) ?? randomBytes(32).toString('base64url');
    const returnTo = safeReturnTo(req.query.return_to, this.#baseUrl);
    req.res?.cookie(this.#cookie.name, browserSecret, { ...this.#cookie.options, maxAge: ATTEMPT_MS });
    beginSignIn(this.#db, { state, browserSecret, codeVerifier, returnTo }).then(
      () => done(null, state),
      done,
    );
  }

  verify(req: Request, state: string, done: Taken): void {
    this.take(req, state).then(
      (attempt) =>
        attempt ? done(null, attempt.code_verifier, { returnTo: attempt.return_to }) : done(null, false),
      done,
    );
  }

  /** Null unless this browser has such an attempt. */
  async take(req: Request, state: string): Promise<{ code_verifier: string; return_to: string } | null> {
    const browserSecret = this.#browserSecret(req);
    return browserSecret === undefined ? null : takeSignIn(this.#db, { state, browserSecret });
  }

  #browserSecret(req: Request): string | undefined {
    const value = parseCookie(req.headers.cookie ?? '')[this.#cookie.name];
    return value !== undefined && /^[\w-]{43}$/.test(value) ? value : undefined;
  }
}
