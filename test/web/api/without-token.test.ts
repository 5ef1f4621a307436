import { beforeAll, describe, expect, it } from 'vitest';
import { API_ROOT } from '../../../src/web/api/endpoint.ts';
import { ENDPOINTS } from '../../../src/web/api/endpoints.ts';
import { ALICE, nobody, signIn, useApp, type Visitor } from '../../support/app.ts';
import { fillIn } from '../../support/site-map.ts';

const test = useApp();
let alice: Visitor;

beforeAll(async () => {
  alice = await signIn(test, ALICE);
});

const SECRET = 'mtm_nobody-has-this-one';

describe.each(ENDPOINTS.map((one) => [`${one.method} ${one.path}`, one] as const))('%s', (_name, one) => {
  const ask = (visitor: Visitor, query = '') =>
    visitor[one.method.toLowerCase() as 'get'](`${API_ROOT}${fillIn(one.path, '1')}${query}`);

  it.each([
    ['nothing', () => ask(nobody(test))],
    ['a cookie alone', () => ask(alice)],
    ['a token in the address', () => ask(nobody(test), `?access_token=${SECRET}`)],
    ['an unknown token', () => ask(nobody(test)).set('Authorization', `Bearer ${SECRET}`)],
    ['a header of another kind', () => ask(nobody(test)).set('Authorization', 'Basic YTpi')],
  ])('with %s is a 401 that says how to ask, and sets no cookie', async (_what, send) => {
    const answer = await send();
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer /);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });
});
