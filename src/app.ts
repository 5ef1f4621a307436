import express, { type Express } from 'express';
import type { Config } from './config.ts';
import type { Db } from './db.ts';
import { accessOf } from './users/access-token.ts';
import { gated } from './users/spotify-limit.ts';
import { createAssets } from './web/page/assets.ts';
import { databasePatience } from './web/operations/database-patience.ts';
import { admission } from './web/operations/admission.ts';
import { bodyTime } from './web/middleware/body-time.ts';
import { canonicalHost } from './web/middleware/canonical-host.ts';
import { compressed } from './web/middleware/compressed.ts';
import { connectionBanner } from './web/sign-in/connection-banner.ts';
import { csrfProtection } from './web/middleware/csrf.ts';
import { errorPage, noSuchPage } from './web/middleware/error-page.ts';
import { fileUpload } from './web/middleware/file-upload.ts';
import { httpsOnly } from './web/middleware/https-only.ts';
import { plainAddress } from './web/middleware/plain-address.ts';
import { pageLocals } from './web/middleware/page-locals.ts';
import { requestLog } from './web/operations/request-log.ts';
import { securityHeaders } from './web/middleware/security-headers.ts';
import { sessions } from './web/sign-in/session.ts';
import { createAuthenticator } from './web/sign-in/sign-in.ts';
import { keepUnderWay } from './web/operations/under-way.ts';
import { whenReady } from './web/operations/when-ready.ts';
import { createReadiness, type Readiness } from './web/operations/readiness.ts';
import { useViews } from './web/page/render.ts';
import { createProcessMetrics } from './web/operations/process-metrics.ts';
import { gatherFrom } from './web/operations/gather.ts';
import { coversRouter } from './web/covers/routes.ts';
import { MOST_BYTES, MOST_FILES } from './web/history-import/receive.ts';
import { healthRoutes } from './web/operations/health-routes.ts';
import { crossOrigin } from './web/api/middleware/cross-origin.ts';
import { apiRoutes } from './web/api/routes.ts';
import { problemAnswer } from './web/api/middleware/problems.ts';
import { siteRoutes } from './web/site-map.ts';
import { metricsRoutes } from './web/operations/metrics-routes.ts';

export interface App {
  readonly express: Express;
  readonly readiness: Readiness;
}

/** Two calls in a row (a refresh and what it was for) still answer the listener within ten seconds. */
const SPOTIFY_PATIENCE_MS = 4_500;

const FEATURE_FILE = { bytes: 5 * 1024 * 1024, files: 1 };
const HISTORY_FILES = { bytes: MOST_BYTES, files: MOST_FILES };

interface Given {
  readonly config: Config;
  readonly db: Db;
  readonly unhurried?: Db;
}

/** It does not listen: server.ts and the tests do. */
export function createApp({ config, db, unhurried = db }: Given): App {
  const app = express();
  const readiness = createReadiness(db);
  const access = {
    ...accessOf(config),
    settings: gated(db, { ...config.spotify, timeoutMs: SPOTIFY_PATIENCE_MS }),
  };
  const context = { config, db, unhurried, access, readiness };
  const assets = createAssets();
  const metrics = createProcessMetrics(db);
  const authenticator = createAuthenticator(context);

  app.disable('x-powered-by');
  // Behind HTTPS stands exactly one proxy of ours; without it, nobody's X-Forwarded-* is believed.
  app.set('trust proxy', config.baseUrl.startsWith('https:') ? 1 : false);
  useViews(app, assets, { cache: config.keepViews, artUrl: config.artUrl });

  app.use(requestLog());
  app.use(bodyTime);
  app.use(keepUnderWay);
  app.use(metrics.timeRequests);
  app.use(healthRoutes(readiness));
  app.use(metricsRoutes(config, db, gatherFrom(metrics.registry)));
  app.use(securityHeaders(config));
  app.use(plainAddress);
  app.use(canonicalHost(config.baseUrl));
  app.use(crossOrigin(config));
  app.use(compressed);
  app.use(assets.router);
  app.use(coversRouter);
  app.use(httpsOnly(config.baseUrl));
  app.use(databasePatience);
  app.use(admission(db.pool));
  app.use(whenReady(readiness));
  app.use(apiRoutes(context));
  app.use(sessions(db, config));
  app.use(authenticator.session());
  // A playlist's name that is far too long gets its message on its own page, not a 413.
  app.use('/playlists', express.urlencoded({ extended: false, limit: '500kb', parameterLimit: 100 }));
  app.use(express.urlencoded({ extended: false, limit: '20kb', parameterLimit: 100 }));
  app.use('/settings/audio-features', fileUpload(FEATURE_FILE));
  app.use('/history/import', fileUpload(HISTORY_FILES));
  app.use(csrfProtection(config.baseUrl));
  app.use(pageLocals);
  app.use(connectionBanner);
  app.use(siteRoutes(context, authenticator));
  app.use(noSuchPage);
  app.use(problemAnswer(config.baseUrl));
  app.use(errorPage);
  return { express: app, readiness };
}
