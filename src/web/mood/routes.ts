import { Router, type Request } from 'express';
import { z } from 'zod';
import { getMoodCounts, getMoodPoints } from '../../figures/summary.ts';
import { notFound } from '../../errors.ts';
import { drawMoodMap, drawMoodPath, MOOD_CHARTS } from '../../mood/charts.ts';
import {
  countQuadrantTracks,
  isQuadrant,
  listQuadrantTracks,
  QUADRANT_NAMES,
  TRACKS_PER_PAGE,
} from '../../mood/quadrants.ts';
import type { WebContext } from '../context.ts';
import { listenerOf, userIdOf } from '../sign-in/sign-in.ts';
import { drawnFrom, type ChartAnswers } from '../page/chart-answers.ts';
import { countPages, linkPages, pageNumber } from '../page/page-links.ts';
import { readParams } from '../page/read-params.ts';
import { renderPage } from '../page/render.ts';
import { linkRanges, rangeParam } from '../page/time-ranges.ts';
import * as words from './words.ts';

const moodParams = z.object({ range: rangeParam.optional() });
const listParams = z.object({ page: pageNumber });

/** `/mood`: where the archive stands between energy and valence; `/mood/happy` and the others: its tracks there. */
export function moodRoutes({ db }: WebContext): Router {
  return Router()
    .get('/mood', async (req, res) => {
      const timeRange = rangeOf(req);
      const figures = await getMoodCounts(db, userIdOf(req));
      const page = { title: 'Mood', scripts: ['pages/mood.js'], words };
      renderPage(res, 'mood/index', page, {
        figures,
        drawnPath: drawMoodPath(figures, timeRange),
        months: figures.months[timeRange],
        ranges: linkRanges(timeRange, (id) => `/mood?range=${id}#mood-over-time`),
      });
    })
    .get('/mood/:quadrant', async (req, res) => {
      const shown = await readQuadrant(db, req);
      renderPage(res, 'mood/quadrant', { title: shown.name, words }, shown);
    });
}

/** The range of the path of moods; without one in the address that which the listener wants first. */
const rangeOf = (req: Request) => readParams(moodParams, req.query).range ?? listenerOf(req).first_time_range;

async function readQuadrant(db: WebContext['db'], req: Request) {
  const userId = userIdOf(req);
  const { quadrant } = req.params;
  if (!isQuadrant(quadrant)) throw notFound();
  const { page } = readParams(listParams, req.query);
  const [count, tracks] = await Promise.all([
    countQuadrantTracks(db, userId, quadrant),
    listQuadrantTracks(db, userId, quadrant, page),
  ]);
  const pages = countPages(count, TRACKS_PER_PAGE);
  if (page > pages) throw notFound();
  const links = linkPages(page, pages, (number) => `/mood/${quadrant}?page=${number}`);
  return { quadrant, name: QUADRANT_NAMES[quadrant], count, tracks, links };
}

export const moodCharts: ChartAnswers = {
  'mood-over-time': async ({ db }, req) => {
    const timeRange = rangeOf(req);
    return drawMoodPath(await getMoodCounts(db, userIdOf(req)), timeRange);
  },
  'mood-map': async ({ db }, req) => drawMoodMap(await getMoodPoints(db, userIdOf(req))),
  ...drawnFrom('', MOOD_CHARTS, ({ db }, req) => getMoodCounts(db, userIdOf(req))),
};
