import type { Request } from 'express';

/** The template of the route that answered, such as `/tracks/:trackId`: what may be told where an address may not. */
export function routeOf(req: Request): string {
  const route = req.route as { path?: unknown } | undefined;
  return typeof route?.path === 'string' ? `${req.baseUrl}${route.path}` : '(none)';
}
