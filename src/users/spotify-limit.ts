import type { Queries } from '../db.ts';
import { SpotifyError } from '../spotify/errors.ts';
import type { SpotifyFamily, SpotifyGate, SpotifyLimit, SpotifySettings } from '../spotify/settings.ts';

/** Settings with a gate in the database: Spotify limits the app, so all processes must know, after restarts too. */
export const gated = (
  db: Queries,
  settings: SpotifySettings,
): SpotifySettings & { readonly gate: SpotifyGate } => ({
  ...settings,
  gate: {
    async enter(family) {
      const seconds = await secondsToWait(db, family);
      if (seconds > 0) throw new SpotifyError('rate-limited', { retryAfterSeconds: seconds });
    },
    close: (limit, seconds) => holdBack(db, limit, seconds),
  },
});

/** SQL over spotify_connections: no limit of this family, the Web API or, for a new token, the accounts service. */
export const isOpen = (family: SpotifyFamily): string =>
  `NOT EXISTS (
      SELECT FROM spotify_limits
      WHERE not_before > now() AND (bucket IN ('api', '${family}')
        OR bucket = 'accounts' AND (access_token_expires_at > now() + interval '1 minute') IS NOT TRUE))`;

export const LIMITS_OF_FETCHING = `('api', 'accounts', 'top-lists', 'recently-played')`;

export interface Wait {
  readonly bucket: SpotifyLimit;
  readonly seconds: number;
}

export const listWaits = (db: Queries): Promise<Wait[]> =>
  db.many<Wait>(
    `SELECT bucket, GREATEST(extract(epoch FROM not_before - now()), 0)::float8 AS seconds
     FROM spotify_limits ORDER BY bucket`,
  );

/** Tokens are useless while the whole Web API is closed. */
async function secondsToWait(db: Queries, family: SpotifyFamily): Promise<number> {
  const row = await db.one<{ seconds: number | null }>(
    `SELECT max(ceil(extract(epoch FROM not_before - now())))::int AS seconds
     FROM spotify_limits WHERE bucket IN ('api', $1) AND not_before > now()`,
    [family],
  );
  return row.seconds ?? 0;
}

/** A shorter wait never replaces a longer one. */
async function holdBack(db: Queries, limit: SpotifyLimit, seconds: number): Promise<void> {
  await db.execute(
    `INSERT INTO spotify_limits AS known (bucket, not_before) VALUES ($1, now() + make_interval(secs => $2))
     ON CONFLICT (bucket) DO UPDATE SET not_before = greatest(known.not_before, excluded.not_before)`,
    [limit, seconds],
  );
}
