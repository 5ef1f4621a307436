import type { RequestHandler } from 'express';
import { csrfTokenFor } from './csrf.ts';

/** What the layout shows on every page: who is signed in, the form token, a message left by the last request. */
export const pageLocals: RequestHandler = (req, res, next) => {
  res.set('Cache-Control', 'no-store');
  const flash = req.session.flash ?? null;
  if (flash) delete req.session.flash;
  Object.assign(res.locals, {
    path: req.path,
    flash,
    csrfToken: req.method === 'GET' ? csrfTokenFor(req) : null,
    currentUser: req.user
      ? { displayName: req.user.display_name ?? req.user.spotify_id, theme: req.user.theme }
      : null,
  });
  next();
};
