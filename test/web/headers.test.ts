import { readdirSync } from 'node:fs';
import supertest from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/app.ts';
import { createAssets } from '../../src/web/page/assets.ts';
import { ART_HOSTS } from '../../src/web/page/helpers.ts';
import { ALICE, nobody, signIn, submit, useApp, type Visitor } from '../support/app.ts';

const test = useApp();
const assets = createAssets();
let alice: Visitor;

beforeAll(async () => {
  alice = await signIn(test, ALICE);
});

const CSP = [
  `default-src 'none'`,
  `script-src 'self'`,
  `style-src 'self'`,
  `font-src 'self'`,
  `img-src 'self' ${ART_HOSTS.map((host) => `https://${host}`).join(' ')}`,
  `connect-src 'self'`,
  `form-action 'self'`,
  `base-uri 'none'`,
  `object-src 'none'`,
  `frame-ancestors 'none'`,
].join(';');

describe('every answer', () => {
  const ANSWERS: Readonly<
    Record<string, () => Promise<{ status: number; headers: Record<string, string> }>>
  > = {
    'a page': async () => alice.get('/settings'),
    'the start page': async () => nobody(test).get('/'),
    JSON: async () => alice.get('/api/decades'),
    'a 404': async () => nobody(test).get('/nowhere'),
    'a 401': async () => nobody(test).get('/api/decades'),
    'a 403': async () => alice.post('/settings/theme'),
    'a redirect': async () => nobody(test).get('/dashboard'),
    'a redirect to Spotify': async () => nobody(test).get('/auth/spotify'),
    'a redirect to 127.0.0.1': async () => nobody(test).get('/').set('Host', 'localhost:3000'),
    'an asset': async () => nobody(test).get(assets.url('vendor/chart.js/chart.umd.min.js')),
    'a missing asset': async () => nobody(test).get(assets.url('nowhere.css')),
  };

  it.each(Object.entries(ANSWERS))('(%s) has the whole policy and names no maker', async (_what, ask) => {
    const { headers } = await ask();
    expect(headers['content-security-policy']).toBe(CSP);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['x-frame-options']).toBe('DENY');
    expect(headers['referrer-policy']).toBe('same-origin');
    expect(headers['permissions-policy']).toContain('camera=()');
    expect(headers['x-powered-by']).toBeUndefined();
    expect(headers.server).toBeUndefined();
    expect(headers['x-request-id']).toMatch(/^[\w-]{36}$/);
  });

  it('(a 500) has it too', async () => {
    await test.db.execute('ALTER TABLE archive_summaries RENAME TO summaries_away');
    const { headers, status } = await alice.get('/dashboard');
    await test.db.execute('ALTER TABLE summaries_away RENAME TO archive_summaries');
    expect([status, headers['content-security-policy']]).toEqual([500, CSP]);
  });

  it('allows nothing unsafe, and pages need nothing unsafe', async () => {
    expect(CSP).not.toMatch(/unsafe|\*(?!\.)|data:|blob:|http:/);
    for (const path of ['/dashboard', '/settings', '/archives/unclaimed']) {
      const { text } = await alice.get(path).expect(200);
      expect(text).not.toMatch(/<script(?![^>]*(?:src=|type="application\/json"))[^>]*>/);
      expect(text).not.toMatch(/<style\b|\sstyle=|\son\w+=|javascript:/i);
      for (const [, url] of text.matchAll(/<(?:script|link)[^>]*(?:src|href)="([^"]*)"/g)) {
        expect(url).toMatch(/^\/(?!\/)/);
      }
    }
  });
});

