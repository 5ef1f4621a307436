import type { Db, Queries } from '../db.ts';
import { beginLongWork } from '../database/long-work.ts';
import { AppError } from '../errors.ts';
import type { SpotifyProfile } from '../spotify/schemas.ts';
import type { TimeRange } from '../spotify/top-tracks.ts';
import { lockArchive } from './lock-archive.ts';
import { isKnownToNode } from './time-zones.ts';

export interface User {
  readonly user_id: number;
  readonly spotify_id: string;
  readonly display_name: string | null;
  /** For counting days: the listener's own, or UTC if that is unknown here. */
  readonly timezone: string;
  /** The listener's choice, if it is unknown here; else null. */
  readonly unknown_timezone: string | null;
  readonly theme: 'light' | 'dark' | null;
  readonly first_time_range: TimeRange;
  readonly counted_plays: CountingRule;
}

/** What counts as a play: see counts_as_play(). The usual rule first. */
export const COUNTING_RULES = ['30 seconds', 'any', 'finished'] as const;
export type CountingRule = (typeof COUNTING_RULES)[number];

export const USER_COLUMNS = `user_id, spotify_id, display_name, zone_used(timezone) AS timezone,
  CASE WHEN zone_used(timezone) <> timezone THEN timezone END AS unknown_timezone, theme, first_time_range,
  counted_plays`;

/** The database knows the zone (zone_used), but Node must know it too. */
export const inKnownZone = (user: User): User =>
  isKnownToNode(user.timezone) ? user : { ...user, timezone: 'UTC', unknown_timezone: user.timezone };

/** By `account_id` if Spotify sends one: ids change hands. @throws AppError 403 if another account has the id */
export async function signInUser(db: Db, profile: SpotifyProfile): Promise<User> {
  return db.withTransaction(async (tx) => {
    // ON CONFLICT handles one unique column, and a listener has two.
    await tx.execute(`SELECT pg_advisory_xact_lock(hashtext('sign-in'))`);
    if (profile.accountId !== null) await followAccount(tx, profile.id, profile.accountId);
    const user = await tx.maybeOne<User>(SIGN_IN, [profile.id, profile.accountId, profile.displayName]);
    if (!user)
      throw new AppError(
        403,
        'This Spotify name belonged to another account here. Please ask the person who runs this app.',
      );
    return inKnownZone(user);
  });
}

/** If Spotify sends no public id, the account's earlier one, so that nobody becomes another listener. */
export async function findSpotifyId(db: Queries, { id, accountId }: SpotifyProfile): Promise<string> {
  if (!id.startsWith('account:')) return id;
  const known = await db.maybeOne<{ spotify_id: string }>(
    `SELECT spotify_id FROM users WHERE spotify_account_id = $1 AND spotify_id IS NOT NULL`,
    [accountId],
  );
  return known?.spotify_id ?? id;
}

async function followAccount(tx: Queries, spotifyId: string, accountId: string): Promise<void> {
  await tx.execute(
    `UPDATE users SET spotify_id = $1
     WHERE spotify_account_id = $2 AND spotify_id <> $1
       AND NOT EXISTS (SELECT FROM users WHERE spotify_id = $1)`,
    [spotifyId, accountId],
  );
}

const SIGN_IN = `
  INSERT INTO users AS known (spotify_id, spotify_account_id, display_name, last_login_at)
  VALUES ($1, $2, $3, now())
  ON CONFLICT (spotify_id) DO UPDATE SET
    spotify_account_id = COALESCE(known.spotify_account_id, excluded.spotify_account_id),
    display_name = COALESCE(excluded.display_name, known.display_name),
    last_login_at = now()
  WHERE excluded.spotify_account_id IS NULL
    OR known.spotify_account_id = excluded.spotify_account_id
    OR (
      known.spotify_account_id IS NULL
      AND NOT EXISTS (SELECT FROM users WHERE spotify_account_id = excluded.spotify_account_id)
    )
  RETURNING ${USER_COLUMNS}`;

export async function updateTheme(db: Queries, userId: number, theme: User['theme']): Promise<void> {
  await db.execute(`UPDATE users SET theme = $2 WHERE user_id = $1`, [userId, theme]);
}

/** Plays lie on other days then. @param timezone IANA name @param db without a statement timeout */
export const updateTimezone = (db: Db, userId: number, timezone: string): Promise<void> =>
  recount(db, userId, `UPDATE users SET timezone = $2 WHERE user_id = $1`, timezone);

export async function updateFirstTimeRange(db: Queries, userId: number, range: TimeRange): Promise<void> {
  await db.execute(`UPDATE users SET first_time_range = $2 WHERE user_id = $1`, [userId, range]);
}

/** All figures of plays are counted again; the plays stay as they are. @param db without a statement timeout */
export const updateCountedPlays = (db: Db, userId: number, rule: CountingRule): Promise<void> =>
  recount(db, userId, `UPDATE users SET counted_plays = $2 WHERE user_id = $1`, rule);

/** Half a million plays take some ten seconds: longer than a request may. */
const recount = (db: Db, userId: number, text: string, value: string): Promise<void> =>
  db.withTransaction(async (tx) => {
    await lockArchive(tx, userId);
    const execute = await beginLongWork(tx);
    await execute(text, [userId, value]);
  });
