import { Router } from 'express';
import type { WebContext } from '../context.ts';
import type { Authenticator } from '../middleware/sign-in.ts';
import { archiveRoutes } from './archives.ts';
import { authRoutes } from './auth.ts';
import { connectionRoutes } from './connection.ts';
import { chartRoutes, dashboardRoutes } from './dashboard.ts';
import { historyRoutes } from './history.ts';
import { homeRoutes } from './home.ts';
import { importRoutes } from './imports.ts';
import { settingsRoutes } from './settings.ts';
import { snapshotRoutes } from './snapshots.ts';

/** The site map. (Health and static files stand before it, in app.ts: they need no session.) */
export function siteRoutes(context: WebContext, authenticator: Authenticator): Router {
  return Router()
    .use(homeRoutes(context)) //       /
    .use(authRoutes(context, authenticator)) // /auth/spotify, /auth/spotify/callback, /logout
    .use(dashboardRoutes(context)) //  /dashboard
    .use(chartRoutes(context)) //      /api/…
    .use(snapshotRoutes(context)) //   /snapshots
    .use(archiveRoutes(context)) //    /archives/unclaimed, /archives/:archiveId/claim
    .use(settingsRoutes(context)) //   /settings
    .use(importRoutes(context)) //     /settings/imports/…
    .use(connectionRoutes(context)) // /api/connection, /settings/fetching
    .use(historyRoutes(context)); //   /history, /api/plays-by-hour, /api/plays-by-day
}
