import { setTimeout as pause } from 'node:timers/promises';
import { log } from '../log.ts';
import { apiErrorFrom, isQuota, SpotifyError } from './errors.ts';
import type { SpotifyFamily, SpotifyGate, SpotifyLimit } from './settings.ts';

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** After decompression. */
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

/** Any status is an answer. Never redirected: a token stays with its host. @throws SpotifyError */
export async function callOnce(call: HttpCall): Promise<HttpAnswer> {
  await call.gate?.enter(call.family);
  const answer = await send(call);
  if (answer.status === 429)
    await call.gate?.close(limitIn(answer, call.family), apiErrorFrom(answer).retryAfterSeconds ?? 0);
  return answer;
}

/** A used-up quota closes its family; any other 429 of the Web API concerns all calls. */
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

/** For calls that change nothing: up to three tries within one time limit. */
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

/** Full jitter, so that workers do not retry in step. */
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

/** The bodies of other errors say no more than the status. */
const WITH_REASON = new Set([400, 403, 429]);

async function readErrorBody(response: Response, call: HttpCall): Promise<string> {
  if (WITH_REASON.has(response.status)) {
    return readBody(response, { ...call, maxBytes: MAX_ERROR_BODY_BYTES }).catch(() => '');
  }
  await response.body?.cancel();
  return '';
}

/** After the headers fetch holds the signal weakly: without this a dripping body might never end. */
async function* chunksOf(response: Response, limit: AbortSignal): AsyncGenerator<Uint8Array> {
  if (response.body === null) return;
  const reader = response.body.getReader();
  const hangUp = (): void => void reader.cancel().catch(() => undefined);
  limit.addEventListener('abort', hangUp, { once: true });
  try {
    for (;;) {
      limit.throwIfAborted();
      const { done, value } = await reader.read();
      // A cancelled reader also says "done"; a truncated body must not pass for a whole one.
      limit.throwIfAborted();
      if (done) return;
      yield value;
    }
  } finally {
    limit.removeEventListener('abort', hangUp);
    hangUp();
  }
}

/** Only a code of the cause: fetch's messages can quote a header or an address. */
function networkFault(error: unknown, limit: AbortSignal): SpotifyError {
  const cause = limit.aborted ? 'time limit' : faultCode(error);
  return new SpotifyError('unreachable', { cause: new Error(cause) });
}

function faultCode(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (inner instanceof Error && 'code' in inner && typeof inner.code === 'string') return inner.code;
  return inner instanceof Error ? inner.name : 'unknown';
}
