import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createAssets } from '../../../src/web/page/assets.ts';
import { useViews } from '../../../src/web/page/render.ts';
import { DatabaseUnavailable } from '../../../src/database/errors.ts';
import { createApiToken } from '../../../src/users/api-tokens.ts';
import { API_ROOT, endpoint, type Endpoint } from '../../../src/web/api/endpoint.ts';
import { ENDPOINTS } from '../../../src/web/api/endpoints.ts';
import { apiPageRoutes } from '../../../src/web/api/page-routes.ts';
import { whole } from '../../../src/web/api/params.ts';
import { problemAnswer } from '../../../src/web/api/middleware/problems.ts';
import { apiRoutes } from '../../../src/web/api/routes.ts';
import { createReadiness } from '../../../src/web/operations/readiness.ts';
import { accessOf } from '../../../src/users/access-token.ts';
import { ALICE, nobody, signIn, useApp, userIdFor, type Visitor } from '../../support/app.ts';

const test = useApp();
let alice: Visitor;
let secret: string;

beforeAll(async () => {
  alice = await signIn(test, ALICE);
  secret = await createApiToken(test.db, await userIdFor(test, ALICE), {
    name: 'A test',
    scopes: ['read'],
    days: 1,
  });
});

/** The API of one endpoint, with its document and its page. */
async function serve(
  one: Endpoint,
): Promise<{ ask: (path: string) => Promise<Response>; close: () => void }> {
  const context = {
    config: test.config,
    db: test.db,
    unhurried: test.patient,
    access: accessOf(test.config),
    readiness: createReadiness(test.db),
  };
  const app = express();
  useViews(app, createAssets(), { cache: false, artUrl: null });
  app.use((_req, res, next) => {
    Object.assign(res.locals, { currentUser: null, csrfToken: null, path: API_ROOT });
    next();
  });
  app.use(apiRoutes(context, [one]), apiPageRoutes(context, [one]), problemAnswer(test.baseUrl));
  const server = http.createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${API_ROOT}`;
  const headers = { Authorization: `Bearer ${secret}` };
  return { ask: (path) => fetch(url + path, { headers }), close: () => server.close() };
}

/** An endpoint that answers twice what it is given. */
const twice = (most: number, answer: z.ZodObject, parameter = 'number'): Endpoint =>
  endpoint({
    method: 'GET',
    path: '/twice',
    name: 'getTwice',
    subject: 'Sums',
    scope: 'read',
    summary: 'Twice a number',
    query: { [parameter]: whole(1, most) },
    answer,
    handler: async ({ query }) => ({ twice: Number(query[parameter]) * 2 }),
  });

/** What answers, document and page each say of it. */
async function accounts(one: Endpoint) {
  const { ask, close } = await serve(one);
  try {
    const document = (await (await ask('/openapi.json')).json()) as {
      paths: Record<string, { get: { parameters: { name: string; schema: { maximum: number } }[] } }>;
      components: { schemas: Record<string, { required?: string[] }> };
    };
    const page = await (await ask('')).text();
    const [parameter] = document.paths['/twice']?.get.parameters ?? [];
    return {
      statuses: await Promise.all(
        ['?number=10', '?number=11', '?figure=10'].map(async (query) => (await ask(`/twice${query}`)).status),
      ),
      documented: [parameter?.name, parameter?.schema.maximum],
      answered: document.components.schemas.GetTwiceAnswer?.required,
      shown: [/number<\/code>/.test(page), /figure<\/code>/.test(page), page.includes('1 to 10')],
    };
  } finally {
    close();
  }
}

describe('a changed schema', () => {
  it('changes what is read, what is documented and what the page says', async () => {
    const answer = z.strictObject({ twice: z.int() });
    expect(await accounts(twice(10, answer))).toEqual({
      statuses: [200, 400, 400],
      documented: ['number', 10],
      answered: ['twice'],
      shown: [true, false, true],
    });
    expect(await accounts(twice(11, answer, 'figure'))).toEqual({
      statuses: [400, 400, 200],
      documented: ['figure', 11],
      answered: ['twice'],
      shown: [false, true, false],
    });
  });

  it('makes an answer that is not as declared a fault, and changes the document', async () => {
    const { statuses, answered } = await accounts(twice(10, z.strictObject({ double: z.int() })));
    expect([statuses[0], answered]).toEqual([500, ['double']]);
  });
});

describe('the page for people', () => {
  it('says of every endpoint what there is to ask, with a line for a shell, and explains every problem', async () => {
    const page = (await nobody(test).get(API_ROOT).expect(200)).text;
    for (const { name, path } of ENDPOINTS) {
      expect(page).toContain(`id="${name}"`);
      expect(page).toContain(path);
    }
    const { text } = await nobody(test).get(`${API_ROOT}/no-such-thing`).expect(404);
    const { type } = JSON.parse(text) as { type: string };
    expect(page).toContain(`id="${new URL(type).hash.slice(1)}"`);
    expect(page).not.toContain('data-try');
  });

  it('lets the signed-in listener try it', async () => {
    const page = (await alice.get(API_ROOT).expect(200)).text;
    expect(page.match(/data-try /g)).toHaveLength(ENDPOINTS.length);
  });
});

describe('while the database is away', () => {
  const away = useApp(
    {},
    {
      wrapDb: (db) => ({
        ...db,
        maybeOne: (sql, values) => {
          if (sql.includes('api_tokens')) throw new DatabaseUnavailable(new Error('gone'));
          return db.maybeOne(sql, values);
        },
      }),
    },
  );

  it('the API says 503 and when to ask again', async () => {
    const answer = await fetch(`${away.baseUrl}${API_ROOT}/me`, {
      headers: { Authorization: `Bearer ${secret}` },
    });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('Content-Type')).toMatch(/^application\/problem\+json/);
    expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0);
  });
});
