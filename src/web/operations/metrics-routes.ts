import { createHash, timingSafeEqual } from 'node:crypto';
import { Router } from 'express';
import type { Config } from '../../config.ts';
import type { Db } from '../../db.ts';
import { readArchiveMetrics } from './archive-metrics.ts';
import type { GatherMetrics } from './gather.ts';

const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** A 404 without the right token. If the database is away, the processes' own metrics remain. */
export function metricsRoutes(
  { metricsToken, allowedSpotifyIds }: Pick<Config, 'metricsToken' | 'allowedSpotifyIds'>,
  db: Db,
  gather: GatherMetrics,
): Router {
  return Router().get('/metrics', async (req, res, next) => {
    if (metricsToken === null || !isSame(req.headers.authorization ?? '', `Bearer ${metricsToken}`))
      return next();
    const [processes, archive] = await Promise.all([
      gather(),
      readArchiveMetrics(db, allowedSpotifyIds).catch(() => ''),
    ]);
    return res
      .type(CONTENT_TYPE)
      .set('Cache-Control', 'no-store')
      .send(processes + archive);
  });
}

/** Takes as long for every wrong token. */
const isSame = (given: string, expected: string): boolean => timingSafeEqual(digest(given), digest(expected));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
