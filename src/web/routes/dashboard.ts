import { Router } from 'express';
import { z } from 'zod';
import { CHARTS, drawCharts } from '../../archives/charts.ts';
import { computeListFigures } from '../../archives/figures.ts';
import { getArchiveSummary } from '../../archives/summary.ts';
import { isCapturedToday } from '../../snapshots/capture.ts';
import { movementOf } from '../../snapshots/movement.ts';
import { findTopList } from '../../snapshots/top-list.ts';
import { TIME_RANGES, type TimeRange } from '../../spotify/top-tracks.ts';
import { findConnection } from '../../users/connections.ts';
import { countClaimable } from '../claimable.ts';
import type { WebContext } from '../context.ts';
import { requireSignIn, userIdOf } from '../middleware/sign-in.ts';
import { readParams } from '../read-params.ts';
import { renderPage } from '../render.ts';
import { RANGE_LABELS } from '../time-range-words.ts';

const range = z.enum(TIME_RANGES, `must be one of ${TIME_RANGES.join(', ')}`);
const dashboardParams = z.object({ range: range.default('short_term') });

/** `/dashboard`: what is number one now, the list with its movement, and the archive in figures. */
export function dashboardRoutes(context: WebContext): Router {
  return Router().get('/dashboard', requireSignIn, async (req, res) => {
    const { range: timeRange } = readParams(dashboardParams, req.query);
    const dashboard = await readDashboard(context, req.user as Express.User, timeRange);
    renderPage(
      res,
      'dashboard/index',
      { title: 'Dashboard', scripts: ['pages/dashboard.js'] },
      { dashboard },
    );
  });
}

async function readDashboard(context: WebContext, user: Express.User, timeRange: TimeRange) {
  const { db } = context;
  const userId = user.user_id;
  const [list, listFigures, summary, capturedToday, connection, unclaimedArchives] = await Promise.all([
    findTopList(db, userId, timeRange),
    computeListFigures(db, userId, timeRange),
    getArchiveSummary(db, userId),
    isCapturedToday(db, userId),
    findConnection(db, userId),
    countClaimable(context, user),
  ]);
  return {
    timeRange,
    ranges: rangeLinks(timeRange),
    list,
    listFigures: list && listFigures,
    movements: list?.entries.map((entry) => movementOf(entry, list)) ?? [],
    summary,
    charts: drawCharts(summary.figures),
    listCharts: list && drawCharts(listFigures),
    capturedToday,
    connected: connection?.connected ?? false,
    unclaimedArchives,
  };
}

const rangeLinks = (current: TimeRange) =>
  TIME_RANGES.map((id) => ({
    id,
    label: RANGE_LABELS[id],
    href: `/dashboard?range=${id}`,
    current: id === current,
  }));

const chartParams = z.object({ range: range.optional() });

/** `/api/energy-distribution` and its siblings: the whole archive, or with `?range=` that range's newest list. */
export function chartRoutes({ db }: WebContext): Router {
  const router = Router().use('/api', requireSignIn);
  for (const [name, draw] of Object.entries(CHARTS)) {
    router.get(`/api/${name}`, async (req, res) => {
      const { range: timeRange } = readParams(chartParams, req.query);
      const figures = timeRange
        ? await computeListFigures(db, userIdOf(req), timeRange)
        : (await getArchiveSummary(db, userIdOf(req))).figures;
      res.json(draw(figures));
    });
  }
  return router;
}
