import { dayIn } from '../../calendar.ts';
import { Router, type Request } from 'express';
import { z } from 'zod';
import { findEndings, listMostSkipped } from '../../listening/skips.ts';
import { isEver } from '../../ranges/period.ts';
import type { WebContext } from '../context.ts';
import { rangeAsked, rangeControl, rangeParams } from '../page/range-control.ts';
import { readParams } from '../page/read-params.ts';
import { renderPage } from '../page/render.ts';
import { listenerOf } from '../sign-in/sign-in.ts';

const SHOWN = 50;
const PATH = '/history/skips';
const skipParams = z.object(rangeParams);

/** `/history/skips`: how plays of any range ended, and what was skipped most in it, where the sources say it. */
export function skipRoutes(context: WebContext): Router {
  return Router().get(PATH, async (req, res) => {
    const skips = await readSkips(context, req);
    renderPage(res, 'history/skips', { title: `Skips and endings · ${skips.range.name}` }, { skips });
  });
}

async function readSkips({ db }: WebContext, req: Request) {
  const listener = listenerOf(req);
  const today = dayIn(listener.timezone);
  const range = rangeAsked(readParams(skipParams, req.query), today);
  const [endings, skipped] = await Promise.all([
    findEndings(db, listener.user_id, range),
    listMostSkipped(db, listener, range, SHOWN),
  ]);
  return { endings, skipped, isOfAllTime: isEver(range), range: rangeControl(PATH, range, today) };
}
