import { beforeAll, describe, expect, it } from 'vitest';
import { setHidden } from '../../../src/hidden/hide.ts';
import { SCOPES } from '../../../src/users/api-tokens.ts';
import { API_ROOT, type Endpoint } from '../../../src/web/api/endpoint.ts';
import { ENDPOINTS } from '../../../src/web/api/endpoints.ts';
import { addressOf, insertApiArchive, programOf, type Program } from '../../support/api.ts';
import { useApp } from '../../support/app.ts';
import { insertSnapshot, insertTrack } from '../../support/factories.ts';

let asked: string[] = [];
const test = useApp(
  {},
  {
    wrapDb: (db) => ({
      ...db,
      many: (sql, values) => (asked.push(sql), db.many(sql, values)),
      one: (sql, values) => (asked.push(sql), db.one(sql, values)),
      maybeOne: (sql, values) => (asked.push(sql), db.maybeOne(sql, values)),
      execute: (sql, values) => (asked.push(sql), db.execute(sql, values)),
    }),
  },
);
let alice: Program;
let bob: Program;

beforeAll(async () => {
  alice = await programOf(test, await insertApiArchive(test, 'alice'));
  bob = await programOf(test, await insertApiArchive(test, 'bob'));
});

const named = (endpoints: readonly Endpoint[]) =>
  endpoints.map((one) => [`${one.method} ${one.path}`, one] as const);
const READS = ENDPOINTS.filter(({ method }) => method === 'GET');

interface Problem {
  readonly type: string;
  readonly status: number;
  readonly errors?: readonly { readonly parameter: string }[];
}

async function problemOf(answer: Response, status: number): Promise<Problem> {
  expect(answer.status).toBe(status);
  expect(answer.headers.get('Content-Type')).toMatch(/^application\/problem\+json/);
  const problem = (await answer.json()) as Problem;
  expect(problem.status).toBe(status);
  expect(problem.type.startsWith(`${test.baseUrl}${API_ROOT}#problem-`)).toBe(true);
  return problem;
}

