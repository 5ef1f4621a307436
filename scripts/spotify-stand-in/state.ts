import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { ActiveFault } from './faults.ts';
import type { StandInListener } from './listeners.ts';

/** One request of the app under test, as it arrived. */
export interface StandInRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface RecordedCall {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** For the token endpoint: `authorization_code` or `refresh_token`. */
  readonly grantType: string | null;
  /** Whose token came with it, where one did that was ever valid. */
  readonly listenerId: string | null;
  readonly at: Date;
  /** Null while unanswered, and for good where a fault left it so. */
  status: number | null;
}

export interface StandInPlaylist {
  readonly id: string;
  readonly listenerId: string;
  readonly name: string;
  readonly description: string;
  /** As asked for; what is read back differs, see api.ts. */
  readonly isPublic: boolean;
  /** No longer in its owner's library. That is all that deleting does: it still takes items. */
  unfollowed: boolean;
  readonly uris: string[];
}

/** What a code or token stands for. */
export interface Consent {
  readonly listenerId: string;
  readonly scope: string;
  /** When the listener agreed, in milliseconds: a refresh token dies six months later, used or not. */
  readonly authorizedAt: number;
}

interface PendingCode extends Consent {
  readonly redirectUri: string;
  readonly codeChallenge: string;
}

/** How odd it is. Each is as Spotify has been seen to be; a test that needs it otherwise says so. */
export interface Oddities {
  /** What it answers where a track is withdrawn: 400 at once, or 502 each time. */
  withdrawnStatus: 400 | 502;
  /** Whether the items of a private playlist can be read without `playlist-read-private`. */
  readsPrivateItems: boolean;
  /** How many places of a top list it serves, whatever `total` says. 2,742 have been seen too. */
  topDepth: number;
  /** Calls an endpoint answers in 24 hours, by its name; the next one hears of a quota. */
  quotas: Readonly<Record<string, number>>;
}

export const USUAL_ODDITIES: Oddities = {
  withdrawnStatus: 400,
  readsPrivateItems: false,
  topDepth: 100,
  quotas: { track: 500 },
};

export interface StandInState {
  readonly odd: Oddities;
  /** What time it is for it: tokens end, penalties and plays are told by this clock. */
  readonly clock: () => Date;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Null: any that Spotify would accept. */
  readonly redirectUris: readonly string[] | null;
  /** Whether sign-in shows a page to choose a listener on, where nobody is chosen. */
  readonly askWho: boolean;
  readonly olderApp: boolean;
  /** Tracks that exist besides those in the listeners' lists. */
  readonly tracks: readonly object[];
  listeners: readonly StandInListener[];
  signedInAs: string | null;
  rotateRefreshTokens: boolean;
  readonly codes: Map<string, PendingCode>;
  readonly accessTokens: Map<string, Consent & { readonly expiresAt: number }>;
  readonly refreshTokens: Map<string, Consent>;
  readonly playlists: StandInPlaylist[];
  /** Uris Spotify no longer has a track for. */
  readonly goneUris: Set<string>;
  readonly calls: RecordedCall[];
  /** When each endpoint with a quota has answered, in milliseconds. */
  readonly answered: Map<string, readonly number[]>;
  faults: ActiveFault[];
}

export const findListener = (state: StandInState, id: string): StandInListener | null =>
  state.listeners.find((listener) => listener.id === id) ?? null;

/** A value nobody can guess, in the alphabet of Spotify's tokens. */
export const newSecret = (prefix: string): string => prefix + randomBytes(48).toString('base64url');

export function bearerOf(headers: IncomingHttpHeaders): string | null {
  return /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? null;
}
