import { apiError, json, type Answer } from './answers.ts';
import { mapFields } from './fields.ts';
import { artistsOf } from './artists.ts';
import { isTimeRange, type StandInListener, type StandInPlay, type TimeRange } from './listeners.ts';
import type { StandInRequest, StandInState } from './state.ts';

/** A call of the Web API; `id` is the variable part of the path. */
export interface ApiCall {
  readonly state: StandInState;
  readonly listener: StandInListener;
  /** The token's scopes. */
  readonly scopes: ReadonlySet<string>;
  readonly request: StandInRequest;
  readonly id: string;
}

/** GET /v1/me, without what development mode no longer gets: email, country, product, followers. */
export function me({ listener }: ApiCall): Answer {
  return json(200, {
    ...(listener.accountId === undefined ? {} : { account_id: listener.accountId }),
    display_name: listener.displayName,
    external_urls: { spotify: `https://open.spotify.com/user/${listener.id}` },
    href: `https://api.spotify.com/v1/users/${listener.id}`,
    id: listener.id,
    images: [],
    type: 'user',
    uri: `spotify:user:${listener.id}`,
  });
}

/** GET /v1/me/top/tracks. */
export const topTracks = ({ state, listener, request: { url } }: ApiCall): Answer =>
  topPage(state, url, (range) => listener.topTracks[range].map(asAnswered));

/** GET /v1/me/top/artists. */
export const topArtists = ({ state, listener, request: { url } }: ApiCall): Answer =>
  topPage(state, url, (range) =>
    (listener.topArtists?.[range] ?? artistsOf(listener.topTracks[range])).map((artist) =>
      state.olderApp ? artist : artistInDevelopmentMode(artist),
    ),
  );

function topPage(state: StandInState, url: URL, listOf: (range: TimeRange) => readonly unknown[]): Answer {
  const range = url.searchParams.get('time_range') ?? 'medium_term';
  const limit = wholeNumber(url, 'limit', 20, 1, 50);
  const offset = wholeNumber(url, 'offset', 0, 0, 10_000);
  if (!isTimeRange(range)) return apiError(400, 'Invalid time range');
  if (limit === null) return apiError(400, 'Invalid limit');
  if (offset === null) return apiError(400, 'Invalid offset');
  const all = listOf(range);
  const page = (from: number) => pageAddress(url, { time_range: range, limit, offset: from });
  return json(200, {
    href: page(offset),
    items: all.slice(0, state.odd.topDepth).slice(offset, offset + limit),
    limit,
    next: offset + limit < all.length ? page(offset + limit) : null,
    offset,
    previous: offset > 0 ? page(Math.max(0, offset - limit)) : null,
    total: all.length,
  });
}

/** Spotify keeps only about the last 50 plays. */
const PLAYS_KEPT = 50;

/** GET /v1/me/player/recently-played. */
export function recentlyPlayed({ state, listener, request: { url } }: ApiCall): Answer {
  const limit = wholeNumber(url, 'limit', 20, 1, PLAYS_KEPT);
  const after = wholeNumber(url, 'after', null, 0, Number.MAX_SAFE_INTEGER);
  const before = wholeNumber(url, 'before', null, 0, Number.MAX_SAFE_INTEGER);
  if (limit === null) return apiError(400, 'Invalid limit');
  if (url.searchParams.has('after') && url.searchParams.has('before')) {
    return apiError(400, 'Only one of after and before may be given');
  }
  const kept = playedBy(listener, state.clock())
    .filter((play) => play.arrives_at === undefined || Date.parse(play.arrives_at) <= state.clock().getTime())
    .toSorted((a, b) => playedMs(b) - playedMs(a))
    .slice(0, PLAYS_KEPT);
  const wanted = kept.filter(
    (play) => playedMs(play) > (after ?? 0) && playedMs(play) < (before ?? Infinity),
  );
  return playsPage(url, wanted, limit);
}

const playedBy = ({ recentlyPlayed: plays = [] }: StandInListener, now: Date): readonly StandInPlay[] =>
  typeof plays === 'function' ? plays(now) : plays;

function playsPage(url: URL, wanted: readonly StandInPlay[], limit: number): Answer {
  const items = wanted.slice(0, limit);
  const [newest, oldest] = [items[0], items.at(-1)];
  const cursors = newest && oldest && { after: String(playedMs(newest)), before: String(playedMs(oldest)) };
  return json(200, {
    href: url.href,
    items: items.map(asAnswered),
    limit,
    // Even if no page follows.
    next: cursors ? pageAddress(url, { before: cursors.before, limit }) : null,
    cursors: cursors ?? null,
  });
}

const playedMs = (play: StandInPlay): number => Date.parse(play.played_at);

/** GET /v1/tracks/{id}: any track in a listener's lists, or given to the stand-in. */
export function track({ state, id }: ApiCall): Answer {
  if (state.goneUris.has(`spotify:track:${id}`) && state.odd.withdrawnStatus === 502)
    return apiError(502, 'Bad gateway');
  const found = knownTracks(state).find((one) => one !== null && 'id' in one && one.id === id);
  if (found) return json(200, asAnswered(found));
  return /^[A-Za-z0-9]{22}$/.test(id)
    ? apiError(404, 'Resource not found')
    : apiError(400, 'Invalid base62 id');
}

const knownTracks = (state: StandInState): (object | null)[] => [
  ...state.tracks,
  ...state.listeners.flatMap((listener) => [
    ...Object.values(listener.topTracks).flat(),
    ...playedBy(listener, state.clock()).map((play) => play.track),
  ]),
];

/** `arrives_at` is only for the stand-in. */
const WITHHELD = new Set(['popularity', 'available_markets', 'linked_from', 'arrives_at']);

/** As development mode gets it. */
const asAnswered = (payload: unknown): unknown =>
  mapFields(payload, (name, field) => (WITHHELD.has(name) ? undefined : field));

const GONE_FROM_ARTISTS = new Set(['popularity', 'followers', 'genres']);

const artistInDevelopmentMode = (payload: unknown): unknown =>
  mapFields(payload, (name, field) => (GONE_FROM_ARTISTS.has(name) ? undefined : field));

/** A query parameter within bounds, else null. */
function wholeNumber<T>(url: URL, name: string, absent: T, least: number, most: number): number | T | null {
  const value = url.searchParams.get(name);
  if (value === null) return absent;
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  return number >= least && number <= most ? number : null;
}

function pageAddress(url: URL, query: Record<string, string | number>): string {
  const address = new URL(url.pathname, url.origin);
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, String(value));
  return address.href;
}
