import { hashOf, isTokenShaped, type Scope } from './api-tokens.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { inKnownZone, USER_COLUMNS, type User } from './users.ts';

/** What one token may ask: so many units at once, and so many a second from then on. Most requests cost one. */
export const LIMIT = { burst: 120, perSecond: 2 } as const;

export interface LimitState {
  readonly allowed: boolean;
  readonly remaining: number;
  readonly resetSeconds: number;
  /** 0 where the request was allowed. */
  readonly retryAfterSeconds: number;
}

export interface Admission {
  readonly user: User;
  readonly token_id: number;
  readonly scopes: readonly Scope[];
  readonly limit: LimitState;
}

interface Row extends User {
  readonly token_id: number;
  readonly scopes: readonly Scope[];
  readonly allowed: boolean;
  readonly used_up_until: unknown;
  /** Seconds until the token's whole burst is free again. */
  readonly ahead: number;
}

/** Null: no such token, or it has ended. @param cost in units, at most the burst */
export async function admitToken(db: Queries, secret: string, cost: number): Promise<Admission | null> {
  if (!isTokenShaped(secret)) return null;
  const row = await db.maybeOne<Row>(ADMIT, [hashOf(secret), cost]);
  if (row === null) return null;
  const { token_id, scopes, allowed, ahead, used_up_until: _, ...user } = row;
  return { user: inKnownZone(user), token_id, scopes, limit: stateOf(allowed, ahead, cost) };
}

/** What was refused did not fit, even where the row was read a moment before another request used it. */
function stateOf(allowed: boolean, ahead: number, cost: number): LimitState {
  const free = Math.max(0, Math.floor((WINDOW_SECONDS - ahead) * LIMIT.perSecond));
  const missing = ahead + cost / LIMIT.perSecond - WINDOW_SECONDS;
  return {
    allowed,
    remaining: allowed ? free : Math.min(free, cost - 1),
    resetSeconds: Math.ceil(ahead),
    retryAfterSeconds: allowed ? 0 : Math.max(1, Math.ceil(missing)),
  };
}

/** How long a token that has used up its burst waits for all of it. */
export const WINDOW_SECONDS = LIMIT.burst / LIMIT.perSecond;

/** The generic cell rate algorithm. No request waits for the disk, so a crash may forget some. */
const ADMIT = hotQuery(
  'api: the token and its limit',
  `
  WITH token AS (
    SELECT ${USER_COLUMNS}, token_id, scopes, used_up_until
    FROM api_tokens JOIN users USING (user_id)
    WHERE token_hash = $1 AND ends_at > now() AND spotify_id IS NOT NULL
  ), admitted AS (
    UPDATE api_tokens AS t SET
      used_up_until = greatest(t.used_up_until, now()) + cost,
      last_used_on = (now() AT TIME ZONE token.timezone)::date
    FROM token, make_interval(secs => $2::float8 / ${LIMIT.perSecond}) AS cost
    WHERE t.user_id = token.user_id AND t.token_id = token.token_id
      AND greatest(t.used_up_until, now()) + cost <= now() + interval '${WINDOW_SECONDS} seconds'
    RETURNING t.used_up_until, set_config('synchronous_commit', 'off', true)
  )
  SELECT token.*, admitted IS NOT NULL AS allowed,
    extract(epoch FROM greatest(COALESCE(admitted.used_up_until, token.used_up_until), now()) - now())::float8 AS ahead
  FROM token LEFT JOIN admitted ON true`,
);
