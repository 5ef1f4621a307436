import { Router } from 'express';
import type { Readiness } from './readiness.ts';

/** For platforms: "alive" says nothing of the database, "ready" does. */
export function healthRoutes(readiness: Readiness): Router {
  return Router()
    .get('/livez', (_req, res) => res.status(200).end())
    .get('/readyz', async (_req, res) => res.status((await readiness.check()) === 'ready' ? 200 : 503).end());
}
