import { Router } from 'express';
import { findEndings, listMostSkipped } from '../../listening/endings.ts';
import type { WebContext } from '../context.ts';
import { renderPage } from '../page/render.ts';
import { userIdOf } from '../sign-in/sign-in.ts';

const SHOWN = 50;

/** `/history/skips`: how plays ended, and what was skipped most, where the sources say it. */
export function skipRoutes({ db }: WebContext): Router {
  return Router().get('/history/skips', async (req, res) => {
    const userId = userIdOf(req);
    const [endings, skipped] = await Promise.all([
      findEndings(db, userId),
      listMostSkipped(db, userId, SHOWN),
    ]);
    renderPage(res, 'history/skips', { title: 'Skips and endings' }, { endings, skipped });
  });
}
