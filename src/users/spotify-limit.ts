import type { Queries } from '../db.ts';
import { SpotifyError } from '../spotify/errors.ts';

/**
 * Makes calls to Spotify only outside a penalty. Spotify limits the app as a whole, and calling on during a
 * penalty prolongs it, so what one process was told holds for all of them, restarts included.
 * @throws SpotifyError `rate-limited`, without any call, while a penalty lasts
 */
export async function withinSpotifyLimit<Result>(db: Queries, call: () => Promise<Result>): Promise<Result> {
  const waiting = await db.maybeOne<{ seconds: number }>(
    `SELECT ceil(extract(epoch FROM not_before - now()))::int AS seconds
     FROM spotify_limits WHERE bucket = 'api' AND not_before > now()`,
  );
  if (waiting) throw new SpotifyError('rate-limited', { retryAfterSeconds: waiting.seconds });
  try {
    return await call();
  } catch (error) {
    if (error instanceof SpotifyError && error.kind === 'rate-limited')
      await holdBack(db, error.retryAfterSeconds ?? 30);
    throw error;
  }
}

async function holdBack(db: Queries, seconds: number): Promise<void> {
  await db.execute(
    `INSERT INTO spotify_limits AS known (bucket, not_before) VALUES ('api', now() + make_interval(secs => $1))
     ON CONFLICT (bucket) DO UPDATE SET not_before = greatest(known.not_before, excluded.not_before)`,
    [seconds],
  );
}
