import type { Request, RequestHandler } from 'express';
import type { Flash } from '../types.d.ts';
import { csrfTokenFor } from './csrf.ts';

/** What the layout shows on every page: who is signed in, the form token, a message left by the last request. */
export const pageLocals: RequestHandler = (req, res, next) => {
  res.set('Cache-Control', 'no-store');
  Object.assign(res.locals, {
    // Where the listener is, for the links and the forms that lead back: a form's own target is no page.
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

/** The message is for the next page, not for whatever else the browser asks for meanwhile. */
function takeFlash(req: Request): Flash | null {
  const flash = req.session.flash;
  if (!flash || req.method !== 'GET' || req.path.startsWith('/api/')) return null;
  delete req.session.flash;
  return flash;
}
