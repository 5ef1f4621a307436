import { dayIn } from '../../calendar.ts';
import { Router, type Request } from 'express';
import { z } from 'zod';
import { listDiscoveries, listReturned } from '../../listening/discoveries.ts';
import { findPlayedFrom } from '../../listening/played-from.ts';
import type { Days, Range } from '../../ranges/range.ts';
import { countPlaysByWeekHour } from '../../listening/days.ts';
import { findSessions, SESSION_GAP_MINUTES } from '../../listening/sessions.ts';
import { findStreaks } from '../../listening/streaks.ts';
import { sum } from '../../sum.ts';
import type { WebContext } from '../context.ts';
import type { ChartAnswers } from '../page/chart-answers.ts';
import { rangeAsked, rangeControl, rangeParams } from '../page/range-control.ts';
import { readParams } from '../page/read-params.ts';
import { renderPage } from '../page/render.ts';
import { listenerOf, userIdOf } from '../sign-in/sign-in.ts';
import { placesOf } from '../tracks/played-places.ts';
import { discoveryChart, discoveryLabels } from './discovery-chart.ts';
import { drawWeek, weekLabels } from './week.ts';

const PATH = '/history/when';
const RETURNED_SHOWN = 20;
const whenParams = z.object(rangeParams);

/** `/history/when`: the hours of the week, sessions, streaks, discoveries and what came back, in any range. */
export function whenRoutes(context: WebContext): Router {
  return Router().get(PATH, async (req, res) => {
    const when = await readWhen(context, req);
    const title = `When you listen · ${when.range.name}`;
    renderPage(res, 'history/when', { title, scripts: ['pages/history.js'] }, { when });
  });
}

export const whenCharts: ChartAnswers = {
  'plays-by-weekday-and-hour': async ({ db }, req) =>
    weekLabels(await countPlaysByWeekHour(db, userIdOf(req), rangeOf(req))),
  discoveries: async ({ db }, req) =>
    discoveryLabels(await listDiscoveries(db, listenerOf(req), rangeOf(req))),
};

const rangeOf = (req: Request): Range =>
  rangeAsked(readParams(whenParams, req.query), dayIn(listenerOf(req).timezone));

async function readWhen({ db }: WebContext, req: Request) {
  const listener = listenerOf(req);
  const today = dayIn(listener.timezone);
  const range = rangeOf(req);
  const begun = hasBegun(range, today);
  const [week, sessions, streaks, discoveries, returned, from] = await Promise.all([
    countPlaysByWeekHour(db, listener.user_id, range),
    findSessions(db, listener, range),
    findStreaks(db, listener),
    listDiscoveries(db, listener, range),
    begun ? listReturned(db, listener, begun, RETURNED_SHOWN) : null,
    findPlayedFrom(db, listener, range),
  ]);
  return {
    timezone: listener.timezone,
    gapMinutes: SESSION_GAP_MINUTES,
    range: rangeControl(PATH, range, today),
    week: drawWeek(week),
    sessions,
    streaks,
    discoveries: discoveryChart(discoveries, today),
    returned,
    from: placesOf(from),
    plays: sum(week.map(({ plays }) => plays)),
    discoveriesPath: discoveries.length > 0 ? discoveriesPath(range) : null,
  };
}

/** Where a playlist is made of the tracks that were new in a range. */
const discoveriesPath = ({ from, to }: Range): string =>
  `/playlists/new?${new URLSearchParams({
    from: 'discoveries',
    ...(from !== null && { first_day: from }),
    ...(to !== null && { last_day: to }),
  }).toString()}`;

/** With today as its end where it has none; null where it has no beginning, before which nothing can be. */
function hasBegun({ from, to }: Range, today: string): Days | null {
  if (from === null) return null;
  return { from, to: to ?? (today > from ? today : from) };
}
