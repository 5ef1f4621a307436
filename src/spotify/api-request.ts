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

/** What one exported call may use: whose token, at which host, until when. */
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

/** The text of a 2xx answer. Throws SpotifyError for every other. */
export function get(
  session: ApiSession,
  path: string,
  query: Readonly<Record<string, string>> = {},
): Promise<string> {
  return withRetries(session.limit, () => getOnce(session, path, query));
}

/** As `get`, without a second try: where each try is one of a few hundred a day. */
export async function getOnce(
  session: ApiSession,
  path: string,
  query: Readonly<Record<string, string>> = {},
): Promise<string> {
  const url = addressOf(session.apiUrl, path, query);
  const call: HttpCall = { ...common(session, path), method: 'GET', url };
  return successText(await callOnce(call));
}

/** As `get`, with a JSON body. Tried once: a second try could make a second playlist. */
export const post = (session: ApiSession, path: string, body: unknown): Promise<string> =>
  send(session, 'POST', path, body);

/** As `post`. What it puts takes the place of what was there. */
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

/** Whatever else there is reads one thing by its id. */
const familyOf = (path: string): SpotifyFamily =>
  FAMILIES.find(([pattern]) => pattern.test(path))?.[1] ?? 'single-reads';

function successText(answer: HttpAnswer): string {
  if (answer.status >= 200 && answer.status < 300) return answer.text;
  throw apiErrorFrom(answer);
}
