import type { Queries } from '../db.ts';
import { missingScopes, type SpotifyLimit } from '../spotify/settings.ts';
import type { Refusal } from './access-token.ts';
import { isAllowed, type AllowedIds } from './allowed.ts';
import { LIMITS_OF_FETCHING } from './spotify-limit.ts';

/** Everything the state of a connection is derived from. */
export interface ConnectionFacts {
  /** There is a refresh token, and Spotify has not refused it. */
  readonly connected: boolean;
  /** When the listener last agreed; null: never. */
  readonly authorized_at: Date | null;
  /** Space-separated rights as granted. */
  readonly scope: string;
  readonly needs_reconnect_since: Date | null;
  readonly refusal: Refusal | null;
  readonly refused_since: Date | null;
  readonly paused_at: Date | null;
  /** Spotify's "not before" for lists or plays, where it lies ahead. */
  readonly not_before: Date | null;
  /** Whose limits these are. */
  readonly limits: readonly SpotifyLimit[];
  readonly now: Date;
}

type ConnectionState =
  | 'connected'
  /** The consent ends within 30 days; `urgent` within 7. */
  | 'expiring'
  | 'needs-you'
  | 'not-allowed'
  | 'premium-lapsed'
  | 'limited'
  | 'paused';

export interface ConnectionHealth {
  readonly state: ConnectionState;
  /** Whether Spotify can be asked at all. */
  readonly connected: boolean;
  /** Since when, where that is known. */
  readonly since: Date | null;
  /** When the consent ends; null where there is none. */
  readonly expiresAt: Date | null;
  /** Whole days until then. */
  readonly daysLeft: number | null;
  readonly urgent: boolean;
  /** Nobody asks Spotify for `held` earlier. */
  readonly notBefore: Date | null;
  /** What is not fetched until then. */
  readonly held: 'lists' | 'plays' | 'lists and plays' | null;
  /** Rights we asked for and were not given. */
  readonly missing: readonly string[];
  /** Whether a person has to do something before the archive goes on growing, or soon. */
  readonly actionNeeded: boolean;
}

const CONSENT_MONTHS = 6;
const DAY_MS = 86_400_000;
const [NOTICE_DAYS, URGENT_DAYS] = [30, 7];

/**
 * What a connection is like, from facts alone. Where several things are true, the one that must be mended first:
 * what only the listener can mend, then what the app's owner must, then what is as the listener wants it, then what
 * passes by itself.
 */
export function connectionHealth(facts: ConnectionFacts): ConnectionHealth {
  const expiresAt = facts.connected && facts.authorized_at ? endOfConsent(facts.authorized_at) : null;
  const msLeft = expiresAt === null ? null : expiresAt.getTime() - facts.now.getTime();
  const missing = facts.connected ? missingScopes(facts.scope) : [];
  const { state, since } = stateOf(facts, msLeft, missing);
  return {
    state,
    connected: facts.connected,
    since,
    expiresAt,
    daysLeft: msLeft === null ? null : Math.max(0, Math.floor(msLeft / DAY_MS)),
    urgent: state === 'expiring' && msLeft !== null && msLeft <= URGENT_DAYS * DAY_MS,
    ...heldBack(facts),
    missing,
    actionNeeded: ['needs-you', 'not-allowed', 'premium-lapsed', 'expiring'].includes(state),
  };
}

function stateOf(
  facts: ConnectionFacts,
  msLeft: number | null,
  missing: readonly string[],
): { state: ConnectionState; since: Date | null } {
  if (!facts.connected || msLeft === null || msLeft <= 0)
    return { state: 'needs-you', since: facts.needs_reconnect_since };
  if (missing.length > 0) return { state: 'needs-you', since: facts.authorized_at };
  if (facts.refusal !== null) return { state: facts.refusal, since: facts.refused_since };
  if (facts.paused_at !== null) return { state: 'paused', since: facts.paused_at };
  if (msLeft <= NOTICE_DAYS * DAY_MS) return { state: 'expiring', since: null };
  if (isAhead(facts.not_before, facts.now)) return { state: 'limited', since: null };
  return { state: 'connected', since: facts.authorized_at };
}

function heldBack({
  not_before: notBefore,
  limits,
  now,
}: ConnectionFacts): Pick<ConnectionHealth, 'notBefore' | 'held'> {
  if (!isAhead(notBefore, now)) return { notBefore: null, held: null };
  if (limits.every((limit) => limit === 'top-lists')) return { notBefore, held: 'lists' };
  if (limits.every((limit) => limit === 'recently-played')) return { notBefore, held: 'plays' };
  return { notBefore, held: 'lists and plays' };
}

const isAhead = (instant: Date | null, now: Date): boolean => instant !== null && instant > now;

/** Six calendar months after the listener agreed; the 31st of August ends with February. */
function endOfConsent(authorizedAt: Date): Date {
  const end = new Date(authorizedAt);
  end.setUTCMonth(end.getUTCMonth() + CONSENT_MONTHS);
  if (end.getUTCDate() !== authorizedAt.getUTCDate()) end.setUTCDate(0);
  return end;
}

export async function findConnectionHealth(db: Queries, userId: number): Promise<ConnectionHealth> {
  return connectionHealth(
    await db.one<ConnectionFacts>(
      `SELECT ${CONNECTION_COLUMNS} FROM users AS u ${ITS_CONNECTION} WHERE user_id = $1`,
      [userId],
    ),
  );
}

/** ConnectionFacts of `u`, rows of `users`, as ITS_CONNECTION joins them. */
export const CONNECTION_COLUMNS = `
  COALESCE(c.connected, false) AS connected, c.authorized_at, COALESCE(c.scope, '') AS scope,
  c.needs_reconnect_since, c.refusal, c.refused_since, u.paused_at,
  limited.not_before, limited.limits, now() AS now`;

export const ITS_CONNECTION = `
  LEFT JOIN spotify_connections AS c USING (user_id)
  CROSS JOIN LATERAL (
    SELECT max(not_before) AS not_before, COALESCE(array_agg(bucket), '{}') AS limits FROM spotify_limits
    WHERE not_before > now() AND bucket IN ${LIMITS_OF_FETCHING}
  ) AS limited`;

export interface ListenerHealth extends Omit<ConnectionHealth, 'state'> {
  readonly userId: number;
  /** off-list: taken out of ALLOWED_SPOTIFY_IDS, as whoever runs the app wanted it. */
  readonly state: ConnectionState | 'off-list';
}

/** Of every listener who has ever signed in. */
export async function listConnectionHealth(db: Queries, allowed: AllowedIds = []): Promise<ListenerHealth[]> {
  const rows = await db.many<ConnectionFacts & { user_id: number; spotify_id: string }>(
    `SELECT user_id, spotify_id, ${CONNECTION_COLUMNS}
     FROM users AS u ${ITS_CONNECTION} WHERE u.spotify_id IS NOT NULL ORDER BY user_id`,
  );
  return rows.map((facts) => ({
    userId: facts.user_id,
    ...connectionHealth(facts),
    ...(!isAllowed(allowed, facts.spotify_id) && ({ state: 'off-list', actionNeeded: false } as const)),
  }));
}

/** Whether the listener's lists and plays are to be fetched at all. */
export async function updatePaused(db: Queries, userId: number, paused: boolean): Promise<void> {
  await db.execute(
    `UPDATE users SET paused_at = CASE WHEN $2 THEN COALESCE(paused_at, now()) END WHERE user_id = $1`,
    [userId, paused],
  );
}
