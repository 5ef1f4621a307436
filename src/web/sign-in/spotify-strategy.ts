import { Strategy as SpotifyStrategy, type VerifyFunctionWithRequest } from 'passport-spotify';
import { AppError } from '../../errors.ts';
import { exchangeCode, type TokenGrant } from '../../spotify/accounts.ts';
import { fetchProfile } from '../../spotify/api.ts';
import type { SpotifyProfile } from '../../spotify/schemas.ts';
import { SPOTIFY_SCOPES } from '../../spotify/settings.ts';
import { isAllowed } from '../../users/allowed.ts';
import { saveConnection } from '../../users/connections.ts';
import { findSpotifyId, signInUser, type User } from '../../users/users.ts';
import type { WebContext } from '../context.ts';
import { SignInStateStore } from './state-store.ts';

type TokenCallback = (
  error: unknown,
  accessToken?: string,
  refreshToken?: string,
  grant?: TokenGrant,
) => void;

/**
 * The package's own token exchange ends the process on an answer that is not JSON, waits for ever on a silent server,
 * and hides why it failed: passport-spotify keeps the flow (authorize address, PKCE, state), our client the calls.
 */
export function createSpotifyStrategy(context: WebContext): SpotifyStrategy {
  const { spotify } = context.config;
  // The package's types lack `store` and `pkce`; a declared constant may have them all the same.
  const options = {
    clientID: spotify.clientId,
    clientSecret: spotify.clientSecret,
    callbackURL: spotify.redirectUri,
    authorizationURL: `${spotify.accountsUrl}/authorize`,
    tokenURL: `${spotify.accountsUrl}/api/token`,
    scope: [...SPOTIFY_SCOPES],
    store: new SignInStateStore(context.db, context.config),
    state: true,
    pkce: true,
    passReqToCallback: true as const,
  };
  const verify: VerifyFunctionWithRequest = (_req, _access, _refresh, grant, profile, done) => {
    admit(context, grant as unknown as TokenGrant, profile as unknown as SpotifyProfile).then(
      (user) => done(null, user),
      done,
    );
  };
  const { getOAuthAccessToken, userProfile } = guards(context);
  const strategy = Object.assign(new SpotifyStrategy(options, verify), { userProfile });
  Object.assign((strategy as unknown as { _oauth2: object })._oauth2, { getOAuthAccessToken });
  return strategy;
}

function guards({ access: { settings } }: WebContext) {
  const getOAuthAccessToken = (
    code: string,
    params: { code_verifier?: string },
    done: TokenCallback,
  ): void => {
    exchangeCode(settings, { code, codeVerifier: params.code_verifier ?? '' }).then(
      (grant) => done(null, grant.accessToken, grant.refreshToken, grant),
      done,
    );
  };
  const userProfile = (accessToken: string, done: (error: unknown, profile?: unknown) => void): void => {
    fetchProfile(settings, accessToken).then((profile) => done(null, profile), done);
  };
  return { getOAuthAccessToken, userProfile };
}

async function admit({ config, db }: WebContext, grant: TokenGrant, profile: SpotifyProfile): Promise<User> {
  const id = await findSpotifyId(db, profile);
  if (!isAllowed(config.allowedSpotifyIds, id)) {
    throw new AppError(
      403,
      'This server is private, and your Spotify account is not on its list. Ask the person who runs it to add you.',
    );
  }
  const user = await signInUser(db, { ...profile, id });
  await saveConnection(db, user.user_id, config.tokenKeys, grant);
  return user;
}

/** passport hands it back in `info.state`. */
export interface SignInInfo {
  readonly state?: { readonly returnTo: string };
}
