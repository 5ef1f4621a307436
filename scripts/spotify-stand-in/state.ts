import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { ActiveFault } from './faults.ts';
import type { StandInListener } from './listeners.ts';

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
  /** Whose token came with it, if it was ever valid. */
  readonly listenerId: string | null;
  readonly at: Date;
  /** Null while unanswered, or if a fault left it unanswered. */
  status: number | null;
}

export interface StandInPlaylist {
  readonly id: string;
  readonly listenerId: string;
  readonly name: string;
  readonly description: string;
  /** As requested; the answer differs, see api.ts. */
  readonly isPublic: boolean;
  /** Deleted from its owner's library, which is all that deleting does: it still accepts items. */
  unfollowed: boolean;
  readonly uris: string[];
}

export interface Consent {
  readonly listenerId: string;
  readonly scope: string;
  /** In milliseconds: a refresh token ends six months after this, used or not. */
  readonly authorizedAt: number;
}

interface PendingCode extends Consent {
  readonly redirectUri: string;
  readonly codeChallenge: string;
}

/** Odd behaviour that has been seen of Spotify; tests may change each. */
export interface Oddities {
  /** For a withdrawn track: 400 at once, or 502 each time. */
  withdrawnStatus: 400 | 502;
  /** Whether a private playlist can be read without `playlist-read-private`. */
  readsPrivateItems: boolean;
  /** How many ranks of a top list it serves, whatever `total` says. 2,742 have been seen too. */
  topDepth: number;
  /** Calls per endpoint name in 24 hours. */
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
  /** Ends tokens and penalties and dates plays. */
  readonly clock: () => Date;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Null: any that Spotify would accept. */
  readonly redirectUris: readonly string[] | null;
  /** Whether sign-in offers a choice if no listener is chosen. */
  readonly askWho: boolean;
  readonly olderApp: boolean;
  /** Tracks besides those in the listeners' lists. */
  readonly tracks: readonly object[];
  listeners: readonly StandInListener[];
  signedInAs: string | null;
  rotateRefreshTokens: boolean;
  readonly codes: Map<string, PendingCode>;
  readonly accessTokens: Map<string, Consent & { readonly expiresAt: number }>;
  readonly refreshTokens: Map<string, Consent>;
  readonly playlists: StandInPlaylist[];
  /** Uris of withdrawn tracks. */
  readonly goneUris: Set<string>;
  readonly calls: RecordedCall[];
  /** When each endpoint with a quota answered, in milliseconds. */
  readonly answered: Map<string, readonly number[]>;
  faults: ActiveFault[];
  /** Aborted as the faults are healed. */
  healed: AbortController;
}

export const findListener = (state: StandInState, id: string): StandInListener | null =>
  state.listeners.find((listener) => listener.id === id) ?? null;

/** In the alphabet of Spotify's tokens. */
export const newSecret = (prefix: string): string => prefix + randomBytes(48).toString('base64url');

export function bearerOf(headers: IncomingHttpHeaders): string | null {
  return /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? null;
}
