import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { CONNECTION_COLUMNS, ITS_CONNECTION, type ConnectionFacts } from './connection-health.ts';
import { LONGEST_SESSION } from './devices.ts';
import { inKnownZone, USER_COLUMNS, type User } from './users.ts';

export interface Visitor {
  readonly user: User;
  readonly connection: ConnectionFacts;
}

export interface KeptSession<Session> {
  readonly session: Session;
  readonly expiresInSeconds: number;
  /** Null: nobody is signed in, or the listener is gone. */
  readonly visitor: Visitor | null;
}

export async function findSession<Session>(db: Queries, sid: string): Promise<KeptSession<Session> | null> {
  const row = await db.maybeOne<{ sess: Session; expires_in: number } & (User | NoUser) & ConnectionFacts>(
    WHO_ASKS,
    [sid],
  );
  if (row === null) return null;
  const { sess: session, expires_in: expiresInSeconds, ...known } = row;
  return {
    session,
    expiresInSeconds,
    visitor: known.user_id === null ? null : { user: inKnownZone(known), connection: known },
  };
}

interface NoUser {
  readonly user_id: null;
}

const WHO_ASKS = hotQuery(
  'every page: who is asking',
  `
  SELECT s.sess, extract(epoch FROM s.expire - now())::float8 AS expires_in, u.*, ${CONNECTION_COLUMNS}
  FROM sessions AS s
    LEFT JOIN LATERAL (
      SELECT ${USER_COLUMNS}, paused_at FROM users
      WHERE user_id = (s.sess #>> '{passport,user}')::bigint AND spotify_id IS NOT NULL
    ) AS u ON true
    ${ITS_CONNECTION}
  WHERE s.sid = $1 AND s.expire > now() AND s.created_at > now() - interval '${LONGEST_SESSION}'`,
);
