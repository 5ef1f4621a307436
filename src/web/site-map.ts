import { Router, type RequestHandler } from 'express';
import type { WebContext } from './context.ts';
import { KEPT_PAGES, keptPages } from './kept-pages.ts';
import { requireSignIn, type Authenticator } from './sign-in/sign-in.ts';
import { albumRoutes } from './albums/routes.ts';
import { apiPageRoutes } from './api/page-routes.ts';
import { archiveRoutes } from './home/claim-routes.ts';
import { artistRoutes } from './artists/routes.ts';
import { audioFeatureRoutes } from './settings/feature-routes.ts';
import { authRoutes, signOutRoutes } from './sign-in/routes.ts';
import { captureRoutes } from './settings/capture-routes.ts';
import { connectionRoutes } from './settings/connection-routes.ts';
import { chartRoutes } from './chart-map.ts';
import { dashboardRoutes } from './dashboard/routes.ts';
import { deviceRoutes } from './settings/device-routes.ts';
import { exploreRoutes } from './explore/routes.ts';
import { hiddenRoutes } from './settings/hidden-routes.ts';
import { historyImportRoutes } from './history-import/routes.ts';
import { historyRoutes } from './history/routes.ts';
import { topRoutes } from './history/top-routes.ts';
import { whenRoutes } from './history/when-routes.ts';
import { homeRoutes } from './home/routes.ts';
import { importRoutes } from './settings/import-routes.ts';
import { moodRoutes } from './mood/routes.ts';
import { searchRoutes } from './search/routes.ts';
import { playlistBuilderRoutes } from './playlists/builder-routes.ts';
import { playlistFileRoutes } from './playlists/file-routes.ts';
import { playlistSendingRoutes } from './playlists/sending-routes.ts';
import { playlistRoutes } from './playlists/routes.ts';
import { settingsRoutes } from './settings/routes.ts';
import { skipRoutes } from './history/skip-routes.ts';
import { snapshotRoutes } from './dashboard/snapshot-routes.ts';
import { tokenRoutes } from './settings/token-routes.ts';
import { trackRoutes } from './tracks/routes.ts';
import { timeMachineRoutes } from './time-machine/routes.ts';
import { yourDataRoutes } from './settings/your-data-routes.ts';

/** Health and static files come before it, in app.ts: they need no session. */
export function siteRoutes(context: WebContext, authenticator: Authenticator): Router {
  return Router()
    .use(homeRoutes(context)) // /
    .use(authRoutes(context, authenticator)) // /auth/spotify, /auth/spotify/callback
    .use(apiPageRoutes(context)) // /api/v1 (what is below it stands before the session, in app.ts)
    .use('/api', requireSignIn) // also where there is nothing, so that nobody learns what there is
    .use(behindSignIn(personalRoutes(context), keptPages(context)));
}

const personalRoutes = (context: WebContext): Router[] => [
  signOutRoutes(context), // /logout
  dashboardRoutes(context), // /dashboard
  exploreRoutes(context), // /explore, /explore.csv
  moodRoutes(context), // /mood, /mood/:quadrant
  searchRoutes(context), // /search, /api/suggestions
  snapshotRoutes(context), // /snapshots
  trackRoutes(context), // /tracks/:trackId, its payload
  artistRoutes(context), // /artists/:artistId
  albumRoutes(context), // /albums/:albumId
  timeMachineRoutes(context), // /time-machine, /time-machine/:year/:month/:day
  playlistBuilderRoutes(context), // /playlists/new
  playlistRoutes(context), // /playlists, /playlists/:playlistId
  playlistSendingRoutes(context), // /playlists/:playlistId/send, …/progress
  playlistFileRoutes(context), // /playlists/:playlistId/tracks.csv, .m3u8, .jspf
  archiveRoutes(context), // /archives/unclaimed, /archives/:archiveId/claim
  settingsRoutes(context), // /settings
  captureRoutes(context), // /settings/captures
  deviceRoutes(context), // /settings/devices
  tokenRoutes(context), // /settings/tokens, …/:tokenId/delete
  audioFeatureRoutes(context), // /settings/audio-features, …/remove, …/known.csv
  importRoutes(context), // /settings/imports/…
  yourDataRoutes(context), // /settings/export, /settings/disconnect, /settings/delete
  connectionRoutes(context), // /api/connection, /settings/fetching
  hiddenRoutes(context), // /settings/hidden, /tracks/:trackId/hide, /artists/:artistId/show …
  historyRoutes(context), // /history
  historyImportRoutes(context), // /history/import, …/:historyImportId, its progress and rows
  topRoutes(context), // /history/top
  whenRoutes(context), // /history/when
  skipRoutes(context), // /history/skips
  chartRoutes(context), // /api/…, as chart-map.ts lists them
];

/** Every route of these rooms requires a sign-in; any other address stays a 404 for everybody. */
function behindSignIn(rooms: readonly Router[], kept: RequestHandler): Router {
  const guarded = Router();
  for (const { route } of rooms.flatMap(({ stack }) => stack)) {
    if (route === undefined) throw new Error('a personal room has routes and nothing else');
    for (const { method } of route.stack) guarded[method as 'get' | 'post'](route.path, requireSignIn);
  }
  for (const page of KEPT_PAGES) guarded.get(page, kept);
  return guarded.use(...rooms);
}
