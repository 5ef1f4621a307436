import type { Queries } from '../db.ts';
import { log } from '../log.ts';
import { SpotifyError } from '../spotify/errors.ts';
import { NeedsReconnect } from '../users/access-token.ts';
import { findConnection } from '../users/connections.ts';
import { LeaseLost, type Leased } from './lease.ts';
import type { SendingProblem } from './sendings.ts';

export class Unexpected extends Error {
  constructor(readonly problem: 'changed-there' | 'gone-there') {
    super(problem);
  }
}

/** The call may have had its effect, but its answer was lost or unreadable. */
export class AnswerLost extends Error {
  constructor(override readonly cause: SpotifyError) {
    super(cause.message);
  }
}

/** As Spotify answers each time for a withdrawn track. 503 and 504 say nothing about the call. */
export const isAnsweredFailure = (error: unknown): error is AnswerLost =>
  error instanceof AnswerLost && [500, 502].includes(error.cause.spotifyStatus ?? 0);

export const isRefused = (error: unknown, status: number): boolean =>
  error instanceof SpotifyError && error.kind === 'refused' && error.spotifyStatus === status;

const NEVER_ARRIVED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);

export function mayHaveWorked(error: unknown): boolean {
  if (!(error instanceof SpotifyError)) return false;
  if (error.kind === 'unreadable') return true;
  const reason = error.cause instanceof Error ? error.cause.message : '';
  return error.kind === 'unreachable' && !NEVER_ARRIVED.has(reason);
}

function problemOf(error: unknown): SendingProblem {
  if (error instanceof LeaseLost) throw error;
  if (error instanceof AnswerLost) return error.cause.kind;
  if (error instanceof Unexpected) return error.problem;
  if (error instanceof NeedsReconnect) return 'needs-reconnect';
  if (error instanceof SpotifyError) return error.kind;
  log.error({ err: error }, 'a sending to Spotify failed');
  return 'failed';
}

export async function problemWith(
  db: Queries,
  userId: number,
  { isPublic }: Leased,
  error: unknown,
): Promise<SendingProblem> {
  const problem = problemOf(error);
  if (problem !== 'scope-missing') return problem;
  const connection = await findConnection(db, userId);
  const needed = isPublic ? 'playlist-modify-public' : 'playlist-modify-private';
  return connection?.scope.split(/\s+/).includes(needed) ? 'scope-denied' : problem;
}

/** Spotify may still be working on a call we gave up on: wait before counting items. */
const SETTLE_SECONDS = 10;

export function waitAfter(error: unknown): number {
  if (error instanceof AnswerLost) return SETTLE_SECONDS;
  const limited = error instanceof SpotifyError && error.kind === 'rate-limited';
  return limited ? (error.retryAfterSeconds ?? 30) : 0;
}
