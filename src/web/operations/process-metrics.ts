import type { RequestHandler } from 'express';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Db } from '../../db.ts';
import { routeOf } from './route-of.ts';

export interface ProcessMetrics {
  readonly registry: Registry;
  /** By method, route template and status: an address may be personal. */
  readonly timeRequests: RequestHandler;
}

export function createProcessMetrics({ pool }: Pick<Db, 'pool'>): ProcessMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const connections = new Gauge({
    name: 'mtm_db_pool_connections',
    help: 'Connections of the pool by what they do; waiting: requests that wait for one',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      connections.set({ state: 'in use' }, pool.totalCount - pool.idleCount);
      connections.set({ state: 'idle' }, pool.idleCount);
      connections.set({ state: 'waiting' }, pool.waitingCount);
    },
  });
  return { registry, timeRequests: timeRequestsInto(registry) };
}

function timeRequestsInto(registry: Registry): RequestHandler {
  const seconds = new Histogram({
    name: 'mtm_http_request_seconds',
    help: 'Time from a request to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  return (req, res, next) => {
    const stop = seconds.startTimer();
    // `close` also comes if the visitor has gone away.
    res.once('close', () => stop({ method: req.method, route: routeOf(req), status: res.statusCode }));
    next();
  };
}
