import { DatabaseUnavailable } from '../database-errors.ts';
import { AppError } from '../errors.ts';
import { SpotifyError } from '../spotify/errors.ts';
import { NotOnTheList } from './access-token.ts';

/**
 * Whether an error means that Spotify was not asked at all (the gate was closed, the listener is off the list), or that nobody could be told (the
 * database is away): neither is an attempt to write down.
 */
export const isNoAttempt = (error: unknown): boolean =>
  error instanceof DatabaseUnavailable ||
  error instanceof NotOnTheList ||
  (error instanceof SpotifyError && error.kind === 'rate-limited' && error.spotifyStatus === undefined);

/** For the listener: an AppError speaks for itself; a fault of ours is in the log and not on a page. */
export const failureInWords = (error: unknown): string =>
  error instanceof AppError ? error.message : 'Something went wrong on this server; its log says more.';
