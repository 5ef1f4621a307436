import type { Queries } from '../db.ts';
import { missingScopes, type SpotifyLimit } from '../spotify/settings.ts';
import type { Refusal } from './access-token.ts';
import { isAllowed, type AllowedIds } from './allowed.ts';
import { LIMITS_OF_FETCHING } from './spotify-limit.ts';

export interface ConnectionFacts {
  /** There is a refresh token, and Spotify has not refused it. */
  readonly connected: boolean;
  readonly authorized_at: Date | null;
  /** The granted scopes, separated by spaces. */
  readonly scope: string;
  readonly needs_reconnect_since: Date | null;
  readonly refusal: Refusal | null;
  readonly refused_since: Date | null;
  readonly paused_at: Date | null;
  /** The latest "not before" of Spotify for lists or plays; null: none lies ahead. */
  readonly not_before: Date | null;
  /** Those that are not over. */
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
  readonly connected: boolean;
  readonly since: Date | null;
  readonly expiresAt: Date | null;
  readonly daysLeft: number | null;
  readonly urgent: boolean;
  /** Nobody asks Spotify for `held` earlier. */
  readonly notBefore: Date | null;
  readonly held: 'lists' | 'plays' | 'lists and plays' | null;
  /** Scopes we asked for and did not get. */
  readonly missing: readonly string[];
  /** Whether a person has to act now or soon, so that the archive keeps growing. */
  readonly actionNeeded: boolean;
}

const CONSENT_MONTHS = 6;
const DAY_MS = 86_400_000;
const [NOTICE_DAYS, URGENT_DAYS] = [30, 7];

/** Of several, the one to mend first: the listener's, the app owner's, a pause, then what passes by itself. */
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

/** Date turns 31 August and six months into March: it must be the end of February. */
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
  /** off-list: taken out of ALLOWED_SPOTIFY_IDS, by the person who runs the app. */
  readonly state: ConnectionState | 'off-list';
}

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

export async function updatePaused(db: Queries, userId: number, paused: boolean): Promise<void> {
  await db.execute(
    `UPDATE users SET paused_at = CASE WHEN $2 THEN COALESCE(paused_at, now()) END WHERE user_id = $1`,
    [userId, paused],
  );
}
