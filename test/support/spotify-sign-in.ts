import { createHash, randomBytes } from 'node:crypto';
import type { SpotifyStandIn } from '../../scripts/spotify-stand-in/server.ts';
import { exchangeCode, type TokenGrant } from '../../src/spotify/accounts.ts';
import { SpotifyError } from '../../src/spotify/errors.ts';
import { SPOTIFY_SCOPES, type SpotifySettings } from '../../src/spotify/settings.ts';

export const REDIRECT_URI = 'http://127.0.0.1:3000/auth/spotify/callback';

/** Settings for a stand-in. The time limit is short, so that tests of silence are. */
export const settingsFor = (
  standIn: SpotifyStandIn,
  changes: Partial<SpotifySettings> = {},
): SpotifySettings => ({
  accountsUrl: standIn.accountsUrl,
  apiUrl: standIn.apiUrl,
  clientId: standIn.clientId,
  clientSecret: standIn.clientSecret,
  redirectUri: REDIRECT_URI,
  timeoutMs: 5000,
  ...changes,
});

export interface Approval {
  readonly code: string;
  readonly codeVerifier: string;
}

/** What the authorize page is asked with; changes replace or add parameters. */
export function authorizeUrl(
  standIn: SpotifyStandIn,
  codeVerifier: string,
  changes: Record<string, string> = {},
): URL {
  const url = new URL('/authorize', standIn.accountsUrl);
  url.search = new URLSearchParams({
    client_id: standIn.clientId,
    response_type: 'code',
    redirect_uri: REDIRECT_URI,
    scope: SPOTIFY_SCOPES.join(' '),
    state: 'a-state',
    code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...changes,
  }).toString();
  return url;
}

/** A listener agrees: the code their browser brings back, and the verifier that belongs to it. */
export async function approve(
  standIn: SpotifyStandIn,
  changes: Record<string, string> = {},
): Promise<Approval> {
  const codeVerifier = randomBytes(48).toString('base64url');
  const response = await fetch(authorizeUrl(standIn, codeVerifier, changes), { redirect: 'manual' });
  const code = new URL(response.headers.get('location') ?? '').searchParams.get('code');
  if (code === null) throw new Error('the stand-in gave no code');
  return { code, codeVerifier };
}

/** The whole sign-in, down to the tokens. */
export async function connect(
  standIn: SpotifyStandIn,
  changes: Record<string, string> = {},
): Promise<TokenGrant> {
  return exchangeCode(settingsFor(standIn), await approve(standIn, changes));
}

/** The SpotifyError a call ends with; anything else fails the test. */
export async function errorOf(call: Promise<unknown>): Promise<SpotifyError> {
  const outcome = await call.then(
    () => 'no error',
    (error: unknown) => error,
  );
  if (outcome instanceof SpotifyError) return outcome;
  throw new Error('expected a SpotifyError', { cause: outcome });
}
