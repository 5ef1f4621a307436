import type { Express } from 'express';

/**
 * Every route of the app, and what the tests must know to try it. A route without a line here fails
 * test/web/access.test.ts: write the line, and the tests of access and of hostile input cover it.
 */
export interface RouteFacts {
  /** open: anybody; sign-in: begins or ends one; page, json: personal, each with its own answer to nobody. */
  readonly access: 'open' | 'sign-in' | 'page' | 'json';
  /** Parameters it reads from the address. */
  readonly query?: readonly string[];
  /** A form it accepts. */
  readonly form?: Readonly<Record<string, string>>;
}

const chart: RouteFacts = { access: 'json', query: ['range'] };

export const SITE_MAP: Readonly<Record<string, RouteFacts>> = {
  'GET /livez': { access: 'open' },
  'GET /readyz': { access: 'open' },
  'GET /covers/:file': { access: 'open' },
  'GET /': { access: 'open', query: ['return_to'] },
  'GET /auth/spotify': { access: 'sign-in', query: ['return_to'] },
  'GET /auth/spotify/callback': { access: 'sign-in', query: ['code', 'state', 'error'] },
  'POST /logout': { access: 'page', form: {} },
  'GET /dashboard': { access: 'page', query: ['range'] },
  'GET /api/energy-distribution': chart,
  'GET /api/audio-profile': chart,
  'GET /api/decades': chart,
  'GET /api/explicit': chart,
  'GET /api/top-artists': chart,
  'GET /api/popular-tracks': chart,
  'GET /api/connection': { access: 'json' },
  'GET /api/plays-by-hour': { access: 'json', query: ['span', 'from', 'to'] },
  'GET /api/plays-by-day': { access: 'json', query: ['span', 'from', 'to'] },
  'GET /history': { access: 'page', query: ['span', 'from', 'to', 'q', 'after'] },
  'POST /snapshots': { access: 'page', form: {} },
  'GET /archives/unclaimed': { access: 'page' },
  'POST /archives/:archiveId/claim': { access: 'page', form: { confirm: 'yes' } },
  'GET /settings': { access: 'page' },
  'GET /settings/imports': { access: 'page' },
  'GET /settings/imports/:importId': { access: 'page', query: ['page'] },
  'GET /settings/imports/:importId/rejects.csv': { access: 'page' },
  'GET /settings/imports/:importId/rejects.jsonl': { access: 'page' },
  'POST /settings/timezone': { access: 'page', form: { timezone: 'Europe/Berlin' } },
  'POST /settings/fetching': { access: 'page', form: { fetching: 'on' } },
  'POST /settings/theme': { access: 'page', form: { theme: 'dark', return_to: '/settings' } },
};

export interface Route extends RouteFacts {
  readonly method: string;
  readonly path: string;
}

export const ROUTES: readonly Route[] = Object.entries(SITE_MAP).map(([line, facts]) => {
  const [method = '', path = ''] = line.split(' ');
  return { method, path, ...facts };
});

/** The path with something in the place of its ids. */
export const fillIn = (path: string, id: string): string => path.replaceAll(/:\w+/g, () => id);

interface Layer {
  readonly route?: { readonly path: unknown; readonly methods: Readonly<Record<string, boolean>> };
  readonly handle?: { readonly stack?: readonly Layer[] };
  /** True where the layer is mounted at `/`. */
  readonly slash?: boolean;
}

/** What the app answers to, `GET /path` each, found by walking its router. */
export function walkRoutes(app: Express): string[] {
  return walk((app.router as unknown as { stack: readonly Layer[] }).stack);
}

function walk(stack: readonly Layer[]): string[] {
  return stack.flatMap(({ route, handle, slash }) => {
    if (route) {
      return Object.keys(route.methods).map((method) => `${method.toUpperCase()} ${String(route.path)}`);
    }
    const nested = handle?.stack ? walk(handle.stack) : [];
    if (nested.length > 0 && slash !== true) {
      throw new Error(`a router below a path of its own hides it from this walk: ${nested.join(', ')}`);
    }
    return nested;
  });
}
