import { Router } from 'express';
import { z } from 'zod';
import { notFound } from '../../errors.ts';
import { countCaptureRuns, listCaptureRuns, RUNS_PER_PAGE } from '../../snapshots/capture-runs.ts';
import type { WebContext } from '../context.ts';
import { listenerOf, userIdOf } from '../sign-in/sign-in.ts';
import { countPages, linkPages, pageNumber } from '../page/page-links.ts';
import { readParams } from '../page/read-params.ts';
import { renderPage } from '../page/render.ts';
import * as words from './capture-words.ts';

const pageParams = z.object({ page: pageNumber });

export function captureRoutes({ db }: WebContext): Router {
  return Router().get('/settings/captures', async (req, res) => {
    const { page } = readParams(pageParams, req.query);
    const counts = await countCaptureRuns(db, userIdOf(req));
    const pages = countPages(counts.runs, RUNS_PER_PAGE);
    if (page > pages) throw notFound();
    const runs = await listCaptureRuns(db, userIdOf(req), { offset: (page - 1) * RUNS_PER_PAGE });
    const links = linkPages(page, pages, (number) => `/settings/captures?page=${number}#list`);
    const timezone = listenerOf(req).timezone;
    renderPage(res, 'settings/captures', { title: 'Captures', words }, { counts, runs, links, timezone });
  });
}
