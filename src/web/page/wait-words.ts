import { AppError } from '../../errors.ts';
import { SpotifyError } from '../../spotify/errors.ts';
import { formatInstant } from './format.ts';

/** What Spotify has asked for may last a day: then “wait” alone is no help. Other errors stay as they are. */
export function sayUntil(error: unknown, timeZone = 'UTC'): unknown {
  if (!(error instanceof SpotifyError) || error.kind !== 'rate-limited') return error;
  const { retryAfterSeconds } = error;
  if (retryAfterSeconds === undefined) return error;
  const until = formatInstant(new Date(Date.now() + retryAfterSeconds * 1000), timeZone);
  return new AppError(
    503,
    `Spotify has asked this app to wait until ${until} (${timeZone}). Nothing is lost; please come back then.`,
    { retryAfterSeconds, cause: error },
  );
}
