import type { Queries } from '../db.ts';
import { hotQuery } from '../hot-queries.ts';

/** A session ends that long after the sign-in, however often it is used. */
export const LONGEST_SESSION = '30 days';

/** A browser in which a listener is signed in. */
export interface Device {
  /** Names the session without being of any use to whoever reads it. */
  readonly device_id: string;
  /** As the browser called itself at sign-in; null where it said nothing, or signed in before that was kept. */
  readonly user_agent: string | null;
  readonly signed_in_at: Date;
  /** Of its last visit, an hour more or less: reading a page does not always write one down. */
  readonly seen_at: Date;
  readonly is_this: boolean;
}

const DEVICE_ID = `encode(sha256(convert_to(sid, 'UTF8')), 'hex')`;
/** In the words of the index sessions_of_listener. */
const OF_LISTENER = `sess -> 'passport' ->> 'user' = $1::bigint::text`;
/** A session ends that long after the last visit (cookie.originalMaxAge, in milliseconds). */
const IDLE = `make_interval(secs => COALESCE((sess #>> '{cookie,originalMaxAge}')::float8, 604800000) / 1000)`;

/**
 * Where the listener is signed in, this browser first, then the last seen. The newest fifty: more are somebody's
 * scripts.
 * @param sessionId of the browser that asks
 */
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

/** Ends one session of the listener; answers whether there was such a one. */
export async function signOutDevice(db: Queries, userId: number, deviceId: string): Promise<boolean> {
  const ended = await db.execute(`DELETE FROM sessions WHERE ${OF_LISTENER} AND ${DEVICE_ID} = $2`, [
    userId,
    deviceId,
  ]);
  return ended > 0;
}

/** Ends all sessions of the listener, the one that asks included. */
export const signOutEverywhere = (db: Queries, userId: number): Promise<number> =>
  db.execute(`DELETE FROM sessions WHERE ${OF_LISTENER}`, [userId]);
