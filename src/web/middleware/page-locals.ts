import type { Request, RequestHandler } from 'express';
import type { Flash } from '../types.d.ts';
import { csrfTokenFor } from './csrf.ts';

export const pageLocals: RequestHandler = (req, res, next) => {
  res.set('Cache-Control', 'no-store');
  Object.assign(res.locals, {
    // For links and forms that lead back: a form's own target is no page.
    path: req.method === 'GET' ? req.path : '/dashboard',
    flash: takeFlash(req),
    csrfToken: csrfTokenFor(req),
    unknownTimezone: req.user?.unknown_timezone ?? null,
    currentUser: req.user
      ? { displayName: req.user.display_name ?? req.user.spotify_id, theme: req.user.theme }
      : null,
  });
  next();
};

/** For the next page, not for what the browser fetches meanwhile. */
function takeFlash(req: Request): Flash | null {
  const flash = req.session.flash;
  if (!flash || req.method !== 'GET' || req.path.startsWith('/api/')) return null;
  delete req.session.flash;
  return flash;
}
