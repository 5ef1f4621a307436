import { setTimeout as pause } from 'node:timers/promises';
import { log } from '../log.ts';
import { apiErrorFrom, isQuota, SpotifyError } from './errors.ts';
import type { SpotifyFamily, SpotifyGate, SpotifyLimit } from './settings.ts';

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The most bytes, once decompressed, an answer may have. */
  readonly maxBytes: number;
  readonly limit: AbortSignal;
  readonly family: SpotifyFamily;
  readonly gate: SpotifyGate | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly text: string;
}

const TRIES = 3;
const FIRST_PAUSE_MS = 250;
const MAX_ERROR_BODY_BYTES = 16_384;

/**
 * One guarded request: bounded in time (headers and body) and in size, never redirected, so that a token stays
 * with the host it was meant for. Any status is an answer. Throws SpotifyError: unreachable, or unreadable where
 * the body is too large; or rate-limited, without a request, where the gate is closed.
 */
export async function callOnce(call: HttpCall): Promise<HttpAnswer> {
  await call.gate?.enter(call.family);
  const answer = await send(call);
  if (answer.status === 429)
    await call.gate?.close(limitIn(answer, call.family), apiErrorFrom(answer).retryAfterSeconds ?? 0);
  return answer;
}

/** A quota is used up for its family alone. Any other 429 of the Web API is about the app's calls of all kinds. */
const limitIn = (answer: HttpAnswer, family: SpotifyFamily): SpotifyLimit =>
  family === 'accounts' || isQuota(answer) ? family : 'api';

async function send(call: HttpCall): Promise<HttpAnswer> {
  try {
    const response = await fetch(call.url, {
      method: call.method,
      headers: call.headers,
      redirect: 'error',
      signal: call.limit,
      ...(call.body === undefined ? {} : { body: call.body }),
    });
    const text = response.ok ? await readBody(response, call) : await readErrorBody(response, call);
    return { status: response.status, retryAfter: response.headers.get('retry-after'), text };
  } catch (error) {
    throw error instanceof SpotifyError ? error : networkFault(error, call.limit);
  }
}

/** For calls that change nothing: up to three tries while Spotify is unreachable, all within one time limit. */
export async function withRetries<T>(limit: AbortSignal, attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (tries === TRIES || limit.aborted || !isUnreachable(error)) throw error;
      log.debug({ tries, status: error.spotifyStatus }, 'Spotify could not be reached; trying again');
      await pauseWithin(limit, tries, error);
    }
  }
}

const isUnreachable = (error: unknown): error is SpotifyError =>
  error instanceof SpotifyError && error.kind === 'unreachable';

/** Full jitter, so that many workers do not come back in step. */
async function pauseWithin(limit: AbortSignal, tries: number, fault: SpotifyError): Promise<void> {
  const milliseconds = Math.random() * FIRST_PAUSE_MS * 2 ** (tries - 1);
  await pause(milliseconds, undefined, { signal: limit }).catch(() => {
    throw fault;
  });
}

async function readBody(response: Response, call: HttpCall): Promise<string> {
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = '';
  for await (const chunk of chunksOf(response, call.limit)) {
    bytes += chunk.byteLength;
    if (bytes > call.maxBytes) throw new SpotifyError('unreadable', { spotifyStatus: response.status });
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** Only these say more in their body than in their status, and then in few words; what is unread is cut. */
const TELLING = new Set([400, 403, 429]);

async function readErrorBody(response: Response, call: HttpCall): Promise<string> {
  if (TELLING.has(response.status)) {
    return readBody(response, { ...call, maxBytes: MAX_ERROR_BODY_BYTES }).catch(() => '');
  }
  await response.body?.cancel();
  return '';
}

/**
 * The body piece by piece, until the limit. fetch holds a caller's signal weakly once the headers are in: after a
 * garbage collection a dripping body would never end, so we hang up ourselves.
 */
async function* chunksOf(response: Response, limit: AbortSignal): AsyncGenerator<Uint8Array> {
  if (response.body === null) return;
  const reader = response.body.getReader();
  const hangUp = (): void => void reader.cancel().catch(() => undefined);
  limit.addEventListener('abort', hangUp, { once: true });
  try {
    for (;;) {
      limit.throwIfAborted();
      const { done, value } = await reader.read();
      // A cancelled reader says "done" too; a body cut short must not pass for a whole one.
      limit.throwIfAborted();
      if (done) return;
      yield value;
    }
  } finally {
    limit.removeEventListener('abort', hangUp);
    hangUp();
  }
}

/** The cause is reduced to a code: fetch's own messages can quote a header or an address. */
function networkFault(error: unknown, limit: AbortSignal): SpotifyError {
  const cause = limit.aborted ? 'time limit' : faultCode(error);
  return new SpotifyError('unreachable', { cause: new Error(cause) });
}

function faultCode(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (inner instanceof Error && 'code' in inner && typeof inner.code === 'string') return inner.code;
  return inner instanceof Error ? inner.name : 'unknown';
}
