import { dayIn } from '../../calendar.ts';
import { Router } from 'express';
import { z } from 'zod';
import { together } from '../../database/ask-together.ts';
import { UNCLAIMED_COUNT } from '../../archives/unclaimed.ts';
import { CHARTS, drawCharts } from '../../figures/charts.ts';
import { computeListFigures } from '../../figures/figures.ts';
import { computeRangeSummary, getArchiveSummary, KEPT_RANGE_SUMMARY } from '../../figures/summary.ts';
import { PLAYED_ANNIVERSARIES } from '../../listening/on-this-day.ts';
import { TODAY } from '../../snapshots/capture.ts';
import { movementOf } from '../../snapshots/movement.ts';
import { ANNIVERSARIES } from '../../snapshots/on-this-day.ts';
import { TOP_ARTISTS } from '../../snapshots/top-artists.ts';
import { TOP_LIST } from '../../snapshots/top-list.ts';
import type { TimeRange } from '../../spotify/top-tracks.ts';
import { mayClaim } from '../home/claimable.ts';
import type { WebContext } from '../context.ts';
import { connectionOf } from '../sign-in/connection-banner.ts';
import { listenerOf, userIdOf } from '../sign-in/sign-in.ts';
import { drawnFrom } from '../page/chart-answers.ts';
import { readParams } from '../page/read-params.ts';
import { renderPage } from '../page/render.ts';
import { linkRanges, rangeParam } from '../page/time-ranges.ts';

const ARTISTS_SHOWN = 10;
const dashboardParams = z.object({ range: rangeParam.optional() });

/** `/dashboard`: what is number one now, the list with its movement, and the archive in figures. */
export function dashboardRoutes(context: WebContext): Router {
  return Router().get('/dashboard', async (req, res) => {
    const user = listenerOf(req);
    const { range = user.first_time_range } = readParams(dashboardParams, req.query);
    const dashboard = await readDashboard(context, user, range);
    renderPage(
      res,
      'dashboard/index',
      { title: 'Dashboard', scripts: ['pages/dashboard.js'] },
      { dashboard: { ...dashboard, connected: connectionOf(res).connected } },
    );
  });
}

const askDashboard = together('dashboard: all it shows', {
  list: TOP_LIST,
  artists: TOP_ARTISTS,
  capturedToday: TODAY,
  anniversaries: ANNIVERSARIES,
  playedThen: PLAYED_ANNIVERSARIES,
  kept: KEPT_RANGE_SUMMARY,
  unclaimed: UNCLAIMED_COUNT,
});

async function readDashboard(context: WebContext, user: Express.User, timeRange: TimeRange) {
  const { db } = context;
  const userId = user.user_id;
  const today = dayIn(user.timezone);
  const { kept, unclaimed, ...shown } = await askDashboard(db, {
    list: [userId, timeRange],
    artists: [userId, timeRange, ARTISTS_SHOWN],
    capturedToday: [userId],
    anniversaries: [userId, timeRange, today],
    playedThen: [userId, today, user.timezone],
    kept: [userId, timeRange],
    unclaimed: [],
  });
  const { list, artists } = shown;
  const summary = kept ?? (await computeRangeSummary(db, userId, timeRange));
  return {
    timeRange,
    ranges: linkRanges(timeRange, (id) => `/dashboard?range=${id}`),
    ...shown,
    listFigures: list && summary.list,
    movements: list?.entries.map((entry) => movementOf(entry, list)) ?? [],
    artistMovements: artists?.entries.map((entry) => movementOf(entry, artists)) ?? [],
    summary,
    charts: drawCharts(summary.figures),
    listCharts: list && drawCharts(summary.list),
    unclaimedArchives: mayClaim(context, user) ? unclaimed : 0,
  };
}

const chartParams = z.object({ range: rangeParam.optional() });

/** `energy-distribution` and its siblings: the whole archive, or with `?range=` that range's newest list. */
export const dashboardCharts = drawnFrom('', CHARTS, async ({ db }, req) => {
  const { range } = readParams(chartParams, req.query);
  return range
    ? computeListFigures(db, userIdOf(req), range)
    : (await getArchiveSummary(db, userIdOf(req))).figures;
});
