import { apiErrorFrom } from './errors.ts';
import { callOnce, withRetries, type HttpAnswer, type HttpCall } from './http.ts';
import { addressOf, startTimeLimit, type SpotifyGate, type SpotifySettings } from './settings.ts';

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
  const call: HttpCall = { ...common(session), method: 'GET', url: addressOf(session.apiUrl, path, query) };
  return withRetries(session.limit, async () => successText(await callOnce(call)));
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
  const { headers, ...rest } = common(session);
  const answer = await callOnce({
    ...rest,
    method,
    url: addressOf(session.apiUrl, path),
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return successText(answer);
}

const common = (session: ApiSession) => ({
  headers: { accept: 'application/json', authorization: `Bearer ${session.accessToken}` },
  maxBytes: MAX_BYTES,
  limit: session.limit,
  bucket: 'api' as const,
  gate: session.gate,
});

function successText(answer: HttpAnswer): string {
  if (answer.status >= 200 && answer.status < 300) return answer.text;
  throw apiErrorFrom(answer);
}
