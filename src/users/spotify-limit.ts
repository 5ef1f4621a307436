import type { Queries } from '../db.ts';
import { SpotifyError } from '../spotify/errors.ts';
import type { SpotifyBucket, SpotifyGate, SpotifySettings } from '../spotify/settings.ts';

/**
 * Settings whose every request asks the gate in the database first. Spotify limits the app as a whole, and calling on
 * during a penalty prolongs it, so what one process was told holds for all of them, restarts included.
 */
export const gated = (db: Queries, settings: SpotifySettings): SpotifySettings => ({
  ...settings,
  gate: spotifyGate(db),
});

/** A penalty of the Web API holds everything back; one of the accounts service only itself. */
const spotifyGate = (db: Queries): SpotifyGate => ({
  async enter(bucket) {
    const seconds = await secondsToWait(db, bucket);
    if (seconds > 0) throw new SpotifyError('rate-limited', { retryAfterSeconds: seconds });
  },
  close: (bucket, seconds) => holdBack(db, bucket, seconds),
});

/**
 * For several calls that belong together: none is begun while a penalty lasts, whatever settings they carry.
 * @throws SpotifyError `rate-limited`, without any call, while a penalty lasts
 */
export async function withinSpotifyLimit<Result>(db: Queries, call: () => Promise<Result>): Promise<Result> {
  await spotifyGate(db).enter('api');
  try {
    return await call();
  } catch (error) {
    // What the gate itself said is no news: only Spotify's own word, a 429, moves the time.
    if (error instanceof SpotifyError && error.kind === 'rate-limited' && error.spotifyStatus === 429)
      await holdBack(db, 'api', error.retryAfterSeconds ?? 30);
    throw error;
  }
}

/** The time before which nobody may ask Spotify for anything; null: one may ask now. */
export async function findNotBefore(db: Queries): Promise<Date | null> {
  const row = await db.one<{ not_before: Date | null }>(
    `SELECT max(not_before) AS not_before FROM spotify_limits WHERE not_before > now()`,
  );
  return row.not_before;
}

/** What each part of Spotify has asked for, in seconds from now; 0 where the time is over. */
export const listWaits = (db: Queries): Promise<{ bucket: string; seconds: number }[]> =>
  db.many(
    `SELECT bucket, GREATEST(extract(epoch FROM not_before - now()), 0)::float8 AS seconds
     FROM spotify_limits ORDER BY bucket`,
  );

async function secondsToWait(db: Queries, bucket: SpotifyBucket): Promise<number> {
  const row = await db.one<{ seconds: number | null }>(
    `SELECT max(ceil(extract(epoch FROM not_before - now())))::int AS seconds
     FROM spotify_limits WHERE bucket IN ('api', $1) AND not_before > now()`,
    [bucket],
  );
  return row.seconds ?? 0;
}

/** A milder word never shortens a harder one. */
async function holdBack(db: Queries, bucket: SpotifyBucket, seconds: number): Promise<void> {
  await db.execute(
    `INSERT INTO spotify_limits AS known (bucket, not_before) VALUES ($1, now() + make_interval(secs => $2))
     ON CONFLICT (bucket) DO UPDATE SET not_before = greatest(known.not_before, excluded.not_before)`,
    [bucket, seconds],
  );
}
