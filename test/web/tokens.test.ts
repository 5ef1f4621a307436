import { pino } from 'pino';
import supertest from 'supertest';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createApp } from '../../src/app.ts';
import { log } from '../../src/log.ts';
import { admitToken } from '../../src/users/api-limits.ts';
import {
  ALICE,
  BOB,
  cookiesOf,
  csrfToken,
  nobody,
  signIn,
  submit,
  useApp,
  userIdFor,
  type Visitor,
} from '../support/app.ts';

const test = useApp();
let alice: Visitor;
let bob: Visitor;

const FORM = { name: 'Kitchen dashboard', scope: 'read', days: '90' };

beforeEach(async () => {
  await test.db.execute('DELETE FROM api_tokens');
  alice = await signIn(test, ALICE);
  bob = await signIn(test, BOB);
});

const pageOf = async (visitor: Visitor): Promise<string> =>
  (await visitor.get('/settings/tokens').expect(200)).text;
const secretsIn = (page: string): string[] => page.match(/mtm_[0-9A-Za-z]{20,}/g) ?? [];
const idsIn = (page: string): string[] =>
  [...page.matchAll(/tokens\/(\d+)\/delete/g)].map(([, id]) => String(id));
/** Makes one by the form. */
async function makeToken(visitor: Visitor, fields: Partial<typeof FORM> = {}): Promise<string> {
  const answer = await submit(visitor, '/settings/tokens', { ...FORM, ...fields });
  expect(answer.status).toBe(200);
  const [secret = ''] = secretsIn(answer.text);
  return secret;
}

/** All that is logged, at every level, instead of being written. */
function captureLog() {
  const lines: string[] = [];
  const { [pino.symbols.streamSym]: stream } = log as unknown as Record<
    symbol,
    { write(line: string): void }
  >;
  if (!stream) throw new Error('the log has no stream');
  const written = vi.spyOn(stream, 'write').mockImplementation((line) => void lines.push(line));
  log.level = 'trace';
  const stop = (): void => {
    log.level = 'silent';
    written.mockRestore();
  };
  return { lines, stop };
}

describe('a token made on its page', () => {
  it('opens the archive of the listener who made it, as long and as far as they chose', async () => {
    const secret = await makeToken(alice, { scope: 'write:playlists', days: '7' });
    const admitted = await admitToken(test.db, secret, 1);
    expect(admitted?.user.user_id).toBe(await userIdFor(test, ALICE));
    expect(admitted?.scopes).toEqual(['write:playlists']);
    const { days } = await test.db.one<{ days: number }>(
      'SELECT extract(day FROM ends_at - created_at)::int AS days FROM api_tokens',
    );
    expect(days).toBe(7);
  });

  it('may do several things', async () => {
    const csrf = /name="_csrf" value="([^"]+)"/.exec(await pageOf(alice))?.[1] ?? '';
    const form = new URLSearchParams({ ...FORM, _csrf: csrf });
    form.append('scope', 'write:playlists');
    const answer = await alice.post('/settings/tokens').type('form').send(form.toString()).expect(200);
    const admitted = await admitToken(test.db, String(secretsIn(answer.text)[0]), 1);
    expect(admitted?.scopes).toEqual(['read', 'write:playlists']);
  });

  it('is shown once, to nobody else, by no cache', async () => {
    const answer = await submit(alice, '/settings/tokens', FORM);
    expect(answer.headers['cache-control']).toBe('no-store');
    const list = await pageOf(alice);
    expect(list).toContain(FORM.name);
    expect(list).toContain(secretsIn(answer.text)[0]?.slice(-4));
    expect(secretsIn(list)).toEqual([]);
    expect(idsIn(await pageOf(bob))).toEqual([]);
  });

  it('stands in no table afterwards', async () => {
    const secret = await makeToken(alice);
    const tables = await test.db.many<{ name: string }>(
      `SELECT format('%I', relname) AS name FROM pg_class
       WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`,
    );
    for (const { name } of tables) {
      const found = await test.db.many(`SELECT FROM ${name} AS t WHERE strpos(t::text, $1) > 0`, [
        secret.slice(4, 30),
      ]);
      expect([name, found]).toEqual([name, []]);
    }
  });

  it('reaches no line of the log, however much is logged and however it is sent', async () => {
    const { lines, stop } = captureLog();
    const { express } = createApp({ config: test.config, db: test.db });
    const program = supertest.agent(express).set('Host', new URL(test.baseUrl).host);
    const form = { ...FORM, _csrf: await csrfToken(alice) };
    const made = await program
      .post('/settings/tokens')
      .set('Cookie', cookiesOf(alice))
      .type('form')
      .send(form);
    const [secret = ''] = secretsIn(made.text);
    program.set('Authorization', `Bearer ${secret}`);
    for (const path of ['/', '/api/v1/me', '/api/decades', '/no-such-page', `/api/v1/me?token=${secret}`])
      await program.get(path);
    await program.post('/api/v1/playlists').send({ from: secret });
    stop();
    expect([secret === '', lines.length > 5]).toEqual([false, true]);
    expect(lines.filter((line) => line.includes(secret.slice(4, 20)))).toEqual([]);
  });

  it('is deleted by its listener alone', async () => {
    const secret = await makeToken(alice);
    const [id = ''] = idsIn(await pageOf(alice));
    expect((await submit(bob, `/settings/tokens/${id}/delete`)).status).toBe(404);
    expect(await admitToken(test.db, secret, 1)).not.toBeNull();
    expect((await submit(alice, `/settings/tokens/${id}/delete`)).status).toBe(303);
    expect(await admitToken(test.db, secret, 1)).toBeNull();
    expect(idsIn(await pageOf(alice))).toEqual([]);
    expect((await submit(alice, `/settings/tokens/${id}/delete`)).status).toBe(404);
  });

  it.each([
    ['name', { ...FORM, name: ' \u0000 ' }],
    ['name', { ...FORM, name: 'x'.repeat(101) }],
    ['scope', { name: 'A script', days: '90' }],
    ['scope', { ...FORM, scope: 'admin' }],
    ['days', { ...FORM, days: '9999' }],
    ['days', { ...FORM, days: 'toString' }],
  ])('that is asked for with a bad %s is a 400 that names it', async (name, fields) => {
    const answer = await submit(alice, '/settings/tokens', fields);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(`“${name}”`);
  });

  it('shows a name as words only', async () => {
    await makeToken(alice, { name: '<script>alert(1)</script>' });
    expect(await pageOf(alice)).not.toContain('<script>alert(1)');
  });

  it('needs sign-in', async () => {
    await nobody(test).get('/settings/tokens').expect(302);
  });
});
