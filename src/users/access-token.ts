import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config.ts';
import type { Db, Queries } from '../db.ts';
import { AppError } from '../errors.ts';
import { heldFor, isHeld } from '../database/lease.ts';
import { refreshAccess, type RefreshedGrant } from '../spotify/accounts.ts';
import { SpotifyError } from '../spotify/errors.ts';
import type { SpotifySettings } from '../spotify/settings.ts';
import { isAllowed, type AllowedIds } from './allowed.ts';
import { ArchiveGone } from './lock-archive.ts';
import { REFUSED_TOKEN_RESTS } from './connections.ts';
import { gated } from './spotify-limit.ts';
import { openToken, sealToken, UnreadableToken, type SealingKey } from './token-cipher.ts';

export interface SpotifyAccess {
  readonly settings: SpotifySettings;
  readonly tokenKeys: readonly SealingKey[];
  readonly allowedSpotifyIds?: AllowedIds;
}

export const accessOf = ({
  spotify: settings,
  tokenKeys,
  allowedSpotifyIds,
}: Pick<Config, 'spotify' | 'tokenKeys' | 'allowedSpotifyIds'>): SpotifyAccess => ({
  settings,
  tokenKeys,
  allowedSpotifyIds,
});

export class NotOnTheList extends AppError {
  override readonly name = 'NotOnTheList';

  constructor() {
    super(403, 'You are no longer on the list of people who may use this music time machine.');
  }
}

/** Only the listener can consent again. */
export class NeedsReconnect extends AppError {
  override readonly name = 'NeedsReconnect';

  constructor() {
    super(409, 'Spotify needs you to connect again. Your archive is unchanged; sign in again to continue.');
  }
}

/** Only a person can solve these: the app's owner adds the listener to the list, or renews Premium. */
export type Refusal = 'not-allowed' | 'premium-lapsed';

/**
 * Calls Spotify with the listener's access token, refreshed if needed; after an early refusal it refreshes once and
 * calls again. Saves whether Spotify refuses the listener or the app, until a call succeeds.
 * @throws NeedsReconnect, NotOnTheList, ArchiveGone, SpotifyError
 */
export async function withAccessToken<Result>(
  db: Db,
  userId: number,
  access: SpotifyAccess,
  call: (accessToken: string) => Promise<Result>,
): Promise<Result> {
  try {
    const result = await callWithToken(db, userId, access, call);
    await noteRefusal(db, userId, null);
    return result;
  } catch (error) {
    if (error instanceof SpotifyError && (error.kind === 'not-allowed' || error.kind === 'premium-lapsed'))
      await noteRefusal(db, userId, error.kind);
    throw error;
  }
}

const noteRefusal = (db: Queries, userId: number, refusal: Refusal | null): Promise<number> =>
  db.execute(
    `UPDATE spotify_connections SET
       refusal = $2, refused_since = CASE WHEN $2::text IS NOT NULL THEN now() END
     WHERE user_id = $1 AND refusal IS DISTINCT FROM $2`,
    [userId, refusal],
  );

async function callWithToken<Result>(
  db: Db,
  userId: number,
  access: SpotifyAccess,
  call: (accessToken: string) => Promise<Result>,
): Promise<Result> {
  const first = await getAccessToken(db, userId, access);
  try {
    return await call(first.token);
  } catch (error) {
    if (!(error instanceof SpotifyError && error.kind === 'unauthorized')) throw error;
    await expireAccessToken(db, userId, first.sealed);
    return call((await getAccessToken(db, userId, access)).token);
  }
}

interface AccessToken {
  readonly token: string;
  readonly sealed: string | null;
}

interface StoredTokens {
  readonly spotify_id: string;
  readonly access_token: string | null;
  readonly refresh_token: string | null;
  readonly resting: boolean;
  readonly fresh: boolean;
  /** To the microsecond, so as text. Null: nobody is refreshing. */
  readonly leased_until: string | null;
}

const WAIT_STEP_MS = 100;
const LEASE_SECONDS = 15;

/** Of all calls in all processes one refreshes; the others wait and share its result or failure. */
async function getAccessToken(db: Db, userId: number, access: SpotifyAccess): Promise<AccessToken> {
  let outdated: string | null | undefined;
  for (let waited = 0; waited < LEASE_SECONDS * 1000; waited += WAIT_STEP_MS) {
    const stored = await findTokens(db, userId);
    if (stored === null) throw new ArchiveGone();
    if (stored.refresh_token === null || stored.resting) throw new NeedsReconnect();
    if (!isAllowed(access.allowedSpotifyIds ?? [], stored.spotify_id)) throw new NotOnTheList();
    const renewed = outdated !== undefined && stored.access_token !== outdated;
    const sealed = stored.access_token;
    const token = stored.fresh || renewed ? openOrNull(access, sealed, userId, 'access_token') : null;
    if (token !== null) return { token, sealed };
    if (outdated !== undefined && stored.leased_until === null) break;
    outdated = sealed;
    if (await takeLease(db, userId, stored)) await refresh(db, userId, access, stored.refresh_token);
    else await sleep(WAIT_STEP_MS);
  }
  throw new SpotifyError('unreachable');
}

