import net from 'node:net';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createApp } from '../../src/app.ts';
import { log } from '../../src/log.ts';
import { ALICE, csrfToken, nobody, signIn, submit, useApp, type Visitor } from '../support/app.ts';

const test = useApp();
let alice: Visitor;

beforeAll(async () => {
  alice = await signIn(test, ALICE);
});

const sendForm = (type: string, encoding: string) =>
  alice
    .post('/settings/theme')
    .set('Content-Type', type)
    .set('Content-Encoding', encoding)
    .send('theme=dark');

/** What a request line comes to that no client would send. */
async function statusOf(line: string): Promise<number> {
  const { hostname, port } = new URL(test.baseUrl);
  const socket = net.connect(Number(port), hostname);
  socket.write(`${line} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: close\r\n\r\n`);
  let answer = '';
  for await (const piece of socket.setEncoding('utf8')) answer += String(piece);
  return Number(answer.split(' ')[1]);
}

interface Problem {
  readonly error: string;
  readonly request: string;
}

describe('an address that leads nowhere', () => {
  it('is a 404: a page for people, JSON below /api', async () => {
    for (const visitor of [alice, nobody(test)]) {
      await visitor.get('/nowhere').expect(404).expect('Content-Type', /html/);
    }
    const answer = await alice.get('/api/nowhere').expect(404).expect('Content-Type', /json/);
    expect(Object.keys(answer.body as Problem)).toEqual(['error', 'request']);
    await alice
      .post('/nowhere')
      .type('form')
      .send({ _csrf: await csrfToken(alice) })
      .expect(404);
    await alice
      .put('/dashboard')
      .type('form')
      .send({ _csrf: await csrfToken(alice) })
      .expect(404);
  });

  it('is a 404 of the same length, whatever was asked for', async () => {
    const lengths = await Promise.all(
      ['/nowhere', '/%00here', '/..%2f.x', '/wp-login'].map(async (path) => {
        const { status, text } = await nobody(test).get(path);
        return [status, text.replaceAll(/value="[^"]*"/g, '').length];
      }),
    );
    expect(new Set(lengths.map(String)).size).toBe(1);
  });
});

describe('a request that cannot be read', () => {
  it('is a 400 where the path is no UTF-8', async () => {
    const answer = await alice
      .post('/archives/%ff/claim')
      .type('form')
      .send({ confirm: 'yes', _csrf: await csrfToken(alice) })
      .expect(400);
    expect(answer.text).not.toMatch(/URIError|decode|malformed/i);
  });

  it('is a 400 where a parameter holds a NUL', async () => {
    await alice.get('/dashboard?range=%00').expect(400);
    await alice.get('/api/decades?range=short_term%00').expect(400).expect('Content-Type', /json/);
    expect((await submit(alice, '/settings/timezone', { timezone: 'UTC\0' })).status).toBe(400);
  });

  it('is a 413 where a form is larger than any of ours, or has more fields', async () => {
    expect((await submit(alice, '/settings/theme', { theme: 'x'.repeat(30_000) })).status).toBe(413);
    const many = Object.fromEntries(Array.from({ length: 150 }, (_, n) => [`field${n}`, 'x']));
    expect((await submit(alice, '/settings/theme', many)).status).toBe(413);
  });

  it('is a 4xx where its encoding is unknown or its length a lie', async () => {
    const form = 'application/x-www-form-urlencoded';
    for (const [type, encoding] of [
      [`${form}; charset=utf-16`, 'identity'],
      [form, 'br'],
      [form, 'gzip'],
      [form, 'nonsense'],
    ] as const) {
      const { status, text } = await sendForm(type, encoding);
      expect([400, 403, 415]).toContain(status);
      expect(text).not.toMatch(/unsupported|incorrect header|zlib|utf-16/i);
    }
  });

  it('is a 400 with one line in the log where it names no path', async () => {
    const faults = vi.spyOn(log, 'error');
    for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS']) expect(await statusOf(`${method} *`)).toBe(400);
    // Whatever else stands where the path belongs is at worst a page that is not there.
    const odd = ['//', '/%', '//evil.example/', 'http://[', 'http://', 'https://127.0.0.1:99999/', '?', '\\'];
    const statuses = await Promise.all(odd.map((target) => statusOf(`GET ${target}`)));
    expect(statuses.filter((status) => ![200, 400, 404].includes(status))).toEqual([]);
    expect(faults).not.toHaveBeenCalled();
    faults.mockRestore();
  });

  it('is a 400 with one line in the log where it must come over HTTPS and did not', async () => {
    const faults = vi.spyOn(log, 'error');
    const config = { ...test.config, baseUrl: 'https://music.example.org' };
    const answer = await supertest(createApp({ config, db: test.db }).express)
      .get('/dashboard')
      .expect(400);
    expect(answer.text).toContain('X-Forwarded-Proto');
    expect(faults).not.toHaveBeenCalled();
    faults.mockRestore();
  });

  it('is refused by Node itself where its headers have no end', async () => {
    await nobody(test).get('/').set('X-Long', 'x'.repeat(20_000)).expect(431);
  });
});

describe('a fault of ours', () => {
  const SECRET = 'archive_summaries';
  beforeAll(() => test.db.execute('ALTER TABLE archive_summaries RENAME TO summaries_away'));
  afterAll(() => test.db.execute('ALTER TABLE summaries_away RENAME TO archive_summaries'));

  it('is a 500 with a reference, and says nothing of what failed', async () => {
    const answer = await alice.get('/dashboard').set('X-Request-Id', 'my-reference-1').expect(500);
    expect(answer.text).toContain('my-reference-1');
    expect(answer.headers['x-request-id']).toBe('my-reference-1');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.text).not.toMatch(new RegExp(`${SECRET}|relation|SELECT|at .*\\.ts|node_modules`));
  });

  it('is the same in JSON below /api', async () => {
    const answer = await alice.get('/api/decades').expect(500).expect('Content-Type', /json/);
    const problem = answer.body as Problem;
    expect(problem.request).toBe(answer.headers['x-request-id']);
    expect(problem.request).toMatch(/^[\w-]{36}$/);
    expect(answer.text).not.toMatch(new RegExp(`${SECRET}|relation|SELECT`));
  });

  it.each(['a b', 'x'.repeat(65), '<b>', 'a"b', '../x'])(
    'takes no reference like %j from outside',
    async (id) => {
      const answer = await alice.get('/dashboard').set('X-Request-Id', id).expect(500);
      expect(answer.headers['x-request-id']).toMatch(/^[\w-]{36}$/);
      expect(answer.text).not.toContain(`reference ${id}`);
    },
  );
});

describe('a day for which Spotify has asked this app to wait', () => {
  afterAll(() => test.db.execute('DELETE FROM spotify_limits'));

  it('is named with its end where somebody signs in', async () => {
    const { words } = await test.db.one<{ words: string }>(
      `INSERT INTO spotify_limits (bucket, not_before) VALUES ('api', now() + interval '20 hours')
       RETURNING to_char(not_before AT TIME ZONE 'UTC', 'FMDD FMMonth YYYY') AS words`,
    );
    const answer = await nobody(test).get('/auth/spotify').expect(503);
    expect(answer.text).toMatch(new RegExp(`until ${words}[^.]* \\(UTC\\)\\.`));
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(71_000);
  });
});

describe('Retry-After', () => {
  it('is told in whole seconds where a sign-in has to wait', async () => {
    test.spotify.fail({ on: '/api/token', kind: 'rate-limit', retryAfter: 77 });
    const visitor = nobody(test);
    const start = await visitor.get('/auth/spotify');
    const approved = await fetch(String(start.headers.location), { redirect: 'manual' });
    const back = new URL(String(approved.headers.get('location')));
    await visitor
      .get(back.pathname + back.search)
      .expect(503)
      .expect('Retry-After', '77');
    test.spotify.heal();
  });
});
