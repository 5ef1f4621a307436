import { DatabaseUnavailable } from '../database/errors.ts';
import { AppError } from '../errors.ts';
import { SpotifyError } from '../spotify/errors.ts';
import { NotOnTheList } from './access-token.ts';

/** Spotify was not asked (a closed gate, a listener off the list), or the database is away: no attempt to record. */
export const isNoAttempt = (error: unknown): boolean =>
  error instanceof DatabaseUnavailable ||
  error instanceof NotOnTheList ||
  (error instanceof SpotifyError && error.kind === 'rate-limited' && error.spotifyStatus === undefined);

export const failureInWords = (error: unknown): string =>
  error instanceof AppError ? error.message : 'Something went wrong on this server. Its log has the details.';