const findTokens = (db: Queries, userId: number): Promise<StoredTokens | null> =>
  db.maybeOne<StoredTokens>(
    `SELECT spotify_id, access_token, refresh_token, refreshing_until::text AS leased_until,
       COALESCE(needs_reconnect_since > now() - interval '${REFUSED_TOKEN_RESTS}', false) AS resting,
       COALESCE(access_token_expires_at > now() + interval '1 minute', false) AS fresh
     FROM users LEFT JOIN spotify_connections USING (user_id) WHERE user_id = $1`,
    [userId],
  );

/** Only if nothing has changed since: somebody may have refreshed or failed. */
async function takeLease(db: Queries, userId: number, stored: StoredTokens): Promise<boolean> {
  const taken = await db.execute(
    `UPDATE spotify_connections SET refreshing_until = ${heldFor(LEASE_SECONDS)}
     WHERE user_id = $1 AND refresh_token = $2 AND access_token IS NOT DISTINCT FROM $3
       AND refreshing_until IS NOT DISTINCT FROM $4::timestamptz
       AND NOT ${isHeld('refreshing_until', LEASE_SECONDS)}`,
    [userId, stored.refresh_token, stored.access_token, stored.leased_until],
  );
  return taken === 1;
}

async function refresh(db: Db, userId: number, access: SpotifyAccess, sealed: string): Promise<void> {
  const refreshToken = openOrNull(access, sealed, userId, 'refresh_token');
  if (refreshToken === null) return refuse(db, userId, sealed, 'unreadable');
  try {
    const grant = await refreshAccess(gated(db, access.settings), refreshToken);
    await saveRefreshed(db, userId, access, { sealed, grant: { refreshToken, ...grant } });
  } catch (error) {
    if (error instanceof SpotifyError && error.kind === 'invalid-grant')
      return refuse(db, userId, sealed, 'invalid-grant');
    await db.execute(`UPDATE spotify_connections SET refreshing_until = NULL WHERE user_id = $1`, [userId]);
    throw error;
  }
}

/** Only the token that was refreshed: a sign-in may have brought a newer one. */
async function saveRefreshed(
  db: Queries,
  userId: number,
  { tokenKeys }: SpotifyAccess,
  { sealed, grant }: { sealed: string; grant: RefreshedGrant & { refreshToken: string } },
): Promise<void> {
  await db.execute(
    `UPDATE spotify_connections SET
       access_token = $3,
       access_token_expires_at = now() + make_interval(secs => $4),
       refresh_token = $5,
       refreshing_until = NULL,
       needs_reconnect_since = NULL
     WHERE user_id = $1 AND refresh_token = $2`,
    [
      userId,
      sealed,
      sealToken(tokenKeys, grant.accessToken, userId, 'access_token'),
      grant.expiresInSeconds,
      sealToken(tokenKeys, grant.refreshToken, userId, 'refresh_token'),
    ],
  );
}

/** `invalid_grant` has hit good tokens, so the first one only sets the token aside for a day. */
async function refuse(
  db: Queries,
  userId: number,
  sealed: string,
  reason: 'invalid-grant' | 'unreadable',
): Promise<void> {
  await db.execute(
    `UPDATE spotify_connections SET
       access_token = NULL, access_token_expires_at = NULL, refreshing_until = NULL,
       refresh_token = CASE WHEN $3 AND needs_reconnect_since IS NULL
         AND authorized_at > now() - interval '6 months' THEN refresh_token END,
       needs_reconnect_since = COALESCE(needs_reconnect_since, now())
     WHERE user_id = $1 AND refresh_token = $2`,
    [userId, sealed, reason === 'invalid-grant'],
  );
}

/** Not its successor, if another call has refreshed already. */
const expireAccessToken = (db: Queries, userId: number, sealed: string | null): Promise<number> =>
  db.execute(
    `UPDATE spotify_connections SET access_token_expires_at = now() WHERE user_id = $1 AND access_token = $2`,
    [userId, sealed],
  );

function openOrNull(
  { tokenKeys }: SpotifyAccess,
  sealed: string | null,
  userId: number,
  column: string,
): string | null {
  if (sealed === null) return null;
  try {
    return openToken(tokenKeys, sealed, userId, column);
  } catch (error) {
    if (error instanceof UnreadableToken) return null;
    throw error;
  }
}
