import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deleteListener } from '../../src/archives/delete-listener.ts';
import { admitToken, LIMIT, WINDOW_SECONDS, type Admission } from '../../src/users/api-limits.ts';
import {
  createApiToken,
  deleteApiToken,
  isTokenShaped,
  listApiTokens,
  MOST_TOKENS,
  type NewToken,
} from '../../src/users/api-tokens.ts';
import { createDb, type Db } from '../../src/db.ts';
import { deleteEverybody, useDatabase } from '../support/database.ts';
import { insertListener } from '../support/factories.ts';

const test = useDatabase();
let alice: number;
let bob: number;

const READING: NewToken = { name: 'A script', scopes: ['read'], days: 90 };
const ofAlice = (changes: Partial<NewToken> = {}): Promise<string> =>
  createApiToken(test.db, alice, { ...READING, ...changes });
const isOpen = async (secret: string): Promise<boolean> => (await admitToken(test.db, secret, 1)) !== null;

beforeEach(async () => {
  alice = await insertListener(test.db, 'alice', 'Pacific/Kiritimati');
  bob = await insertListener(test.db, 'bob');
});
afterEach(() => deleteEverybody(test.db));

describe('a token', () => {
  it('opens the archive of the listener who made it, with what it may do', async () => {
    const admitted = await admitToken(test.db, await ofAlice({ scopes: ['read', 'write:playlists'] }), 1);
    expect(admitted?.user).toMatchObject({ user_id: alice, spotify_id: 'alice' });
    expect(admitted?.scopes).toEqual(['read', 'write:playlists']);
    const ofBob = await admitToken(test.db, await createApiToken(test.db, bob, READING), 1);
    expect([ofBob?.user.user_id, ofBob?.scopes]).toEqual([bob, ['read']]);
  });

  it('is known by its prefix and its checksum, and no two are alike', async () => {
    const secrets = await Promise.all(Array.from({ length: 20 }, () => ofAlice()));
    expect(new Set(secrets).size).toBe(secrets.length);
    for (const secret of secrets) {
      expect(secret).toMatch(/^mtm_[0-9A-Za-z]{49}$/);
      expect(isTokenShaped(secret)).toBe(true);
      const last = secret.at(-1) === '0' ? '1' : '0';
      expect(isTokenShaped(secret.slice(0, -1) + last)).toBe(false);
    }
    expect(await isOpen('')).toBe(false);
  });

  it('stands nowhere in the database, neither whole nor in part', async () => {
    const secret = await ofAlice();
    await isOpen(secret);
    const [row] = await test.db.many<{ text: string }>('SELECT t::text AS text FROM api_tokens AS t');
    expect(row?.text).toContain(secret.slice(-4));
    expect(row?.text).not.toContain(secret.slice(4, 12));
    expect(row?.text).not.toContain(secret.slice(-8));
  });

  it('opens nothing once it has ended, and its listener still sees it', async () => {
    const secret = await ofAlice();
    await test.db.execute(`UPDATE api_tokens SET ends_at = now()`);
    expect(await isOpen(secret)).toBe(false);
    expect(await listApiTokens(test.db, alice)).toMatchObject([{ name: 'A script', has_ended: true }]);
  });

  it('opens nothing once it is deleted, which only its listener can do', async () => {
    const secret = await ofAlice();
    const [token] = await listApiTokens(test.db, alice);
    const tokenId = Number(token?.token_id);
    expect(await deleteApiToken(test.db, bob, tokenId)).toBe(false);
    expect(await isOpen(secret)).toBe(true);
    expect(await deleteApiToken(test.db, alice, tokenId)).toBe(true);
    expect(await isOpen(secret)).toBe(false);
  });

  it('goes with its listener, and with nobody else', async () => {
    const [hers, his] = [await ofAlice(), await createApiToken(test.db, bob, READING)];
    await deleteListener(test.db, alice);
    expect([await isOpen(hers), await isOpen(his)]).toEqual([false, true]);
  });

  it('says on which day of its listener it was last used', async () => {
    const secret = await ofAlice();
    expect(await listApiTokens(test.db, alice)).toMatchObject([{ last_used_on: null }]);
    await isOpen(secret);
    const { today } = await test.db.one<{ today: string }>(
      `SELECT (now() AT TIME ZONE 'Pacific/Kiritimati')::date AS today`,
    );
    expect(await listApiTokens(test.db, alice)).toMatchObject([{ last_used_on: today }]);
  });

  it('is one of a few, however many are asked for at once', async () => {
    const made = await Promise.allSettled(Array.from({ length: MOST_TOKENS + 5 }, () => ofAlice()));
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(MOST_TOKENS);
    expect(await listApiTokens(test.db, alice)).toHaveLength(MOST_TOKENS);
    await createApiToken(test.db, bob, READING);
  });
});

