import { beforeAll, describe, expect, it } from 'vitest';
import { ALICE, cookiesOf, csrfToken, signIn, submit, useApp, type Visitor } from '../support/app.ts';
import { checksumTables } from '../support/checksum.ts';
import { fillIn, ROUTES, type Route } from '../support/site-map.ts';

const test = useApp();
let alice: Visitor;

beforeAll(async () => {
  alice = await signIn(test, ALICE);
});

/** As they stand in an address or a form: already encoded where bytes matter. */
const RAW = [
  '%00',
  'a%00b',
  '%ff',
  '%c0%af',
  '%ed%a0%80',
  '%',
  '%zz',
  '%u0041',
  '+',
  '%0d%0aX-Evil:1',
  '%1b[31m',
];
const NASTY = [
  ['', ' ', '0', '-1', '1', '01', '1.5', '1e3', '1e400', '-0', '0x10', 'NaN', 'Infinity', '-Infinity'],
  ['2147483648', '9223372036854775807', '9223372036854775808', '99999999999999999999', '9'.repeat(500)],
  [
    "'",
    "''",
    '"',
    "' OR '1'='1",
    '1; DROP TABLE users;--',
    "1' UNION SELECT * FROM users--",
    '\\',
    '$1',
    '$$',
  ],
  ['%', '_', '*', '(', ')', '!', ':', '&', '|', '<->', "'::int", '{{7*7}}', '<%= 7 %>', '${7}', '#{7}'],
  ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', 'javascript:alert(1)', '//evil.example'],
  ['null', 'undefined', 'true', '[]', '{}', '__proto__', 'constructor', 'hasOwnProperty', 'toString'],
  ['../../etc/passwd', '..\\..\\x', 'infinity', '275760-09-13', '0000-00-00', '2024-02-30', '٣', '𝟙'],
  ['\u202Eabc', '\uFEFF', '\u200B', 'ﷺ'.repeat(20), '👩‍👩‍👧‍👧', 'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤', '字'.repeat(200), 'x'.repeat(6000)],
]
  .flat()
  .map(encodeURIComponent);
const ALL = [...RAW, ...NASTY];

const faults: string[] = [];
const note = (what: string, { status, text }: { status: number; text?: string }): void => {
  if (status >= 500) faults.push(`${status} ${what.slice(0, 120)}`);
  if (text?.includes('<script>alert(1)') || text?.includes('<img src=x')) faults.push(`markup ${what}`);
};

/** Sign-ins are limited to 300 a minute: a quarter of the strings is enough for them, each route another one. */
const stringsFor = (route: Route): readonly string[] =>
  route.access === 'sign-in' ? ALL.filter((_, index) => index % 4 === ROUTES.indexOf(route) % 4) : ALL;

/** Raw strings as a path: the client would tidy up an address before sending it. */
const ask = async (path: string): Promise<{ status: number; text: string }> => {
  const answer = await fetch(test.baseUrl + path, {
    headers: { cookie: cookies },
    redirect: 'manual',
  });
  return { status: answer.status, text: await answer.text() };
};
let cookies = '';

describe('no string, wherever it stands, is a fault of ours or changes anything', () => {
  it.each(ROUTES.filter(({ method }) => method === 'GET').map((route) => [route.path, route] as const))(
    'GET %s',
    async (_path, route) => {
      await csrfToken(alice);
      cookies = cookiesOf(alice);
      const before = await checksumTables(test.db, ['sessions', 'sign_in_attempts']);
      const names = [...(route.query ?? []), 'unheard_of', 'range[]', '__proto__'];
      for (const text of stringsFor(route)) {
        const query = names.map((name) => `${name}=${text}`).join('&');
        const doubled = names.map((name) => `${name}=${text}&${name}=${text}`).join('&');
        const path = fillIn(route.path, text === '' ? 'x' : text);
        note(path, await ask(`${path}?${query}`));
        if (text.length % 4 === 0) note(path, await ask(`${path}?${doubled}`));
      }
      expect(faults.splice(0)).toEqual([]);
      expect(await checksumTables(test.db, ['sessions', 'sign_in_attempts'])).toEqual(before);
    },
  );

  it('GET of the string itself as the path', async () => {
    for (const text of ALL) {
      for (const path of [
        `/${text}`,
        `/api/${text}`,
        `/assets/${text}`,
        `/assets/x/${text}`,
        `/dashboard/${text}`,
      ]) {
        note(path, await ask(path));
      }
    }
    expect(faults.splice(0)).toEqual([]);
  });

  const posts = ROUTES.filter(({ method, path }) => method === 'POST' && path !== '/logout');
  it.each(posts.map((route) => [route.path, route] as const))('POST %s', async (path, route) => {
    test.spotify.fail({ on: '*', kind: 'not-allow-listed' });
    const csrf = encodeURIComponent(await csrfToken(alice));
    cookies = cookiesOf(alice);
    const fields = [...Object.keys(route.form ?? {}), 'unheard_of', '__proto__'];
    for (const text of stringsFor(route)) {
      const body = fields.map((name) => `${name}=${text}`).join('&');
      const address = fillIn(path, text === '' ? 'x' : text);
      const answer = await fetch(test.baseUrl + address, {
        method: 'POST',
        headers: { cookie: cookies, 'content-type': 'application/x-www-form-urlencoded' },
        body: `_csrf=${csrf}&${body}`,
        redirect: 'manual',
      });
      note(`${address} ${body}`, { status: answer.status, text: await answer.text() });
    }
    test.spotify.heal();
    expect(faults.splice(0)).toEqual([]);
  });

  it('in headers and cookies', async () => {
    for (const text of NASTY.filter((one) => one.length < 4000)) {
      const headers = {
        cookie: `mtm.session=${text}; mtm.sign-in=${text}; x=${text}`,
        accept: text,
        'accept-language': text,
        'x-request-id': text,
        'x-forwarded-for': text,
        'if-none-match': text,
      };
      for (const path of ['/dashboard', '/', '/auth/spotify/callback?code=a&state=b']) {
        const answer = await fetch(test.baseUrl + path, { headers, redirect: 'manual' });
        note(`${path} ${text}`, { status: answer.status, text: await answer.text() });
      }
    }
    expect(faults.splice(0)).toEqual([]);
  });

  it('and the listener is still signed in afterwards', async () => {
    expect((await submit(alice, '/settings/theme', { theme: 'light' })).status).toBe(303);
  });
});
