import { dayIn } from '../../calendar.ts';
import { Router, type Request, type Response } from 'express';
import { getArchiveSummary } from '../../figures/summary.ts';
import { dayTime, readTime, type ChosenTime } from '../../snapshots/chosen-time.ts';
import { listKeptRanges } from '../../snapshots/timeline.ts';
import type { TimeRange } from '../../spotify/top-tracks.ts';
import { findConnection } from '../../users/connections.ts';
import type { WebContext } from '../context.ts';
import { listenerOf, userIdOf } from '../sign-in/sign-in.ts';
import { linkRanges } from '../page/time-ranges.ts';
import { readParams } from '../page/read-params.ts';
import { renderPage } from '../page/render.ts';
import { listPlayedYears, readOverview, readTimeline, readTimePage } from './page.ts';
import { timeInPath, timeQuery } from './params.ts';
import { timeName, timePath } from '../page/times.ts';
import * as words from './words.ts';

const SCRIPTS = ['pages/time-machine.js'];

/** What the listener wants to see where the address does not say. */
const firstRangeOf = (req: Request): TimeRange => listenerOf(req).first_time_range;

/** `/time-machine` and any year, month or day below it: what was loved then, and what became of it. */
export function timeMachineRoutes(context: WebContext): Router {
  const showTime = async (req: Request, res: Response): Promise<void> => {
    const time = readParams(timeInPath, req.params);
    await renderTime(context, req, res, time);
  };
  return Router()
    .get('/time-machine', async (req, res) => {
      const { range, date } = readParams(timeQuery, req.query);
      if (date !== undefined) return res.redirect(303, timePath(dayTime(date), { range }));
      return renderOverview(context, req, res, range ?? firstRangeOf(req));
    })
    .get('/time-machine/:year', showTime)
    .get('/time-machine/:year/:month', showTime)
    .get('/time-machine/:year/:month/:day', showTime);
}

async function renderOverview(context: WebContext, req: Request, res: Response, timeRange: TimeRange) {
  const userId = userIdOf(req);
  const timeline = await readTimeline(context.db, userId, timeRange);
  if (timeline.months.length === 0) return renderBeginning(context, req, res, timeRange);
  const overview = await readOverview(context.db, userId, timeRange, timeline);
  const ranges = linkRanges(timeRange, (range) => `/time-machine?range=${range}`);
  const machine = { ...overview, timeRange, ranges };
  return renderPage(
    res,
    'time-machine/index',
    { title: 'Time machine', scripts: SCRIPTS, words },
    { machine },
  );
}

async function renderTime(context: WebContext, req: Request, res: Response, time: ChosenTime) {
  const { range: timeRange = firstRangeOf(req), with: withDate } = readParams(timeQuery, req.query);
  const page = await readTimePage(context.db, listenerOf(req), { time, timeRange }, withDate);
  if (page.around.latest === null && page.plays === null)
    return renderBeginning(context, req, res, timeRange);
  const today = readTime(dayIn(req.user?.timezone ?? 'UTC')) as ChosenTime;
  const machine = {
    ...page,
    timeRange,
    withDate,
    isFuture: time.from > today.from,
    ranges: linkRanges(timeRange, (range) => timePath(time, { range, with: withDate })),
  };
  const title = `${timeName(page.time ?? time)} · Time machine`;
  return renderPage(res, 'time-machine/time', { title, scripts: SCRIPTS, words }, { machine });
}

/** No snapshot of this range: how the archive begins, and what there is instead. */
async function renderBeginning({ db }: WebContext, req: Request, res: Response, timeRange: TimeRange) {
  const userId = userIdOf(req);
  const [kept, playedYears, summary, connection] = await Promise.all([
    listKeptRanges(db, userId),
    listPlayedYears(db, listenerOf(req)),
    getArchiveSummary(db, userId),
    findConnection(db, userId),
  ]);
  const ranges = linkRanges(timeRange, (range) => `/time-machine?range=${range}`);
  const machine = { ranges, kept, playedYears, summary, connected: connection?.connected ?? false };
  renderPage(res, 'time-machine/beginning', { title: 'Time machine', words }, { machine });
}
