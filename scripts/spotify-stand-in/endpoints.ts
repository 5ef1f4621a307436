import { authorize, token } from './accounts.ts';
import { checkAccess } from './api-access.ts';
import { me, recentlyPlayed, topArtists, topTracks, track, type ApiCall } from './api.ts';
import { apiError, plain, type Answer } from './answers.ts';
import { overQuota } from './quotas.ts';
import { addItems, createPlaylist, playlistItems, replaceItems, wantsPublic } from './playlists.ts';
import { audioFeatures } from './reccobeats.ts';
import type { StandInRequest, StandInState } from './state.ts';

interface Endpoint {
  /** For fault rules. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: RegExp;
  readonly answer: (state: StandInState, request: StandInRequest, id: string) => Answer;
}

const ENDPOINTS: readonly Endpoint[] = [
  { name: 'authorize', method: 'GET', path: /^\/authorize$/, answer: authorize },
  { name: 'token', method: 'POST', path: /^\/api\/token$/, answer: token },
  { name: 'me', method: 'GET', path: /^\/v1\/me$/, answer: api(me) },
  {
    name: 'top-tracks',
    method: 'GET',
    path: /^\/v1\/me\/top\/tracks$/,
    answer: api(topTracks, 'user-top-read'),
  },
  {
    name: 'top-artists',
    method: 'GET',
    path: /^\/v1\/me\/top\/artists$/,
    answer: api(topArtists, 'user-top-read'),
  },
  {
    name: 'recently-played',
    method: 'GET',
    path: /^\/v1\/me\/player\/recently-played$/,
    answer: api(recentlyPlayed, 'user-read-recently-played'),
  },
  { name: 'track', method: 'GET', path: /^\/v1\/tracks\/([^/]+)$/, answer: api(track) },
  {
    name: 'create-playlist',
    method: 'POST',
    path: /^\/v1\/me\/playlists$/,
    answer: api(createPlaylist, (request) =>
      wantsPublic(request.body) ? 'playlist-modify-public' : 'playlist-modify-private',
    ),
  },
  {
    name: 'playlist-items',
    method: 'POST',
    path: /^\/v1\/playlists\/([^/]+)\/items$/,
    answer: api(addItems, ['playlist-modify-public', 'playlist-modify-private']),
  },
  {
    name: 'replace-items',
    method: 'PUT',
    path: /^\/v1\/playlists\/([^/]+)\/items$/,
    answer: api(replaceItems, ['playlist-modify-public', 'playlist-modify-private']),
  },
  {
    name: 'read-items',
    method: 'GET',
    path: /^\/v1\/playlists\/([^/]+)\/items$/,
    answer: api(playlistItems),
  },
  {
    name: 'reccobeats',
    method: 'GET',
    path: /^\/reccobeats\/v1\/audio-features$/,
    answer: audioFeatures,
  },
];

/** What development mode no longer gets. */
const REMOVED: readonly RegExp[] = [
  /^\/v1\/(?:tracks|artists|albums|episodes|shows|audio-features|recommendations|markets)$/,
  /^\/v1\/(?:audio-features|audio-analysis)\//,
  /^\/v1\/users\//,
  /^\/v1\/playlists\/[^/]+\/tracks$/,
  /^\/v1\/artists\/[^/]+\/(?:related-artists|top-tracks)$/,
  /^\/v1\/browse\//,
];

type ScopeRule = string | readonly string[] | ((request: StandInRequest) => string);

/** Checks in Spotify's order: token, the app's list, scope, then the call. */
function api(answer: (call: ApiCall) => Answer, scope?: ScopeRule): Endpoint['answer'] {
  return (state, request, id) => {
    const access = checkAccess(state, request);
    if ('refusal' in access) return access.refusal;
    const enough = scope === undefined || needed(scope, request).some((right) => access.scopes.has(right));
    if (!enough) return apiError(403, 'Insufficient client scope');
    return answer({ state, ...access, request, id });
  };
}

function needed(scope: ScopeRule, request: StandInRequest): readonly string[] {
  if (typeof scope === 'function') return [scope(request)];
  return typeof scope === 'string' ? [scope] : scope;
}

/** The answer is made only on demand, since a fault may replace it. */
export function findEndpoint(
  state: StandInState,
  request: StandInRequest,
): { name: string; answer: () => Answer } {
  const path = request.url.pathname;
  const endpoint = ENDPOINTS.find((one) => one.method === request.method && one.path.test(path));
  if (endpoint === undefined) return { name: 'unknown', answer: () => unknown(state, request) };
  const id = endpoint.path.exec(path)?.[1] ?? '';
  const { name } = endpoint;
  return {
    name,
    answer: () => overQuota(state, name) ?? endpoint.answer(state, request, decodeURIComponent(id)),
  };
}

function unknown(state: StandInState, request: StandInRequest): Answer {
  const path = request.url.pathname;
  if (!path.startsWith('/v1/')) return plain(404, 'Not found');
  const access = checkAccess(state, request);
  if ('refusal' in access) return access.refusal;
  return REMOVED.some((pattern) => pattern.test(path))
    ? apiError(403, 'Forbidden')
    : apiError(404, 'Service not found');
}
