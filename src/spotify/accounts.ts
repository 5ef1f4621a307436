import { z } from 'zod';
import { apiErrorFrom, SpotifyError } from './errors.ts';
import { callOnce, type HttpAnswer } from './http.ts';
import { readShape } from './read-shape.ts';
import { addressOf, SPOTIFY_SCOPES, startTimeLimit, type SpotifySettings } from './settings.ts';

/** What a listener's consent gives us. The refresh token lives six months from now and is not prolonged by use. */
export interface TokenGrant {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresInSeconds: number;
  /** The rights granted, space-separated; may be fewer than asked for. */
  readonly scope: string;
}

export interface RefreshedGrant {
  readonly accessToken: string;
  /** Only where Spotify sent a new one; otherwise the old one stays good. */
  readonly refreshToken?: string;
  readonly expiresInSeconds: number;
  /** Only where Spotify said so. */
  readonly scope?: string;
}

const MAX_BYTES = 1_000_000;
const DAY_SECONDS = 86_400;

/** Visible ASCII: anything else could not travel in a header, and fetch would quote it in its complaint. */
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

/**
 * Trades the code of the sign-in's callback for tokens. Tried once: a code is good for one use. Throws
 * SpotifyError; `invalid-grant` where the code is used, too old or not ours.
 */
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
    // RFC 6749, 5.1: a scope left out is the scope asked for.
    scope: grant.scope ?? SPOTIFY_SCOPES.join(' '),
  };
}

/**
 * A new access token. Throws SpotifyError; only `invalid-grant` may mean that the refresh token is dead, after every other
 * kind it must be kept.
 */
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

/** Never tried twice: the first try may have used up the code, or rotated the refresh token, before it failed. */
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
  // A 401 here is about the app, not about the listener: refreshing once more would not help.
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
  'Spotify refused to sign this app in. Its owner should check SPOTIFY_CLIENT_ID, SPOTIFY_CLIENT_SECRET and ' +
  "SPOTIFY_REDIRECT_URI against Spotify's developer dashboard.";

function oauthErrorIn(text: string): string | null {
  try {
    return readShape(oauthError, text).error;
  } catch {
    return null;
  }
}