describe('what may be kept by whom', () => {
  it('is nothing of a personal answer', async () => {
    const answers = [
      await alice.get('/dashboard'),
      await alice.get('/settings'),
      await alice.get('/archives/unclaimed'),
      await alice.get('/api/decades'),
      await alice.get('/nowhere'),
      await alice.get('/dashboard?range=bad'),
      await submit(alice, '/settings/theme', { theme: 'dark' }),
      await nobody(test).get('/dashboard'),
      await nobody(test).get('/api/decades'),
      await nobody(test).get('/'),
    ];
    for (const { headers } of answers) expect(headers['cache-control']).toBe('no-store');
  });

  it('is an asset, for ever, under an address that holds its version', async () => {
    const files = readdirSync('public', { recursive: true, withFileTypes: true }).filter((file) =>
      file.isFile(),
    );
    const own = files.map((file) => `${file.parentPath}/${file.name}`.replace(/^public\//, ''));
    for (const file of ['vendor/chart.js/chart.umd.min.js', ...own]) {
      const answer = await nobody(test).get(assets.url(file)).expect(200);
      expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable');
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
    await nobody(test).get('/assets/another-version/css/tokens.css').expect(404);
    await nobody(test).post(assets.url('css/app.css')).expect(404);
    await nobody(test)
      .get(`${assets.url('css/app.css')}/more`)
      .expect(404);
  });

  it('and the stylesheet is one file, whose parts stand in it layer by layer', async () => {
    const { text } = await nobody(test).get(assets.url('css/app.css')).expect(200);
    expect(text).not.toContain('@import');
    const order = ['@layer fonts, tokens', '@layer fonts {', '@layer base {', '@layer pages {'].map((part) =>
      text.indexOf(part),
    );
    expect(order).toEqual(order.toSorted((one, other) => one - other));
    expect(order[0]).toBe(0);
  });

  it.each([
    '../package.json',
    '..%2fpackage.json',
    '%2e%2e/package.json',
    'vendor/chart.js/../package.json',
    '.env',
    '',
  ])('is no file outside of the assets (%s)', async (file) => {
    const { status, text } = await nobody(test).get(assets.url(file));
    expect([400, 403, 404]).toContain(status);
    expect(text).not.toContain('"dependencies"');
  });
});

describe('the address', () => {
  it('localhost leads to 127.0.0.1, where Spotify will send the listener back to', async () => {
    const answer = await nobody(test).get('/dashboard?range=long_term').set('Host', 'localhost:1234');
    expect([answer.status, answer.headers.location]).toEqual([
      308,
      `${test.baseUrl}/dashboard?range=long_term`,
    ]);
  });

  it.each(['//evil.example/', '/\\evil.example', '/%2f%2fevil.example'])(
    'leads nowhere else (%s)',
    async (path) => {
      const { headers } = await nobody(test).get(path).set('Host', 'localhost:1234');
      const target = headers.location ?? test.baseUrl;
      expect(new URL(target, test.baseUrl).origin).toBe(test.baseUrl);
    },
  );

  it('forged by the request is in no link and no redirect', async () => {
    const forged = {
      'X-Forwarded-Host': 'evil.example',
      'X-Forwarded-Proto': 'https',
      Forwarded: 'host=evil.example',
      'X-Original-URL': '/evil',
    };
    for (const path of ['/', '/dashboard', '/auth/spotify', '/nowhere']) {
      const { headers, text } = await nobody(test).get(path).set(forged).set('Host', 'evil.example');
      expect(`${headers.location ?? ''} ${text}`).not.toContain('evil');
    }
  });
});

describe('behind HTTPS', () => {
  it('browsers are told to stay there, and cookies are tied to the host', async () => {
    const config = { ...test.config, baseUrl: 'https://music.example.org' };
    const { headers } = await supertest(createApp({ config, db: test.db }).express)
      .get('/auth/spotify')
      .set('X-Forwarded-Proto', 'https');
    expect(headers['strict-transport-security']).toMatch(/^max-age=\d{8}/);
    const cookie = String(headers['set-cookie']);
    expect(cookie).toMatch(/^__Host-mtm\.sign-in=/);
    for (const attribute of ['Path=/', 'HttpOnly', 'Secure', 'SameSite=Lax'])
      expect(cookie).toContain(attribute);
    expect(cookie).not.toContain('Domain');
  });
});

describe('a page', () => {
  const ask = (accepted: string, method = 'GET') =>
    fetch(test.baseUrl, { method, headers: { 'Accept-Encoding': accepted } });

  it.each([
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip, deflate', 'gzip'],
    ['gzip, br;q=0', 'gzip'],
    ['identity', null],
  ])('for who accepts “%s” is compressed by %s, and the same', async (accepted, encoding) => {
    const answer = await ask(accepted);
    expect(answer.headers.get('Content-Encoding')).toBe(encoding);
    expect(answer.headers.get('Vary')).toMatch(/Accept-Encoding/);
    expect(await answer.text()).toBe(await (await ask('identity')).text());
    expect(await (await ask(accepted, 'HEAD')).text()).toBe('');
  });
});

describe('what is no page', () => {
  it.each([
    ['a stylesheet', assets.url('css/app.css')],
    ['JSON', '/api/v1/openapi.json'],
  ])('is compressed too, and the same: %s', async (_what, path) => {
    const ask = (accepted: string) =>
      fetch(test.baseUrl + path, { headers: { 'Accept-Encoding': accepted } });
    const plain = await ask('identity');
    expect(plain.headers.get('Content-Encoding')).toBeNull();
    for (const encoding of ['br', 'gzip']) {
      const answer = await ask(encoding);
      expect(answer.headers.get('Content-Encoding')).toBe(encoding);
      expect(await answer.text()).toBe(await plain.clone().text());
    }
  });
});
