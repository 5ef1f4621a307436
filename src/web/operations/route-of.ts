import type { Request } from 'express';

/** May be logged, where an address may not: `/tracks/:trackId`. */
export function routeOf(req: Request): string {
  const route = req.route as { path?: unknown } | undefined;
  return typeof route?.path === 'string' ? `${req.baseUrl}${route.path}` : '(none)';
}
