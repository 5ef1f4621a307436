import { apiError, NOT_ALLOW_LISTED_2026, plain, type Answer } from './answers.ts';
import type { StandInListener } from './listeners.ts';
import { bearerOf, findListener, type StandInRequest, type StandInState } from './state.ts';

/** Who asks with which scopes, or why they are refused. */
export type Access =
  { readonly listener: StandInListener; readonly scopes: ReadonlySet<string> } | { readonly refusal: Answer };

export function checkAccess(state: StandInState, request: StandInRequest): Access {
  const bearer = bearerOf(request.headers);
  if (bearer === null) return { refusal: apiError(401, 'No token provided') };
  const consent = state.accessTokens.get(bearer);
  const listener = consent === undefined ? null : findListener(state, consent.listenerId);
  if (consent === undefined || listener === null) return { refusal: apiError(401, 'Invalid access token') };
  if (consent.expiresAt <= state.clock().getTime())
    return { refusal: apiError(401, 'The access token expired') };
  // Spotify lets such a person sign in and refuses only here, in plain text.
  if (listener.allowListed === false) return { refusal: plain(403, NOT_ALLOW_LISTED_2026) };
  return { listener, scopes: new Set(consent.scope.split(' ')) };
}
