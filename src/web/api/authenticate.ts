import type { Request, RequestHandler } from 'express';
import { isAllowed } from '../../users/allowed.ts';
import { findApiToken } from '../../users/api-tokens.ts';
import type { WebContext } from '../context.ts';
import type { Endpoint } from './endpoint.ts';
import { takeFromLimit } from './limits.ts';
import { Problem } from './problems.ts';

const REALM = 'Bearer realm="Music Time Machine"';

/** Lets in who brings a good token with the right to this endpoint and something left of its limit; a cookie is not read. */
export function authenticated(
  { db, config }: WebContext,
  { scope, cost }: Pick<Endpoint, 'scope' | 'cost'>,
): RequestHandler {
  return async (req, res, next) => {
    const found = await findApiToken(db, bearerOf(req));
    if (found === null || !isAllowed(config.allowedSpotifyIds, found.spotify_id)) throw refusedToken();
    const { token_id: tokenId, scopes, ...user } = found;
    const limit = await takeFromLimit(db, tokenId, cost);
    res.set(limit.headers);
    if (!limit.allowed)
      throw new Problem('limit-reached', 'Ask again when Retry-After has passed.', {
        retryAfterSeconds: limit.retryAfterSeconds,
      });
    if (!scopes.includes(scope)) throw missingScope(scope);
    req.user = user;
    next();
  };
}

/** @throws Problem 401 where the request brings no token in its header */
function bearerOf(req: Request): string {
  const secret = /^Bearer +([\w.~+/-]+=*) *$/i.exec(req.get('Authorization') ?? '')?.[1];
  if (secret !== undefined) return secret;
  throw new Problem(
    'not-authorized',
    'Send a token from your settings as “Authorization: Bearer …”. Cookies and tokens in the address are not read.',
    { headers: { 'WWW-Authenticate': REALM } },
  );
}

const refusedToken = (): Problem =>
  new Problem('not-authorized', 'This token is unknown, revoked or past its end.', {
    headers: { 'WWW-Authenticate': `${REALM}, error="invalid_token"` },
  });

const missingScope = (scope: string): Problem =>
  new Problem('scope-missing', `This needs a token with the right “${scope}”.`, {
    headers: { 'WWW-Authenticate': `${REALM}, error="insufficient_scope", scope="${scope}"` },
  });
