import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';

/** After the sign-in, however often it is used. */
export const LONGEST_SESSION = '30 days';

export interface Device {
  /** A hash of the session's id: it cannot be used to sign in. */
  readonly device_id: string;
  readonly user_agent: string | null;
  readonly signed_in_at: Date;
  /** Within an hour: not every visit is saved. */
  readonly seen_at: Date;
  readonly is_this: boolean;
}

const DEVICE_ID = `encode(sha256(convert_to(sid, 'UTF8')), 'hex')`;
const OF_LISTENER = `sess -> 'passport' ->> 'user' = $1::bigint::text`;
/** Time after the last visit (cookie.originalMaxAge is in milliseconds). */
const IDLE = `make_interval(secs => COALESCE((sess #>> '{cookie,originalMaxAge}')::float8, 604800000) / 1000)`;

/** This browser first, then the last seen; at most fifty. @param sessionId of this browser */
export function listDevices(db: Queries, userId: number, sessionId: string): Promise<Device[]> {
  return db.many<Device>(DEVICES, [userId, sessionId]);
}

const DEVICES = hotQuery(
  'settings: where the listener is signed in',
  `
  SELECT ${DEVICE_ID} AS device_id, sess ->> 'userAgent' AS user_agent, created_at AS signed_in_at,
    expire - ${IDLE} AS seen_at, sid = $2 AS is_this
  FROM sessions
  WHERE ${OF_LISTENER} AND expire > now() AND created_at > now() - interval '${LONGEST_SESSION}'
  ORDER BY is_this DESC, seen_at DESC, device_id LIMIT 50`,
);

export async function signOutDevice(db: Queries, userId: number, deviceId: string): Promise<boolean> {
  const ended = await db.execute(`DELETE FROM sessions WHERE ${OF_LISTENER} AND ${DEVICE_ID} = $2`, [
    userId,
    deviceId,
  ]);
  return ended > 0;
}

export const signOutEverywhere = (db: Queries, userId: number): Promise<number> =>
  db.execute(`DELETE FROM sessions WHERE ${OF_LISTENER}`, [userId]);
