import { question } from '../database/ask-together.ts';
import type { Db, Queries } from '../db.ts';
import { fetchRecentlyPlayed, type RecentlyPlayed } from '../spotify/api.ts';
import { failureInWords, isNoAttempt } from '../users/attempts.ts';
import { withAccessToken, type SpotifyAccess } from '../users/access-token.ts';
import { gated } from '../users/spotify-limit.ts';
import { keepPlays, type KeptPlays } from './keep-plays.ts';
import { minutesAfterFailures, minutesToNextPoll } from './next-poll.ts';

/** A play is kept once, in however many processes this runs. @throws NeedsReconnect, SpotifyError: nothing is kept */
export async function pollPlays(db: Db, userId: number, access: SpotifyAccess): Promise<KeptPlays> {
  try {
    return await poll(db, userId, { ...access, settings: gated(db, access.settings) });
  } catch (error) {
    if (!isNoAttempt(error)) await recordFailure(db, userId, error);
    throw error;
  }
}

async function poll(db: Db, userId: number, access: SpotifyAccess): Promise<KeptPlays> {
  const page = await withAccessToken(db, userId, access, (token) =>
    fetchRecentlyPlayed(access.settings, token),
  );
  return db.withTransaction(async (tx) => {
    const kept = await keepPlays(tx, userId, page);
    await recordSuccess(tx, userId, kept.added);
    await recordSkipped(tx, userId, page.skippedAt);
    return kept;
  });
}

async function recordSuccess(tx: Queries, userId: number, added: number): Promise<void> {
  const since = await tx.one<{ poll: number | null; play: number | null }>(
    `SELECT
       (SELECT extract(epoch FROM now() - succeeded_at)::float8 / 60 FROM play_polls WHERE user_id = $1) AS poll,
       (SELECT extract(epoch FROM now() - max(played_at))::float8 / 60 FROM plays
        WHERE user_id = $1 AND played_at <= now()) AS play`,
    [userId],
  );
  const minutes = minutesToNextPoll({
    added,
    minutesSinceLastPoll: since.poll ?? Infinity,
    minutesSinceNewestPlay: since.play ?? Infinity,
  });
  await tx.execute(
    `INSERT INTO play_polls (user_id, next_poll_at, polled_at, succeeded_at)
     VALUES ($1, now() + make_interval(secs => $2), now(), now())
     ON CONFLICT (user_id) DO UPDATE SET
       next_poll_at = excluded.next_poll_at, polled_at = now(), succeeded_at = now(),
       failures = 0, failure = NULL`,
    [userId, minutes * 60],
  );
}

/** Spotify repeats an item on every page: it is counted if the page before did not have it. */
async function recordSkipped(
  tx: Queries,
  userId: number,
  skippedAt: RecentlyPlayed['skippedAt'],
): Promise<void> {
  const instants = skippedAt.map((at) => (at === null ? '-infinity' : new Date(at).toISOString()));
  await tx.execute(
    `UPDATE play_polls SET
       skipped = skipped + (SELECT count(*)::int FROM unnest($2::timestamptz[]) AS at WHERE at <> ALL (skipped_at)),
       skipped_at = $2
     WHERE user_id = $1`,
    [userId, instants],
  );
}

/** The listener may have been deleted meanwhile. */
async function recordFailure(db: Queries, userId: number, error: unknown): Promise<void> {
  const failures = 1 + ((await findFailures(db, userId))?.failures ?? 0);
  await db.execute(
    `INSERT INTO play_polls (user_id, next_poll_at, polled_at, failures, failure)
     SELECT user_id, now() + make_interval(secs => $2), now(), $3, $4 FROM users WHERE user_id = $1
     ON CONFLICT (user_id) DO UPDATE SET
       next_poll_at = excluded.next_poll_at, polled_at = now(),
       failures = excluded.failures, failure = excluded.failure`,
    [userId, minutesAfterFailures(failures) * 60, failures, failureInWords(error)],
  );
}

const findFailures = (db: Queries, userId: number): Promise<{ failures: number } | null> =>
  db.maybeOne(`SELECT failures FROM play_polls WHERE user_id = $1`, [userId]);

export interface PlayPoll {
  readonly next_poll_at: Date;
  readonly polled_at: Date | null;
  readonly succeeded_at: Date | null;
  readonly failures: number;
  readonly failure: string | null;
  /** Items that are not plays of a track, each counted once. */
  readonly skipped: number;
}

export const PLAY_POLL = question<[userId: number], PlayPoll | null>(
  `SELECT next_poll_at, polled_at, succeeded_at, failures, failure, skipped FROM play_polls WHERE user_id = $1`,
  ([kept]: readonly PlayPoll[]) =>
    kept === undefined
      ? null
      : {
          ...kept,
          next_poll_at: new Date(kept.next_poll_at),
          polled_at: kept.polled_at && new Date(kept.polled_at),
          succeeded_at: kept.succeeded_at && new Date(kept.succeeded_at),
        },
);
