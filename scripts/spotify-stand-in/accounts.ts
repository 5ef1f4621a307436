import { createHash } from 'node:crypto';
import { html, json, plain, redirect, tokenError, type Answer } from './answers.ts';
import { signInPage } from './sign-in-page.ts';
import { findListener, newSecret, type Consent, type StandInRequest, type StandInState } from './state.ts';

const HOUR_SECONDS = 3600;
const SIX_MONTHS_MS = 182 * 24 * HOUR_SECONDS * 1000;

/**
 * GET /authorize approves at once as the chosen listener, else the first. With `show_dialog=true` a page offers the
 * choice and comes back here with `listener` or `refuse`.
 */
export function authorize(state: StandInState, { url }: StandInRequest): Answer {
  const query = url.searchParams;
  const problem = problemWith(state, query);
  if (problem !== null) return plain(400, problem);
  if (query.has('refuse')) return backToApp(query, { error: 'access_denied' });
  const listenerId = query.get('listener') ?? approvedListener(state, query);
  if (listenerId === null) return html(200, signInPage(state.listeners, query));
  if (findListener(state, listenerId) === null) return plain(400, 'There is no such listener.');
  return backToApp(query, { code: newCode(state, listenerId, query) });
}

/** Null: ask. */
function approvedListener(state: StandInState, query: URLSearchParams): string | null {
  if (query.get('show_dialog') === 'true') return null;
  if (state.signedInAs !== null) return state.signedInAs;
  return state.askWho && state.listeners.length > 1 ? null : (state.listeners[0]?.id ?? null);
}

/** Spotify shows these errors itself instead of redirecting to an address it does not trust. */
function problemWith(state: StandInState, query: URLSearchParams): string | null {
  if (query.get('client_id') !== state.clientId) return 'INVALID_CLIENT: Invalid client';
  const redirectUri = query.get('redirect_uri') ?? '';
  if (!isSecureRedirect(redirectUri)) return 'INVALID_CLIENT: Insecure redirect URI';
  if (state.redirectUris !== null && !state.redirectUris.includes(redirectUri)) {
    return 'INVALID_CLIENT: Invalid redirect URI';
  }
  if (query.get('response_type') !== 'code') return 'response_type must be code';
  if (query.get('code_challenge_method') !== 'S256') return 'code_challenge_method must be S256';
  if (!/^[\w-]{43}$/.test(query.get('code_challenge') ?? '')) return 'Invalid code_challenge';
  return null;
}

/** HTTPS, or HTTP to a loopback address in numbers; `localhost` is refused. */
function isSecureRedirect(redirectUri: string): boolean {
  if (!URL.canParse(redirectUri)) return false;
  const { protocol, hostname } = new URL(redirectUri);
  if (hostname === 'localhost') return false;
  return protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', '[::1]'].includes(hostname));
}

function backToApp(query: URLSearchParams, result: Record<string, string>): Answer {
  const url = new URL(query.get('redirect_uri') ?? '');
  for (const [name, value] of Object.entries(result)) url.searchParams.set(name, value);
  const sent = query.get('state');
  if (sent !== null) url.searchParams.set('state', sent);
  return redirect(url.href);
}

function newCode(state: StandInState, listenerId: string, query: URLSearchParams): string {
  const code = newSecret('AQ');
  state.codes.set(code, {
    listenerId,
    scope: query.get('scope') ?? '',
    authorizedAt: state.clock().getTime(),
    redirectUri: query.get('redirect_uri') ?? '',
    codeChallenge: query.get('code_challenge') ?? '',
  });
  return code;
}

/** POST /api/token. */
export function token(state: StandInState, request: StandInRequest): Answer {
  if (!request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    return plain(415, 'Unsupported Media Type');
  }
  if (!isOurClient(state, request)) return tokenError('invalid_client', 'Invalid client secret');
  const form = new URLSearchParams(request.body);
  if (form.get('grant_type') === 'authorization_code') return exchange(state, form);
  if (form.get('grant_type') === 'refresh_token') return refresh(state, form);
  return tokenError('unsupported_grant_type', 'grant_type must be authorization_code or refresh_token');
}

function isOurClient(state: StandInState, request: StandInRequest): boolean {
  const expected = Buffer.from(`${state.clientId}:${state.clientSecret}`).toString('base64');
  return request.headers.authorization === `Basic ${expected}`;
}

function exchange(state: StandInState, form: URLSearchParams): Answer {
  const code = form.get('code') ?? '';
  const pending = state.codes.get(code);
  if (pending === undefined) return tokenError('invalid_grant', 'Invalid authorization code');
  state.codes.delete(code);
  if (form.get('redirect_uri') !== pending.redirectUri) {
    return tokenError('invalid_grant', 'Invalid redirect URI');
  }
  const challenge = createHash('sha256')
    .update(form.get('code_verifier') ?? '')
    .digest('base64url');
  if (challenge !== pending.codeChallenge) return tokenError('invalid_grant', 'code_verifier was incorrect');
  return grant(state, pending, newRefreshToken(state, pending));
}

function refresh(state: StandInState, form: URLSearchParams): Answer {
  const refreshToken = form.get('refresh_token') ?? '';
  const consent = state.refreshTokens.get(refreshToken);
  if (consent === undefined) return tokenError('invalid_grant', 'Refresh token revoked');
  if (state.clock().getTime() - consent.authorizedAt > SIX_MONTHS_MS) {
    return tokenError('invalid_grant', 'Refresh token expired');
  }
  if (!state.rotateRefreshTokens) return grant(state, consent, null);
  state.refreshTokens.delete(refreshToken);
  return grant(state, consent, newRefreshToken(state, consent));
}

function newRefreshToken(state: StandInState, { listenerId, scope, authorizedAt }: Consent): string {
  const refreshToken = newSecret('AQ');
  state.refreshTokens.set(refreshToken, { listenerId, scope, authorizedAt });
  return refreshToken;
}

function grant(state: StandInState, consent: Consent, refreshToken: string | null): Answer {
  const { listenerId, scope, authorizedAt } = consent;
  const accessToken = newSecret('BQ');
  const expiresAt = state.clock().getTime() + HOUR_SECONDS * 1000;
  state.accessTokens.set(accessToken, { listenerId, scope, authorizedAt, expiresAt });
  return json(200, {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: HOUR_SECONDS,
    ...(refreshToken === null ? {} : { refresh_token: refreshToken }),
    scope,
  });
}
