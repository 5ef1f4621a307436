import { Router } from 'express';
import type { WebContext } from './context.ts';
import type { Authenticator } from './sign-in/sign-in.ts';
import { archiveRoutes } from './home/claim-routes.ts';
import { artistChartRoutes, artistRoutes } from './artists/routes.ts';
import { audioFeatureRoutes } from './settings/feature-routes.ts';
import { authRoutes } from './sign-in/routes.ts';
import { captureRoutes } from './settings/capture-routes.ts';
import { connectionRoutes } from './settings/connection-routes.ts';
import { chartRoutes, dashboardRoutes } from './dashboard/routes.ts';
import { deviceRoutes } from './settings/device-routes.ts';
import { exploreRoutes } from './explore/routes.ts';
import { hiddenRoutes } from './settings/hidden-routes.ts';
import { historyRoutes } from './history/routes.ts';
import { homeRoutes } from './home/routes.ts';
import { importRoutes } from './settings/import-routes.ts';
import { moodChartRoutes, moodRoutes } from './mood/routes.ts';
import { searchRoutes } from './search/routes.ts';
import { playlistBuilderRoutes } from './playlists/builder-routes.ts';
import { playlistFileRoutes } from './playlists/file-routes.ts';
import { playlistSendingRoutes } from './playlists/sending-routes.ts';
import { playlistRoutes } from './playlists/routes.ts';
import { settingsRoutes } from './settings/routes.ts';
import { snapshotRoutes } from './dashboard/snapshot-routes.ts';
import { trackChartRoutes, trackRoutes } from './tracks/routes.ts';
import { timeChartRoutes } from './time-machine/chart-routes.ts';
import { timeMachineRoutes } from './time-machine/routes.ts';
import { yourDataRoutes } from './settings/your-data-routes.ts';

/** The site map. (Health and static files stand before it, in app.ts: they need no session.) */
export function siteRoutes(context: WebContext, authenticator: Authenticator): Router {
  return Router()
    .use(homeRoutes(context)) //       /
    .use(authRoutes(context, authenticator)) // /auth/spotify, /auth/spotify/callback, /logout
    .use(dashboardRoutes(context)) //  /dashboard
    .use(chartRoutes(context)) //      /api/…
    .use(exploreRoutes(context)) //    /explore, /explore.csv
    .use(moodRoutes(context)) //       /mood, /mood/:quadrant
    .use(moodChartRoutes(context)) //  /api/mood-…, /api/tempo, /api/key, /api/mode
    .use(searchRoutes(context)) //     /search, /api/suggestions
    .use(snapshotRoutes(context)) //   /snapshots
    .use(trackRoutes(context)) //      /tracks/:trackId, its payload
    .use(trackChartRoutes(context)) // /api/tracks/…
    .use(artistRoutes(context)) //     /artists/:artistId
    .use(artistChartRoutes(context)) // /api/artists/…
    .use(timeMachineRoutes(context)) // /time-machine, /time-machine/:year/:month/:day
    .use(timeChartRoutes(context)) //  /api/time-machine/…
    .use(playlistBuilderRoutes(context)) // /playlists/new
    .use(playlistRoutes(context)) //   /playlists, /playlists/:playlistId
    .use(playlistSendingRoutes(context)) // /playlists/:playlistId/send, …/progress
    .use(playlistFileRoutes(context)) // /playlists/:playlistId/tracks.csv, .m3u8, .jspf
    .use(archiveRoutes(context)) //    /archives/unclaimed, /archives/:archiveId/claim
    .use(settingsRoutes(context)) //   /settings
    .use(captureRoutes(context)) //    /settings/captures
    .use(deviceRoutes(context)) //     /settings/devices
    .use(audioFeatureRoutes(context)) // /settings/audio-features, …/remove, …/known.csv
    .use(importRoutes(context)) //     /settings/imports/…
    .use(yourDataRoutes(context)) //      /settings/export, /settings/disconnect, /settings/delete
    .use(connectionRoutes(context)) // /api/connection, /settings/fetching
    .use(hiddenRoutes(context)) //     /settings/hidden, /tracks/:trackId/hide, /artists/:artistId/show …
    .use(historyRoutes(context)); //   /history, /api/plays-by-hour, /api/plays-by-day
}
