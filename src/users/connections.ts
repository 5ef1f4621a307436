import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import type { TokenGrant } from '../spotify/accounts.ts';
import { IS_ALLOWED, type AllowedIds } from './allowed.ts';
import { sealToken, type SealingKey } from './token-cipher.ts';

export const REFUSED_TOKEN_RESTS = '1 day';

/** SQL: a working connection, or one whose refused token is due for another try. */
export const MAY_BE_ASKED = `(connected OR refresh_token IS NOT NULL
    AND needs_reconnect_since <= now() - interval '${REFUSED_TOKEN_RESTS}')`;

export interface Connection {
  readonly connected: boolean;
  readonly authorized_at: Date;
  readonly scope: string;
}

export function findConnection(db: Queries, userId: number): Promise<Connection | null> {
  return db.maybeOne<Connection>(FIND_CONNECTION, [userId]);
}

const FIND_CONNECTION = hotQuery(
  'dashboard: the connection to Spotify',
  `
  SELECT connected, authorized_at, scope
  FROM spotify_connections WHERE user_id = $1`,
);

export function listConnectedUsers(db: Queries, allowed: AllowedIds = []): Promise<{ user_id: number }[]> {
  return db.many<{ user_id: number }>(
    `SELECT user_id FROM spotify_connections JOIN users USING (user_id)
     WHERE ${MAY_BE_ASKED} AND paused_at IS NULL AND ${IS_ALLOWED('$1')}
     ORDER BY last_login_at DESC NULLS LAST, user_id`,
    [allowed],
  );
}

/** Starts the six months again. */
export async function saveConnection(
  db: Queries,
  userId: number,
  tokenKeys: readonly SealingKey[],
  grant: TokenGrant,
): Promise<void> {
  await db.execute(
    `INSERT INTO spotify_connections AS known
       (user_id, access_token, access_token_expires_at, refresh_token, scope, authorized_at)
     VALUES ($1, $2, now() + make_interval(secs => $3), $4, $5, now())
     ON CONFLICT (user_id) DO UPDATE SET
       access_token = excluded.access_token,
       access_token_expires_at = excluded.access_token_expires_at,
       refresh_token = excluded.refresh_token,
       scope = excluded.scope,
       authorized_at = now(),
       needs_reconnect_since = NULL,
       refusal = NULL,
       refused_since = NULL,
       refreshing_until = NULL`,
    [
      userId,
      sealToken(tokenKeys, grant.accessToken, userId, 'access_token'),
      grant.expiresInSeconds,
      sealToken(tokenKeys, grant.refreshToken, userId, 'refresh_token'),
      grant.scope,
    ],
  );
}

export async function deleteConnection(db: Queries, userId: number): Promise<void> {
  await db.execute(`DELETE FROM spotify_connections WHERE user_id = $1`, [userId]);
}
