/** Calls that share a quota; `accounts` is the token service, the others are parts of the Web API. */
export type SpotifyFamily =
  'profile' | 'top-lists' | 'recently-played' | 'single-reads' | 'playlists' | 'accounts';

export type SpotifyLimit = SpotifyFamily | 'api';

/** Passed before every request: Spotify's limits apply to the app, not to one process. */
export interface SpotifyGate {
  /** @throws SpotifyError `rate-limited` without a request */
  enter(family: SpotifyFamily): Promise<void>;
  close(limit: SpotifyLimit, seconds: number): Promise<void>;
}

/** Addresses come without a path: `https://api.spotify.com`. */
export interface SpotifySettings {
  readonly accountsUrl: string;
  readonly apiUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
  /** For a whole exported call with its tries and pauses. Default 8000. */
  readonly timeoutMs?: number;
  readonly gate?: SpotifyGate;
}

export const SPOTIFY_SCOPES = [
  'user-top-read',
  'user-read-recently-played',
  'playlist-modify-private',
  'playlist-modify-public',
] as const;

/** @param granted space-separated, as Spotify sends it */
export function missingScopes(granted: string): string[] {
  const held = new Set(granted.split(/\s+/));
  return SPOTIFY_SCOPES.filter((scope) => !held.has(scope));
}

export const startTimeLimit = (settings: SpotifySettings): AbortSignal =>
  AbortSignal.timeout(settings.timeoutMs ?? 8000);

/** `path` must be ours: never one from an answer. */
export function addressOf(base: string, path: string, query: Readonly<Record<string, string>> = {}): URL {
  const url = new URL(base.replace(/\/+$/, '') + path);
  url.search = new URLSearchParams(query).toString();
  return url;
}
