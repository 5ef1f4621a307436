import type { Express } from 'express';
import { exploreFilters } from '../../src/explore/filters.ts';
import { API_ROOT } from '../../src/web/api/endpoint.ts';
import { ENDPOINTS } from '../../src/web/api/endpoints.ts';

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
  /** Where a form is answered with a page at once, not with the way to one. */
  readonly answers?: 'page';
}

/** The address of a playlist in the making, its list's parameters included. */
const PREVIEW = [
  'from',
  'q',
  'quadrant',
  'track',
  'album',
  'artist',
  'by',
  'date',
  'range',
  'year',
  'month',
  'first_day',
  'last_day',
  'take',
  'arrange',
  'seed',
  'clean',
  'per_artist',
  'without',
  'part',
];

/** A range of days: see src/web/page/range-control.ts. */
const RANGE = ['span', 'on', 'from', 'to'];

const chart: RouteFacts = { access: 'json', query: ['range'] };
const explored = Object.keys(exploreFilters.shape);
const timeChart: RouteFacts = { access: 'json', query: ['range', 'at'] };
const time: RouteFacts = { access: 'page', query: ['range', 'with', 'date'] };

export const SITE_MAP: Readonly<Record<string, RouteFacts>> = {
  'GET /livez': { access: 'open' },
  'GET /readyz': { access: 'open' },
  'GET /metrics': { access: 'open' },
  'GET /covers/:file': { access: 'open' },
  'GET /api/v1': { access: 'open' },
  'GET /api/v1/openapi.json': { access: 'open' },
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
  'GET /explore': { access: 'page', query: [...explored, 'page'] },
  'GET /explore.csv': { access: 'page', query: explored },
  'GET /mood': { access: 'page', query: ['range'] },
  'GET /mood/:quadrant': { access: 'page', query: ['page'] },
  'GET /api/mood-quadrants': { access: 'json' },
  'GET /api/mood-map': { access: 'json' },
  'GET /api/mood-over-time': chart,
  'GET /api/tempo': { access: 'json' },
  'GET /api/key': { access: 'json' },
  'GET /api/mode': { access: 'json' },
  'GET /search': { access: 'page', query: ['q', 'page'] },
  'GET /api/suggestions': { access: 'json', query: ['q'] },
  'GET /tracks/:trackId': { access: 'page', query: ['by'] },
  'GET /tracks/:trackId/payload': { access: 'page' },
  'GET /tracks/:trackId/payload/track.json': { access: 'page' },
  'GET /tracks/:trackId/payload/audio-features.json': { access: 'page' },
  'GET /tracks/:trackId/payload/own-audio-features.json': { access: 'page' },
  'GET /api/tracks/:trackId/rank-history': chart,
  'GET /api/tracks/:trackId/plays-by-month': { access: 'json' },
  'GET /api/tracks/:trackId/audio-features': { access: 'json' },
  'GET /api/tracks/:trackId/similar': { access: 'json', query: ['by'] },
  'POST /tracks/:trackId/hide': { access: 'page', form: {} },
  'POST /tracks/:trackId/show': { access: 'page', form: {} },
  'POST /artists/:artistId/hide': { access: 'page', form: {} },
  'POST /artists/:artistId/show': { access: 'page', form: {} },
  'GET /settings/hidden': { access: 'page', query: ['page'] },
  'GET /artists/:artistId': { access: 'page', query: ['page'] },
  'GET /api/artists/:artistId/presence': chart,
  'GET /api/artists/:artistId/rank-history': chart,
  'GET /api/artists/:artistId/plays-by-month': { access: 'json' },
  'GET /api/artists/:artistId/audio-features': { access: 'json' },
  'GET /albums/:albumId': { access: 'page', query: ['page'] },
  'GET /api/albums/:albumId/plays-by-month': { access: 'json' },
  'GET /api/connection': { access: 'json' },
  'GET /api/plays-by-hour': { access: 'json', query: RANGE },
  'GET /api/plays-by-day': { access: 'json', query: RANGE },
  'GET /history': { access: 'page', query: [...RANGE, 'q', 'after'] },
  'GET /history/import': { access: 'page' },
  // Without a file; with files: test/web/history-import.test.ts.
  'POST /history/import': { access: 'page', form: {} },
  'GET /history/import/:historyImportId': { access: 'page' },
  'GET /history/import/:historyImportId/progress': { access: 'page' },
  'GET /history/import/:historyImportId/rows.csv': { access: 'page', query: ['bucket'] },
  'POST /history/import/:historyImportId/private': { access: 'page', form: { private: 'out' } },
  'POST /history/import/:historyImportId/confirm': { access: 'page', form: {} },
  'POST /history/import/:historyImportId/cancel': { access: 'page', form: {} },
  'POST /history/import/:historyImportId/undo': { access: 'page', form: {} },
  'GET /history/top': { access: 'page', query: [...RANGE, 'of', 'order'] },
  'GET /history/when': { access: 'page', query: RANGE },
  'GET /api/plays-by-weekday-and-hour': { access: 'json', query: RANGE },
  'GET /api/discoveries': { access: 'json', query: RANGE },
  'GET /history/skips': { access: 'page', query: RANGE },
  'POST /snapshots': { access: 'page', form: {} },
  'GET /time-machine': time,
  'GET /time-machine/:year': time,
  'GET /time-machine/:year/:month': time,
  'GET /time-machine/:year/:month/:day': time,
  'GET /api/time-machine/timeline': timeChart,
  'GET /api/time-machine/audio-profile': timeChart,
  'GET /api/time-machine/moods': timeChart,
  'GET /api/time-machine/top-artists': timeChart,
  'GET /api/time-machine/listed-artists': timeChart,
  'GET /api/time-machine/list': timeChart,
  'GET /api/time-machine/changes': timeChart,
  'GET /api/time-machine/bump': timeChart,
  'GET /playlists': { access: 'page', query: ['page'] },
  'GET /playlists/new': { access: 'page', query: PREVIEW },
  'GET /api/playlist-preview/audio-profile': { access: 'json', query: PREVIEW },
  'GET /api/playlist-preview/energy-course': { access: 'json', query: PREVIEW },
  'POST /playlists': {
    access: 'page',
    form: { recipe: 'from=snapshot&date=2026-01-01', build: 'x', name: 'A name', description: 'Words' },
  },
  'GET /playlists/:playlistId': { access: 'page', query: ['page'] },
  'GET /playlists/:playlistId/tracks.csv': { access: 'page' },
  'GET /playlists/:playlistId/tracks.m3u8': { access: 'page' },
  'GET /playlists/:playlistId/tracks.jspf': { access: 'page' },
  'GET /api/playlists/:playlistId/audio-profile': { access: 'json' },
  'GET /api/playlists/:playlistId/energy-course': { access: 'json' },
  'POST /playlists/:playlistId/send': { access: 'page', form: { visibility: 'private' } },
  'GET /playlists/:playlistId/progress': { access: 'page' },
  'POST /playlists/:playlistId/rename': { access: 'page', form: { name: 'Another', description: '' } },
  'GET /playlists/:playlistId/delete': { access: 'page' },
  'POST /playlists/:playlistId/delete': { access: 'page', form: {} },
  'GET /archives/unclaimed': { access: 'page' },
  'POST /archives/:archiveId/claim': { access: 'page', form: { confirm: 'yes' } },
  'GET /settings': { access: 'page' },
  'POST /settings/time-range': { access: 'page', form: { range: 'short_term' } },
  'POST /settings/counting': { access: 'page', form: { rule: '30 seconds' } },
  'GET /settings/captures': { access: 'page', query: ['page'] },
  'GET /settings/devices': { access: 'page' },
  'POST /settings/devices/sign-out': { access: 'page', form: { device: 'a'.repeat(64) } },
  'GET /settings/tokens': { access: 'page' },
  'POST /settings/tokens': {
    access: 'page',
    form: { name: 'A script', scope: 'read', days: '90' },
    answers: 'page',
  },
  'POST /settings/tokens/:tokenId/delete': { access: 'page', form: {} },
  'GET /settings/audio-features': { access: 'page' },
  'GET /settings/audio-features/known.csv': { access: 'page' },
  // Without a file; with one: test/web/audio-features.test.ts.
  'POST /settings/audio-features': { access: 'page', form: {} },
  'POST /settings/audio-features/remove': { access: 'page', form: {} },
  'GET /settings/imports': { access: 'page' },
  'GET /settings/imports/:importId': { access: 'page', query: ['page'] },
  'GET /settings/imports/:importId/rejects.csv': { access: 'page' },
  'GET /settings/imports/:importId/rejects.jsonl': { access: 'page' },
  'GET /settings/export': { access: 'page' },
  'GET /settings/export/archive.zip': { access: 'page' },
  'GET /settings/disconnect': { access: 'page' },
  'POST /settings/disconnect': { access: 'page', form: {} },
  'GET /settings/delete': { access: 'page' },
  // Not the word it asks for: the deletion itself is tried in test/web/yours.test.ts.
  'POST /settings/delete': { access: 'page', form: { word: 'keep' } },
  'POST /settings/timezone': { access: 'page', form: { timezone: 'Europe/Berlin' } },
  'POST /settings/fetching': { access: 'page', form: { fetching: 'on' } },
  'POST /settings/theme': { access: 'page', form: { theme: 'dark', return_to: '/settings' } },
};

export interface Route extends RouteFacts {
  readonly method: string;
  readonly path: string;
}

/** The API's routes, as its endpoints are declared: test/web/api walks them with tokens. */
export const API_ROUTES: readonly string[] = ENDPOINTS.map(
  ({ method, path }) => `${method} ${API_ROOT}${path}`,
);

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
