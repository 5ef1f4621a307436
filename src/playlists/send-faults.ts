import { log } from '../log.ts';
import { SpotifyError } from '../spotify/errors.ts';
import { NeedsReconnect } from '../users/access-token.ts';
import { LeaseLost } from './lease.ts';
import type { SendingProblem } from './sendings.ts';

/** Somebody changed the playlist at Spotify, or deleted it, while it was being filled. */
export class Unexpected extends Error {
  constructor(readonly problem: 'changed-there' | 'gone-there') {
    super(problem);
  }
}

/** A call that may have done its work: its answer was lost, cut off or unreadable. */
export class AnswerLost extends Error {
  constructor(override readonly cause: SpotifyError) {
    super(cause.message);
  }
}

export const isRefused = (error: unknown, status: number): boolean =>
  error instanceof SpotifyError && error.kind === 'refused' && error.spotifyStatus === status;

const NEVER_ARRIVED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);

export function mayHaveWorked(error: unknown): boolean {
  if (!(error instanceof SpotifyError)) return false;
  if (error.kind === 'unreadable') return true;
  const reason = error.cause instanceof Error ? error.cause.message : '';
  return error.kind === 'unreachable' && !NEVER_ARRIVED.has(reason);
}

export function problemOf(error: unknown): SendingProblem {
  if (error instanceof LeaseLost) throw error;
  if (error instanceof AnswerLost) return error.cause.kind;
  if (error instanceof Unexpected) return error.problem;
  if (error instanceof NeedsReconnect) return 'needs-reconnect';
  if (error instanceof SpotifyError) return error.kind;
  log.error({ err: error }, 'a sending to Spotify failed');
  return 'failed';
}

/** Spotify may still be at work on what we no longer wait for: nobody looks how far it is before that is over. */
const SETTLE_SECONDS = 10;

export function waitAfter(error: unknown): number {
  if (error instanceof AnswerLost) return SETTLE_SECONDS;
  const limited = error instanceof SpotifyError && error.kind === 'rate-limited';
  return limited ? (error.retryAfterSeconds ?? 30) : 0;
}
