import { apiErrorFrom } from './errors.ts';
import { callOnce, withRetries, type HttpAnswer, type HttpCall } from './http.ts';
import {
  addressOf,
  startTimeLimit,
  type SpotifyFamily,
  type SpotifyGate,
  type SpotifySettings,
} from './settings.ts';

const MAX_BYTES = 10_000_000;

export interface ApiSession {
  readonly apiUrl: string;
  readonly accessToken: string;
  readonly limit: AbortSignal;
  readonly gate: SpotifyGate | undefined;
}

export const openSession = (settings: SpotifySettings, accessToken: string): ApiSession => ({
  apiUrl: settings.apiUrl,
  accessToken,
  limit: startTimeLimit(settings),
  gate: settings.gate,
});

/** @returns the text of a 2xx answer @throws SpotifyError for any other */
export function get(
  session: ApiSession,
  path: string,
  query: Readonly<Record<string, string>> = {},
): Promise<string> {
  return withRetries(session.limit, () => getOnce(session, path, query));
}

/** Without a second try, for calls with a daily quota of a few hundred. */
export async function getOnce(
  session: ApiSession,
  path: string,
  query: Readonly<Record<string, string>> = {},
): Promise<string> {
  const url = addressOf(session.apiUrl, path, query);
  const call: HttpCall = { ...common(session, path), method: 'GET', url };
  return successText(await callOnce(call));
}

/** Tried once: a second try could create a second playlist. */
export const post = (session: ApiSession, path: string, body: unknown): Promise<string> =>
  send(session, 'POST', path, body);

export const put = (session: ApiSession, path: string, body: unknown): Promise<string> =>
  send(session, 'PUT', path, body);

async function send(
  session: ApiSession,
  method: 'POST' | 'PUT',
  path: string,
  body: unknown,
): Promise<string> {
  const { headers, ...rest } = common(session, path);
  const answer = await callOnce({
    ...rest,
    method,
    url: addressOf(session.apiUrl, path),
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return successText(answer);
}

const common = (session: ApiSession, path: string) => ({
  headers: { accept: 'application/json', authorization: `Bearer ${session.accessToken}` },
  maxBytes: MAX_BYTES,
  limit: session.limit,
  family: familyOf(path),
  gate: session.gate,
});

const FAMILIES: readonly (readonly [RegExp, SpotifyFamily])[] = [
  [/^\/v1\/me$/, 'profile'],
  [/^\/v1\/me\/top\//, 'top-lists'],
  [/^\/v1\/me\/player\//, 'recently-played'],
  [/^\/v1\/(?:me\/)?playlists(?:\/|$)/, 'playlists'],
];

/** Everything else reads one thing by its id. */
const familyOf = (path: string): SpotifyFamily =>
  FAMILIES.find(([pattern]) => pattern.test(path))?.[1] ?? 'single-reads';

function successText(answer: HttpAnswer): string {
  if (answer.status >= 200 && answer.status < 300) return answer.text;
  throw apiErrorFrom(answer);
}