describe('the limit of a token', () => {
  /** Another process of the app. */
  let other: Db;
  const ask = (secret: string, cost = 1, db = test.db): Promise<Admission | null> =>
    admitToken(db, secret, cost);
  /** As if so many seconds had gone by. */
  const wait = (seconds: number): Promise<number> =>
    test.db.execute(`UPDATE api_tokens SET used_up_until = used_up_until - make_interval(secs => $1)`, [
      seconds,
    ]);

  beforeEach(() => {
    other = createDb({ url: test.url, poolMin: 0, poolMax: 5, applicationName: 'another worker' });
  });
  afterEach(() => other.close());

  it('lets a burst through and no more, over all processes, however many ask at once', async () => {
    const secret = await ofAlice();
    const asked = Array.from({ length: LIMIT.burst + 40 }, (_, n) => ask(secret, 1, n % 2 ? other : test.db));
    const limits = (await Promise.all(asked)).map((admitted) => admitted?.limit);
    const allowed = limits.filter((limit) => limit?.allowed);
    // A slow machine may take so long over it that a few more are due.
    expect(allowed.length).toBeGreaterThanOrEqual(LIMIT.burst);
    expect(allowed.length).toBeLessThan(LIMIT.burst + 20);
    const refused = limits.filter((limit) => !limit?.allowed);
    expect(refused.every((limit) => limit?.remaining === 0 && limit.retryAfterSeconds > 0)).toBe(true);
    expect((await ask(await createApiToken(test.db, bob, READING)))?.limit.allowed).toBe(true);
  });

  it('lets so many a second through after it', async () => {
    const secret = await ofAlice();
    expect((await ask(secret, LIMIT.burst))?.limit).toMatchObject({ allowed: true, remaining: 0 });
    expect((await ask(secret, LIMIT.perSecond * 10))?.limit).toMatchObject({
      allowed: false,
      retryAfterSeconds: 10,
    });
    await wait(10);
    expect((await ask(secret, LIMIT.perSecond * 10))?.limit.allowed).toBe(true);
    expect((await ask(secret, LIMIT.perSecond * 10))?.limit.allowed).toBe(false);
  });

  it('counts a costly request for more than one, and what is refused for nothing', async () => {
    const secret = await ofAlice();
    expect((await ask(secret, 50))?.limit.remaining).toBe(LIMIT.burst - 50);
    expect((await ask(secret, LIMIT.burst))?.limit).toMatchObject({
      allowed: false,
      remaining: LIMIT.burst - 50,
    });
    expect((await ask(secret, 0))?.limit.remaining).toBe(LIMIT.burst - 50);
  });

  it('is whole again after its window, and never more than that', async () => {
    const secret = await ofAlice();
    await ask(secret, LIMIT.burst);
    await wait(WINDOW_SECONDS * 100);
    expect((await ask(secret, LIMIT.burst))?.limit.allowed).toBe(true);
    expect((await ask(secret, 10))?.limit.allowed).toBe(false);
  });
});
