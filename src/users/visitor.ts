import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { archiveVersionOf } from './archive-version.ts';
import { CONNECTION_COLUMNS, ITS_CONNECTION, type ConnectionFacts } from './connection-health.ts';
import { LONGEST_SESSION } from './devices.ts';
import { inKnownZone, USER_COLUMNS, type User } from './users.ts';

export interface Visitor {
  readonly user: User;
  readonly connection: ConnectionFacts;
  readonly archiveVersion: string;
}

export interface KeptSession<Session> {
  readonly session: Session;
  readonly expiresInSeconds: number;
  /** Null: nobody is signed in, or the listener is gone. */
  readonly visitor: Visitor | null;
}

export async function findSession<Session>(db: Queries, sid: string): Promise<KeptSession<Session> | null> {
  const row = await db.maybeOne<Row<Session>>(WHO_ASKS, [sid]);
  if (row === null) return null;
  const { sess: session, expires_in: expiresInSeconds, archive_version: archiveVersion, ...known } = row;
  const { connected, authorized_at, scope, needs_reconnect_since, refusal, refused_since, ...others } = known;
  const { paused_at, not_before, limits, now, ...user } = others;
  const consent = { connected, authorized_at, scope, needs_reconnect_since, refusal, refused_since };
  const connection = { ...consent, paused_at, not_before, limits, now };
  return {
    session,
    expiresInSeconds,
    visitor: user.user_id === null ? null : { user: inKnownZone(user), connection, archiveVersion },
  };
}

type Row<Session> = { sess: Session; expires_in: number; archive_version: string } & (User | NoUser) &
  ConnectionFacts;

interface NoUser {
  readonly user_id: null;
}

const WHO_ASKS = hotQuery(
  'every page: who is asking',
  `
  SELECT s.sess, extract(epoch FROM s.expire - now())::float8 AS expires_in, u.*, ${CONNECTION_COLUMNS},
    ${archiveVersionOf('u.user_id')} AS archive_version
  FROM sessions AS s
    LEFT JOIN LATERAL (
      SELECT ${USER_COLUMNS}, paused_at FROM users
      WHERE user_id = (s.sess #>> '{passport,user}')::bigint AND spotify_id IS NOT NULL
    ) AS u ON true
    ${ITS_CONNECTION}
  WHERE s.sid = $1 AND s.expire > now() AND s.created_at > now() - interval '${LONGEST_SESSION}'`,
);
