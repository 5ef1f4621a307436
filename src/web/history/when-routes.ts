import { together } from '../../database/ask-together.ts';
import { dayIn } from '../../calendar.ts';
import { Router, type Request } from 'express';
import { z } from 'zod';
import { DISCOVERIES, listDiscoveries, listReturned } from '../../listening/discoveries.ts';
import { FROM_IN_PERIOD } from '../../listening/played-from.ts';
import { daysValues, periodValues } from '../../ranges/period.ts';
import type { Days, Range } from '../../ranges/range.ts';
import { countPlaysByWeekHour, PLAYS_BY_WEEK_HOUR } from '../../listening/days.ts';
import { SESSION_GAP_MINUTES, SESSIONS } from '../../listening/sessions.ts';
import { STREAKS } from '../../listening/streaks.ts';
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
  discoveries: async ({ db }, req) => discoveryLabels(await listDiscoveries(db, userIdOf(req), rangeOf(req))),
};

const rangeOf = (req: Request): Range =>
  rangeAsked(readParams(whenParams, req.query), dayIn(listenerOf(req).timezone));

const askWhen = together(
  'when: the hours of the week, sessions, streaks, discoveries and where plays came from',
  {
    week: PLAYS_BY_WEEK_HOUR,
    sessions: SESSIONS,
    streaks: STREAKS,
    discoveries: DISCOVERIES,
    from: FROM_IN_PERIOD,
  },
);

async function readWhen({ db }: WebContext, req: Request) {
  const listener = listenerOf(req);
  const today = dayIn(listener.timezone);
  const range = rangeOf(req);
  const begun = hasBegun(range, today);
  const inDays = daysValues(listener.user_id, range);
  const [{ week, sessions, streaks, discoveries, from }, returned] = await Promise.all([
    askWhen(db, {
      week: inDays,
      sessions: periodValues(listener, range),
      streaks: [listener.user_id, listener.timezone],
      discoveries: inDays,
      from: inDays,
    }),
    begun ? listReturned(db, listener, begun, RETURNED_SHOWN) : null,
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
