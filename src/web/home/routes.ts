import { Router } from 'express';
import { isAnythingKept } from '../../figures/summary.ts';
import type { WebContext } from '../context.ts';
import { safeReturnTo } from '../page/read-params.ts';
import { renderPage } from '../page/render.ts';

export function homeRoutes({ config, db }: WebContext): Router {
  return Router().get('/', async (req, res) => {
    if (req.user) return res.redirect('/dashboard');
    const returnTo = safeReturnTo(req.query.return_to, config.baseUrl);
    const signInUrl = `/auth/spotify?return_to=${encodeURIComponent(returnTo)}`;
    return renderPage(
      res,
      'home/index',
      { title: 'Your music, dated and kept' },
      { signInUrl, instanceHasArchive: await isAnythingKept(db) },
    );
  });
}
