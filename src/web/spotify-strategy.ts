import { Strategy as SpotifyStrategy } from 'passport-spotify';
import { AppError } from '../errors.ts';
import { exchangeCode, type TokenGrant } from '../spotify/accounts.ts';
import { fetchProfile } from '../spotify/api.ts';
import type { SpotifyProfile } from '../spotify/schemas.ts';
import { SPOTIFY_SCOPES } from '../spotify/settings.ts';
import { saveConnection } from '../users/connections.ts';
import { signInUser, type User } from '../users/users.ts';
import type { WebContext } from './context.ts';
import { SignInStateStore } from './sign-in-state-store.ts';

type TokenCallback = (
  error: unknown,
  accessToken?: string,
  refreshToken?: string,
  grant?: TokenGrant,
) => void;
type Verified = (error: unknown, user?: User) => void;

interface OAuth2Client {
  getOAuthAccessToken(code: string, params: { code_verifier?: string }, done: TokenCallback): void;
}

/**
 * passport-spotify keeps the flow (authorize address, PKCE, state); what speaks to Spotify is replaced by our own
 * client. The package's own token exchange ends the process on an answer that is no JSON, waits for ever on a
 * silent one, and hides why it failed.
 */
export class GuardedSpotifyStrategy extends SpotifyStrategy {
  declare protected readonly _oauth2: OAuth2Client;
  readonly #context: WebContext;

  constructor(context: WebContext) {
    const { spotify } = context.config;
    // The package's types know neither `store` nor `pkce`; a declared constant may carry them all the same.
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
    super(options, (...given: unknown[]) => {
      const [grant, profile, done] = given.slice(-3) as [TokenGrant, SpotifyProfile, Verified];
      admit(context, grant, profile).then((user) => done(null, user), done);
    });
    this.#context = context;
    this._oauth2.getOAuthAccessToken = this.#exchangeCode.bind(this);
  }

  #exchangeCode(code: string, params: { code_verifier?: string }, done: TokenCallback): void {
    exchangeCode(this.#context.access.settings, { code, codeVerifier: params.code_verifier ?? '' }).then(
      (grant) => done(null, grant.accessToken, grant.refreshToken, grant),
      done,
    );
  }

  /** Overrides passport-spotify's own, which its types do not mention. */
  userProfile(accessToken: string, done: (error: unknown, profile?: unknown) => void): void {
    fetchProfile(this.#context.access.settings, accessToken).then((profile) => done(null, profile), done);
  }
}

/** Who may sign in, and what is kept of it. */
async function admit({ config, db }: WebContext, grant: TokenGrant, profile: SpotifyProfile): Promise<User> {
  const { allowedSpotifyIds } = config;
  if (allowedSpotifyIds.length > 0 && !allowedSpotifyIds.includes(profile.id)) {
    throw new AppError(
      403,
      'This music time machine is private, and your Spotify account is not on its list. Ask whoever runs it to add you.',
    );
  }
  const user = await signInUser(db, profile);
  await saveConnection(db, user.user_id, config.tokenKeys, grant);
  return user;
}

/** What passport hands back in `info.state` after a callback. */
export interface SignInInfo {
  readonly state?: { readonly returnTo: string };
}
