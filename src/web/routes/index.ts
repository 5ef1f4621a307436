import { Router } from 'express';
import type { WebContext } from '../context.ts';
import type { Authenticator } from '../middleware/sign-in.ts';
import { archiveRoutes } from './archives.ts';
import { artistChartRoutes, artistRoutes } from './artists.ts';
import { audioFeatureRoutes } from './audio-features.ts';
import { authRoutes } from './auth.ts';
import { captureRoutes } from './captures.ts';
import { connectionRoutes } from './connection.ts';
import { chartRoutes, dashboardRoutes } from './dashboard.ts';
import { deviceRoutes } from './devices.ts';
import { exploreRoutes } from './explore.ts';
import { hiddenRoutes } from './hidden.ts';
import { historyRoutes } from './history.ts';
import { homeRoutes } from './home.ts';
import { importRoutes } from './imports.ts';
import { moodChartRoutes, moodRoutes } from './mood.ts';
import { searchRoutes } from './search.ts';
import { playlistBuilderRoutes } from './playlist-builder.ts';
import { playlistFileRoutes } from './playlist-files.ts';
import { playlistSendingRoutes } from './playlist-sendings.ts';
import { playlistRoutes } from './playlists.ts';
import { settingsRoutes } from './settings.ts';
import { snapshotRoutes } from './snapshots.ts';
import { trackChartRoutes, trackRoutes } from './tracks.ts';
import { timeChartRoutes } from './time-machine-charts.ts';
import { timeMachineRoutes } from './time-machine.ts';
import { yoursRoutes } from './yours.ts';

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
    .use(yoursRoutes(context)) //      /settings/export, /settings/disconnect, /settings/delete
    .use(connectionRoutes(context)) // /api/connection, /settings/fetching
    .use(hiddenRoutes(context)) //     /settings/hidden, /tracks/:trackId/hide, /artists/:artistId/show …
    .use(historyRoutes(context)); //   /history, /api/plays-by-hour, /api/plays-by-day
}
