import { setTimeout as sleep } from 'node:timers/promises';
import { listEndpoints, type Document, type Endpoint } from './document.ts';

/** What an endpoint answered. */
export interface Answered {
  readonly endpoint: Endpoint;
  readonly status: string;
  readonly mediaType: string;
  /** The JSON as it came; null for a file. */
  readonly content: string | null;
}

export interface Walk {
  readonly answers: readonly Answered[];
  /** A sentence for each endpoint that did not answer as the document says. */
  readonly differences: readonly string[];
}

/** Asks every endpoint once: with the examples of the document, and with things that its own lists named. */
export async function walk(document: Document, token: string): Promise<Walk> {
  const found: Record<string, string> = {};
  const answers: Answered[] = [];
  const differences: string[] = [];
  for (const endpoint of listEndpoints(document)) {
    const answer = await ask(document, endpoint, found, token);
    if (typeof answer === 'string') differences.push(`${endpoint.operationId}: ${answer}`);
    else {
      answers.push(answer);
      if (answer.content !== null) Object.assign(found, thingsIn(answer.content), found);
    }
  }
  return { answers, differences };
}

async function ask(
  document: Document,
  endpoint: Endpoint,
  found: Readonly<Record<string, string>>,
  token: string,
): Promise<Answered | string> {
  const { method, responses, requestBody } = endpoint;
  const body = requestBody?.content['application/json']?.example;
  const answer = await fetchWithinLimit((document.servers[0]?.url ?? '') + addressOf(endpoint, found), {
    method,
    headers: {
      Authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const mediaType = (answer.headers.get('Content-Type') ?? '').split(';')[0] ?? '';
  const declared = responses[String(answer.status)];
  if (!answer.ok) return `answers ${answer.status}: ${await answer.text()}`;
  if (declared?.content?.[mediaType] === undefined)
    return `answers ${answer.status} ${mediaType}, which is not declared`;
  const content = mediaType === 'application/json' ? await answer.text() : null;
  if (content === null) await answer.body?.cancel();
  return { endpoint, status: String(answer.status), mediaType, content };
}

function addressOf({ path, parameters }: Endpoint, found: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams();
  let address = path;
  for (const { name, in: where, required, example } of parameters) {
    const value = found[name] ?? ([example].flat()[0] as string | number | undefined);
    if (where === 'path') address = address.replace(`{${name}}`, encodeURIComponent(String(value)));
    else if (value !== undefined && (required || example !== undefined)) query.set(name, String(value));
  }
  return query.size === 0 ? address : `${address}?${query.toString()}`;
}

/** The first thing a list names, under the names parameters have for it: `track_id` for `trackId`. */
function thingsIn(content: string): Record<string, string> {
  const { items = [] } = JSON.parse(content) as { items?: readonly Readonly<Record<string, unknown>>[] };
  const things: Record<string, string> = {};
  for (const [name, value] of Object.entries(items[0] ?? {})) {
    if (typeof value !== 'string') continue;
    if (name.endsWith('_id'))
      things[name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())] = value;
    if (name === 'snapshot_date') Object.assign(things, { time: value, with: value });
    if (name === 'time_range') things[name] = value;
  }
  return things;
}

/** As any client should: where the token has reached its limit, it waits as long as the answer says. */
async function fetchWithinLimit(address: string, request: RequestInit): Promise<Response> {
  const answer = await fetch(address, request);
  if (answer.status !== 429) return answer;
  await answer.body?.cancel();
  await sleep(1_000 * Number(answer.headers.get('Retry-After')));
  return fetchWithinLimit(address, request);
}
