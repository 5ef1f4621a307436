import { csrfSync } from 'csrf-sync';
import type { Request, RequestHandler } from 'express';
import { AppError } from '../../errors.ts';

const { generateToken, isRequestValid } = csrfSync({
  getTokenFromRequest: (req: Request) => {
    const body = req.body as Record<string, unknown> | undefined;
    return typeof body?._csrf === 'string' ? body._csrf : undefined;
  },
});

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Whatever changes something must come from a page of ours: the browser must not say otherwise (Sec-Fetch-Site,
 * Origin), and the form must carry the session's token.
 */
export function csrfProtection(baseUrl: string): RequestHandler {
  const { origin } = new URL(baseUrl);
  return (req, _res, next) => {
    if (READS.has(req.method)) return next();
    const foreign = isForeign(req, origin);
    if (foreign || (req.user && !isRequestValid(req))) {
      return next(
        new AppError(
          403,
          'This form did not come from a page of yours, or the page has expired. Open it again and repeat what you did.',
        ),
      );
    }
    return next();
  };
}

/** The token for the listener's forms; none for guests, who have no session and nothing to change. */
export const csrfTokenFor = (req: Request): string | null => (req.user ? generateToken(req) : null);

function isForeign(req: Request, origin: string): boolean {
  const site = req.get('Sec-Fetch-Site');
  const from = req.get('Origin');
  return (
    (site !== undefined && site !== 'same-origin' && site !== 'none') ||
    (from !== undefined && from !== origin)
  );
}