describe.each(named(READS))('%s', (_name, endpoint) => {
  const ask = (program: Program, init?: RequestInit) =>
    program.ask(addressOf(endpoint, program.samples), init);

  it('answers as declared, with what is the listener’s and nothing of another’s', async () => {
    for (const [program, other] of [
      [alice, 'bob-'],
      [bob, 'alice-'],
    ] as const) {
      const answer = await ask(program);
      const body = await answer.text();
      expect([answer.status, body.slice(0, 200)]).toEqual([endpoint.status, body.slice(0, 200)]);
      expect(body).not.toContain(other);
      expect(answer.headers.get('Set-Cookie')).toBeNull();
      expect(answer.headers.get('RateLimit')).toMatch(/^"token";r=\d+;t=\d+$/);
      const items = 'file' in endpoint.answer ? [''] : (JSON.parse(body) as { items?: unknown[] }).items;
      expect(items).not.toEqual([]);
    }
  });

  it('answers HEAD like GET, without a body', async () => {
    const [head, get] = [await ask(alice, { method: 'HEAD' }), await ask(alice)];
    // A download that is not read to its end goes on, and there is one at a time.
    await get.arrayBuffer();
    expect([head.status, head.headers.get('Content-Type'), await head.text()]).toEqual([
      get.status,
      get.headers.get('Content-Type'),
      '',
    ]);
  });

  it('tells the same answer by its ETag', async () => {
    const first = await ask(alice);
    await first.arrayBuffer();
    const etag = String(first.headers.get('ETag'));
    asked = [];
    const again = await ask(alice, { headers: { 'If-None-Match': etag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    // The token, with its limit, and the version of the archive.
    // (A download gives its lease back once it is over.)
    expect(asked.length === 2 || endpoint.changesByItself || 'file' in endpoint.answer).toBe(true);
    const bobs = (await ask(bob, { headers: { 'If-None-Match': etag } })).status;
    expect(bobs === endpoint.status || endpoint.changesByItself).toBe(true);
  });

  it('is a 406 as anything else, a 403 without the right, a 405 by another method', async () => {
    await problemOf(await ask(alice, { headers: { Accept: 'text/csv' } }), 406);
    const lacking = SCOPES.filter((scope) => scope !== endpoint.scope);
    const powerless = await programOf(test, alice, lacking);
    const refused = await ask(powerless);
    await problemOf(refused, 403);
    expect(refused.headers.get('WWW-Authenticate')).toContain('insufficient_scope');
    const other = await ask(alice, { method: 'PATCH' });
    await problemOf(other, 405);
    expect(other.headers.get('Allow')).toContain(endpoint.method);
  });
});

describe.each(named(READS.filter(({ query }) => 'after' in query.shape && 'limit' in query.shape)))(
  '%s',
  (_name, endpoint) => {
    it('goes on where it stopped until its end, and says each thing once', async () => {
      const [path = '', query = ''] = addressOf(endpoint, alice.samples).split('?');
      const page = async (changes: Record<string, string>) => {
        const written = new URLSearchParams({
          ...Object.fromEntries(new URLSearchParams(query)),
          ...changes,
        });
        const answer = await alice.ask(`${path}?${written.toString()}`);
        return (await answer.json()) as { items: unknown[]; next: string | null };
      };
      const { items: all } = await page({ limit: '100' });
      const found: unknown[] = [];
      for (let next: string | null = ''; next !== null;) {
        const one = await page({ limit: '1', ...(next !== '' && { after: next }) });
        found.push(...one.items);
        ({ next } = one);
      }
      expect(found).toEqual(all);
    });
  },
);

describe.each(named(ENDPOINTS.filter(({ path }) => /:\w+Id\b/.test(path))))('%s', (_name, endpoint) => {
  it('is the same 404 for what is another’s, what is hidden and what never was', async () => {
    const init = { method: endpoint.method, ...bodyOf(endpoint) };
    const answers = new Set<string>();
    for (const samples of [alice.samples, NEVER, ODD]) {
      const answer = await bob.ask(addressOf(endpoint, samples), init);
      const { request: _, ...problem } = (await problemOf(answer, 404)) as Problem & { request: string };
      answers.add(JSON.stringify(problem));
    }
    expect(answers.size).toBe(1);
  });
});

const bodyOf = ({ example }: Endpoint) =>
  example?.body === undefined
    ? {}
    : { body: JSON.stringify(example.body), headers: { 'Content-Type': 'application/json' } };

/** Nobody’s, and what can be no id. */
const samplesOf = (id: string) => ({ trackId: id, artistId: id, albumId: id, playlistId: id, time: '2024' });
const NEVER = samplesOf('999999999999');
const ODD = samplesOf('\0'.repeat(3));

describe('a body', () => {
  it('must be JSON that fits', async () => {
    for (const endpoint of ENDPOINTS.filter(({ body }) => body !== null)) {
      const post = (body: string, type = 'application/json') =>
        alice.ask(addressOf(endpoint, alice.samples), {
          method: endpoint.method,
          body,
          headers: { 'Content-Type': type },
        });
      await problemOf(await post('a=b', 'application/x-www-form-urlencoded'), 415);
      await problemOf(await post('{'), 400);
      await problemOf(await post('[]'), 400);
      await problemOf(await post(JSON.stringify({ 'no-such-field': 1 })), 400);
      await problemOf(await post(`"${'x'.repeat(200_000)}"`), 413);
    }
  });
});

describe('what there is not', () => {
  it('is a 404 in JSON, and OPTIONS tells what there is', async () => {
    await problemOf(await alice.ask('/no-such-thing'), 404);
    const options = await alice.ask('/me', { method: 'OPTIONS' });
    expect([options.status, options.headers.get('Allow')]).toEqual([204, 'GET, HEAD, OPTIONS']);
  });
});

describe('a page of another origin', () => {
  const open = useApp({ API_CORS_ORIGIN: 'https://dashboard.example.org/' });
  const allowedBy = async ({ baseUrl }: typeof test, origin: string): Promise<string | null> => {
    const init = { method: 'OPTIONS', headers: { Origin: origin } };
    const answer = await fetch(`${baseUrl}${API_ROOT}/me`, init);
    expect(answer.status).toBe(204);
    return answer.headers.get('Access-Control-Allow-Origin');
  };

  it('may ask where its origin is named, and nowhere else', async () => {
    expect(await allowedBy(open, 'https://dashboard.example.org')).toBe('https://dashboard.example.org');
    expect(await allowedBy(open, 'https://evil.example')).toBeNull();
    expect(await allowedBy(test, 'https://dashboard.example.org')).toBeNull();
  });
});

describe('what is hidden', () => {
  it('appears in no answer', async () => {
    const { userId } = alice;
    const track = await insertTrack(test.db, {
      trackId: 'secret-1',
      name: 'Halo secret',
      artists: ['secret-artist'],
      payload: { album: { id: alice.samples.albumId } },
      features: { energy: 0.9, valence: 0.9, danceability: 0.5, tempo: 120 },
    });
    await insertSnapshot(test.db, userId, { date: '2024-12-30', range: 'long_term' }, [[track, 4]]);
    const seen = async (): Promise<string[]> => {
      const found: string[] = [];
      for (const endpoint of READS) {
        const body = await (await alice.ask(addressOf(endpoint, alice.samples))).text();
        if (/secret/i.test(body)) found.push(endpoint.path);
      }
      return found;
    };
    expect((await seen()).length).toBeGreaterThan(4);
    await setHidden(test.db, userId, { kind: 'artist', id: 'secret-artist', hidden: true });
    expect(await seen()).toEqual([]);
    await problemOf(await alice.ask('/tracks/secret-1'), 404);
    await problemOf(await alice.ask('/artists/secret-artist'), 404);
  });
});
