import { Router, type Request } from 'express';
import { z } from 'zod';
import { isCalendarDate } from '../../calendar.ts';
import { countPlaysByDay, countPlaysByHour, findPlayTotals, findStreaks } from '../../plays/figures.ts';
import { listPlayGaps, listPlays, type Play, type PlayKey } from '../../plays/history.ts';
import type { Period } from '../../plays/period.ts';
import { findListBeside } from '../../plays/list-beside.ts';
import { findSpan } from '../../plays/span.ts';
import { dayIn, daysBefore } from '../../snapshots/chosen-time.ts';
import type { WebContext } from '../context.ts';
import { listenerOf } from '../sign-in/sign-in.ts';
import { calendarYear, drawCalendar } from './calendar.ts';
import { daysChart, groupByDay, hourLabels, hoursChart, labelled, timeRangeBeside } from './charts.ts';
import type { ChartAnswers } from '../page/chart-answers.ts';
import { readParams } from '../page/read-params.ts';
import { renderPage } from '../page/render.ts';
import { RANGE_LABELS } from '../page/time-ranges.ts';

const PLAYS_PER_PAGE = 50;
const TOP_SHOWN = 15;

const day = z
  .string('must be given once')
  .refine((text) => text === '' || isCalendarDate(text), 'must be a day such as 2026-03-09')
  .refine((text) => text === '' || (text >= '1900-01-01' && text <= '2199-12-31'), 'must lie in these times')
  .transform((text) => (text === '' ? null : text))
  .nullable()
  .default(null);
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

const SPANS = { '4-weeks': 28, '6-months': 182, year: 365, all: null } as const;
const span = z
  .enum(Object.keys(SPANS) as (keyof typeof SPANS)[], 'must be 4-weeks, 6-months, year or all')
  .default('4-weeks');
const historyParams = z.object({ from: day, to: day, span, q: words, after });

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
    const period = periodOf(req, readParams(historyParams, req.query));
    return hourLabels(await countPlaysByHour(db, listenerOf(req), period));
  },
  'plays-by-day': async ({ db }, req) => {
    const period = periodOf(req, readParams(historyParams, req.query));
    return labelled(await countPlaysByDay(db, listenerOf(req), period));
  },
};

/** Days that are named go before a span; a span ends today. */
function periodOf(req: Request, { from, to, span: chosen }: Asked): Period {
  const days = SPANS[chosen];
  if (from !== null || to !== null || days === null) return { from, to };
  return { from: daysBefore(dayIn(listenerOf(req).timezone), days - 1), to: null };
}

async function readHistory({ db }: WebContext, req: Request, asked: Asked) {
  const listener = listenerOf(req);
  const period = periodOf(req, asked);
  // The list goes back as far as it goes unless days are named: a span is for the figures.
  const listed = { from: asked.from, to: asked.to };
  const [found, totals, gaps] = await Promise.all([
    listPlays(db, listener, { ...listed, words: asked.q, after: asked.after }, PLAYS_PER_PAGE + 1),
    findPlayTotals(db, listener.user_id),
    listPlayGaps(db, listener, listed),
  ]);
  const plays = found.slice(0, PLAYS_PER_PAGE);
  const isFront = asked.q === null && asked.after === null && totals.plays > 0;
  return {
    asked,
    timezone: listener.timezone,
    totals,
    figures: isFront ? await readFigures(db, listener, period) : null,
    days: groupByDay(plays, asked.q === null ? gaps : []),
    older: found.length > PLAYS_PER_PAGE ? olderAddress(asked, plays.at(-1)) : null,
    spans: spanLinks(asked),
  };
}

async function readFigures(db: WebContext['db'], listener: Express.User, period: Period) {
  const now = dayIn(listener.timezone);
  const year = calendarYear(period.to ?? now);
  const [played, byHour, byDay, calendar, streaks, ranked] = await Promise.all([
    findSpan(db, listener, period, TOP_SHOWN),
    countPlaysByHour(db, listener, period),
    countPlaysByDay(db, listener, period),
    countPlaysByDay(db, listener, year),
    findStreaks(db, listener),
    findListBeside(db, listener, { to: period.to, timeRange: timeRangeBeside(period, now) }, TOP_SHOWN),
  ]);
  return {
    tally: played,
    byHour: hoursChart(byHour),
    byDay: daysChart(byDay, period, now),
    calendar: drawCalendar(calendar, year.from, now),
    streaks,
    mostPlayed: played.tracks,
    ranked,
  };
}

function olderAddress(asked: Asked, last: Pick<Play, 'played_us' | 'nth' | 'track_id'> | undefined): string {
  const query = new URLSearchParams(filterOf(asked));
  if (last) query.set('after', `${last.played_us}.${last.nth}.${last.track_id}`);
  return `/history?${query.toString()}#plays`;
}

const filterOf = ({ from, to, q, span: chosen }: Asked): Record<string, string> => ({
  ...(from === null ? {} : { from }),
  ...(to === null ? {} : { to }),
  ...(q === null ? {} : { q }),
  ...(chosen === '4-weeks' ? {} : { span: chosen }),
});

const SPAN_LABELS: Readonly<Record<keyof typeof SPANS, string>> = {
  '4-weeks': RANGE_LABELS.short_term,
  '6-months': RANGE_LABELS.medium_term,
  year: RANGE_LABELS.long_term,
  all: 'All of it',
};

const spanLinks = ({ from, to, span: chosen }: Asked) =>
  Object.entries(SPAN_LABELS).map(([id, label]) => ({
    label,
    href: `/history?span=${id}`,
    current: from === null && to === null && id === chosen,
  }));
