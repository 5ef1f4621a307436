import { z } from 'zod';
import { apiErrorFrom, SpotifyError } from './errors.ts';
import { callOnce, type HttpAnswer } from './http.ts';
import { readShape } from './read-shape.ts';
import { addressOf, SPOTIFY_SCOPES, startTimeLimit, type SpotifySettings } from './settings.ts';

/** The refresh token lives six months, whether used or not. */
export interface TokenGrant {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresInSeconds: number;
  readonly scope: string;
}

export interface RefreshedGrant {
  readonly accessToken: string;
  readonly refreshToken?: string;
  readonly expiresInSeconds: number;
  readonly scope?: string;
}

const MAX_BYTES = 1_000_000;
const DAY_SECONDS = 86_400;

/** Visible ASCII: fetch would refuse anything else in a header, and quote it in its error. */
const token = z.string().regex(/^[\x21-\x7e]{1,4096}$/);
const newRefreshToken = token.or(z.literal('')).nullish();

const grantShape = z.object({
  access_token: token,
  token_type: z
    .string()
    .regex(/^bearer$/i)
    .nullish(),
  expires_in: z
    .union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
    .pipe(z.int().min(1).max(DAY_SECONDS)),
  scope: z.string().nullish(),
});
const exchangeShape = grantShape.extend({ refresh_token: token });
const refreshShape = grantShape.extend({ refresh_token: newRefreshToken });

/** Tried once: a code works once. @throws SpotifyError `invalid-grant` if it is used, too old or not ours */
export async function exchangeCode(
  settings: SpotifySettings,
  { code, codeVerifier }: { readonly code: string; readonly codeVerifier: string },
): Promise<TokenGrant> {
  const answer = await askForToken(settings, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: settings.redirectUri,
    code_verifier: codeVerifier,
  });
  const grant = readShape(
    exchangeShape,
    grantText(answer, 'This sign-in is no longer valid. Please start again.'),
  );
  return {
    accessToken: grant.access_token,
    refreshToken: grant.refresh_token,
    expiresInSeconds: grant.expires_in,
    // RFC 6749, 5.1: a missing scope is the one that was asked for.
    scope: grant.scope ?? SPOTIFY_SCOPES.join(' '),
  };
}

/** @throws SpotifyError; only `invalid-grant` may mean that the refresh token is dead, so keep it after any other */
export async function refreshAccess(
  settings: SpotifySettings,
  refreshToken: string,
): Promise<RefreshedGrant> {
  const answer = await askForToken(settings, { grant_type: 'refresh_token', refresh_token: refreshToken });
  const grant = readShape(refreshShape, grantText(answer));
  return {
    accessToken: grant.access_token,
    expiresInSeconds: grant.expires_in,
    ...(grant.refresh_token ? { refreshToken: grant.refresh_token } : {}),
    ...(typeof grant.scope === 'string' ? { scope: grant.scope } : {}),
  };
}

/** Never repeated: a failed try may have used up the code or rotated the refresh token. */
function askForToken(settings: SpotifySettings, form: Record<string, string>): Promise<HttpAnswer> {
  const credentials = Buffer.from(`${settings.clientId}:${settings.clientSecret}`).toString('base64');
  return callOnce({
    method: 'POST',
    url: addressOf(settings.accountsUrl, '/api/token'),
    headers: {
      accept: 'application/json',
      authorization: `Basic ${credentials}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams(form).toString(),
    maxBytes: MAX_BYTES,
    limit: startTimeLimit(settings),
    family: 'accounts',
    gate: settings.gate,
  });
}

const oauthError = z.object({ error: z.string() });

function grantText(answer: HttpAnswer, deadGrantMessage?: string): string {
  if (answer.status >= 200 && answer.status < 300) return answer.text;
  // A 401 here concerns the app, not the listener.
  if (answer.status !== 400 && answer.status !== 401) throw apiErrorFrom(answer);
  const spotifyStatus = answer.status;
  if (oauthErrorIn(answer.text) === 'invalid_grant') {
    throw new SpotifyError('invalid-grant', {
      spotifyStatus,
      ...(deadGrantMessage === undefined ? {} : { message: deadGrantMessage }),
    });
  }
  throw new SpotifyError('refused', { spotifyStatus, message: CREDENTIALS_REFUSED });
}

const CREDENTIALS_REFUSED =
  'Spotify refused to sign this app in. Its owner should compare SPOTIFY_CLIENT_ID, SPOTIFY_CLIENT_SECRET and ' +
  "SPOTIFY_REDIRECT_URI with Spotify's developer dashboard.";

function oauthErrorIn(text: string): string | null {
  try {
    return readShape(oauthError, text).error;
  } catch {
    return null;
  }
}
