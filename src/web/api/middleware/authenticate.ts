import type { Request, RequestHandler } from 'express';
import { isAllowed } from '../../../users/allowed.ts';
import { admitToken } from '../../../users/api-limits.ts';
import type { WebContext } from '../../context.ts';
import type { Endpoint } from '../endpoint.ts';
import { limitHeaders, refuseBeyondLimit } from './limits.ts';
import { Problem } from './problems.ts';

const REALM = 'Bearer realm="Music Time Machine"';

/** By a token with the right scope and something left of its limit; cookies are not read. */
export function authenticated(
  { db, config }: WebContext,
  { scope, cost }: Pick<Endpoint, 'scope' | 'cost'>,
): RequestHandler {
  return async (req, res, next) => {
    const admission = await admitToken(db, bearerOf(req), cost);
    if (admission === null || !isAllowed(config.allowedSpotifyIds, admission.user.spotify_id))
      throw refusedToken();
    res.set(limitHeaders(admission.limit));
    if (!admission.limit.allowed) await refuseBeyondLimit(res, admission.limit);
    if (!admission.scopes.includes(scope)) throw missingScope(scope);
    req.user = admission.user;
    next();
  };
}

/** @throws Problem 401 */
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
  new Problem('not-authorized', 'This token is unknown, deleted or past its end.', {
    headers: { 'WWW-Authenticate': `${REALM}, error="invalid_token"` },
  });

const missingScope = (scope: string): Problem =>
  new Problem('scope-missing', `This needs a token with the right “${scope}”.`, {
    headers: { 'WWW-Authenticate': `${REALM}, error="insufficient_scope", scope="${scope}"` },
  });
