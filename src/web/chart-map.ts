import { Router } from 'express';
import { albumCharts } from './albums/routes.ts';
import { artistCharts } from './artists/routes.ts';
import type { WebContext } from './context.ts';
import { dashboardCharts } from './dashboard/routes.ts';
import { historyCharts } from './history/routes.ts';
import { whenCharts } from './history/when-routes.ts';
import { moodCharts } from './mood/routes.ts';
import type { ChartAnswers } from './page/chart-answers.ts';
import { previewCharts } from './playlists/builder-routes.ts';
import { playlistCharts } from './playlists/routes.ts';
import { timeCharts } from './time-machine/charts.ts';
import { trackCharts } from './tracks/routes.ts';

/** By address below `/api/`. */
const CHARTS: ChartAnswers = {
  ...dashboardCharts, // energy-distribution, decades, top-artists …
  ...moodCharts, //      mood-quadrants, mood-over-time, tempo, key, mode …
  ...trackCharts, //     tracks/:trackId/…
  ...artistCharts, //    artists/:artistId/…
  ...albumCharts, //     albums/:albumId/…
  ...timeCharts, //      time-machine/…
  ...previewCharts, //   playlist-preview/…
  ...playlistCharts, //  playlists/:playlistId/…
  ...historyCharts, //   plays-by-hour, plays-by-day
  ...whenCharts, //      plays-by-weekday-and-hour, discoveries
};

export function chartRoutes(context: WebContext): Router {
  const router = Router();
  for (const [path, answer] of Object.entries(CHARTS)) {
    router.get(`/api/${path}`, async (req, res) => {
      res.json(await answer(context, req));
    });
  }
  return router;
}
