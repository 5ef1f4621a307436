import { dayIn } from '../../calendar.ts';
import { Router, type Request } from 'express';
import { z } from 'zod';
import { countPlaysByDay, countPlaysByWeekHour, hoursOfDay } from '../../listening/days.ts';
import { listPlays, type Play, type PlayKey } from '../../plays/history.ts';
import type { Range } from '../../ranges/range.ts';
import type { WebContext } from '../context.ts';
import { listenerOf, userIdOf } from '../sign-in/sign-in.ts';
import { groupByDay, hourLabels, labelled } from './charts.ts';
import { readFirstPage, readLaterPage } from './first-page.ts';
import type { ChartAnswers } from '../page/chart-answers.ts';
import { readParams } from '../page/read-params.ts';
import { renderPage } from '../page/render.ts';
import { rangeAsked, rangeControl, rangeParams, rangeQuery } from '../page/range-control.ts';

const PLAYS_PER_PAGE = 50;

const words = z
  .string('must be given once')
  .max(200, 'must have at most 200 characters')
  .transform((text) => text.replaceAll('\0', ' ').trim() || null)
  .nullable()
  .default(null);
/** Of the last play of the page before: its microsecond, its number and its track. */
const after = z
  .string('must be given once')
  .regex(/^\d{1,16}\.\d{1,9}\.[^\0]{1,2000}$/su, 'must be the address of a page')
  .transform((text): PlayKey => {
    const [playedUs = '', nth = ''] = text.split('.', 2);
    return {
      playedUs: Number(playedUs),
      nth: Number(nth),
      trackId: text.slice(playedUs.length + nth.length + 2),
    };
  })
  .nullable()
  .default(null);

const historyParams = z.object({ ...rangeParams, q: words, after });

type Asked = z.infer<typeof historyParams>;

/** `/history`: every play kept, and what they come to. */
export function historyRoutes(context: WebContext): Router {
  return Router().get('/history', async (req, res) => {
    const asked = readParams(historyParams, req.query);
    const history = await readHistory(context, req, asked);
    renderPage(res, 'history/index', { title: 'History', scripts: ['pages/history.js'] }, { history });
  });
}

export const historyCharts: ChartAnswers = {
  'plays-by-hour': async ({ db }, req) => {
    const period = rangeOf(req, readParams(historyParams, req.query));
    return hourLabels(hoursOfDay(await countPlaysByWeekHour(db, userIdOf(req), period)));
  },
  'plays-by-day': async ({ db }, req) => {
    const period = rangeOf(req, readParams(historyParams, req.query));
    return labelled(await countPlaysByDay(db, userIdOf(req), period));
  },
};

const todayOf = (req: Request): string => dayIn(listenerOf(req).timezone);
const rangeOf = (req: Request, asked: Asked): Range => rangeAsked(asked, todayOf(req));

async function readHistory({ db }: WebContext, req: Request, asked: Asked) {
  const listener = listenerOf(req);
  const today = todayOf(req);
  const range = rangeAsked(asked, today);
  // The list goes back as far as it goes unless days are named: a span that holds today is for the figures.
  const isNarrowed = asked.from !== null || asked.to !== null || asked.on !== null;
  const listed = isNarrowed ? range : { from: null, to: null };
  const isFirst = asked.q === null && asked.after === null;
  const [found, { totals, gaps, figures }] = await Promise.all([
    listPlays(db, listener, { ...listed, words: asked.q, after: asked.after }, PLAYS_PER_PAGE + 1),
    isFirst ? readFirstPage(db, listener, { range, listed, today }) : readLaterPage(db, listener, listed),
  ]);
  const plays = found.slice(0, PLAYS_PER_PAGE);
  return {
    asked,
    timezone: listener.timezone,
    totals,
    figures,
    days: groupByDay(plays, asked.q === null ? gaps : []),
    older: found.length > PLAYS_PER_PAGE ? olderAddress(asked, plays.at(-1)) : null,
    isNarrowed,
    keptBySearch: isNarrowed ? Object.entries(rangeQuery(range, today)) : [],
    range: rangeControl('/history', range, today, asked.q === null ? {} : { q: asked.q }),
  };
}

function olderAddress(asked: Asked, last: Pick<Play, 'played_us' | 'nth' | 'track_id'> | undefined): string {
  const query = new URLSearchParams(filterOf(asked));
  if (last) query.set('after', `${last.played_us}.${last.nth}.${last.track_id}`);
  return `/history?${query.toString()}#plays`;
}

const filterOf = ({ from, to, q, on, span }: Asked): Record<string, string> => ({
  ...(from !== null && { from }),
  ...(to !== null && { to }),
  ...(q !== null && { q }),
  ...(on !== null && { on }),
  ...(span !== undefined && { span }),
});
