/** Calls that share a quota. `accounts` is the service that hands out tokens; the others are parts of the Web API. */
export type SpotifyFamily =
  'profile' | 'top-lists' | 'recently-played' | 'single-reads' | 'playlists' | 'accounts';

/** What a 429 closes: one family, or the whole Web API. */
export type SpotifyLimit = SpotifyFamily | 'api';

/** Asked before every single request, whoever makes it: Spotify's "not before" holds for the app, not for a process. */
export interface SpotifyGate {
  /** @throws SpotifyError `rate-limited`, and no request is made, where it is not yet time */
  enter(family: SpotifyFamily): Promise<void>;
  /** Spotify has just asked to wait this long. */
  close(limit: SpotifyLimit, seconds: number): Promise<void>;
}

/** Where Spotify is and who we are to it. Addresses come without a trailing path: `https://api.spotify.com`. */
export interface SpotifySettings {
  readonly accountsUrl: string;
  readonly apiUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
  /** Milliseconds one exported call may take in all: tries, pauses, pages and bodies. Default 8000. */
  readonly timeoutMs?: number;
  /** None: every request is made (tests of this folder alone do without). */
  readonly gate?: SpotifyGate;
}

/** The rights we ask a listener for, and no others. */
export const SPOTIFY_SCOPES = [
  'user-top-read',
  'user-read-recently-played',
  'playlist-modify-private',
  'playlist-modify-public',
] as const;

/** Which of the rights we asked for a granted scope (space-separated, as Spotify answers it) lacks. */
export function missingScopes(granted: string): string[] {
  const held = new Set(granted.split(/\s+/));
  return SPOTIFY_SCOPES.filter((scope) => !held.has(scope));
}

/** One time limit for a whole call. Start it once and hand it to every request the call makes. */
export const startTimeLimit = (settings: SpotifySettings): AbortSignal =>
  AbortSignal.timeout(settings.timeoutMs ?? 8000);

/** An address below one of the configured hosts. `path` must be ours: never one that came from an answer. */
export function addressOf(base: string, path: string, query: Readonly<Record<string, string>> = {}): URL {
  const url = new URL(base.replace(/\/+$/, '') + path);
  url.search = new URLSearchParams(query).toString();
  return url;
}
