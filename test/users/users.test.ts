import { afterEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { findSpotifyId, signInUser, updateTheme, updateTimezone, type User } from '../../src/users/users.ts';
import { deleteEverybody, useDatabase } from '../support/database.ts';

const test = useDatabase();

afterEach(async () => {
  await deleteEverybody(test.db);
});

const signIn = (id: string, accountId: string | null, displayName: string | null = null): Promise<User> =>
  signInUser(test.db, { id, accountId, displayName, imageUrl: null });
const refusal = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'let in',
    (error: unknown) => error instanceof AppError && error.status,
  );
const everyone = () =>
  test.db.many('SELECT spotify_id, spotify_account_id FROM users ORDER BY spotify_id NULLS FIRST');

describe('a first sign-in', () => {
  it('makes a listener, with an account id or without', async () => {
    await signIn('alice', 'A', 'Alice');
    await signIn('bob', null);
    expect(await everyone()).toEqual([
      { spotify_id: 'alice', spotify_account_id: 'A' },
      { spotify_id: 'bob', spotify_account_id: null },
    ]);
  });

  it.each([null, 'A'])(
    'makes one listener, however many happen at once (account id %j)',
    async (accountId) => {
      const users = await Promise.all(Array.from({ length: 20 }, () => signIn('alice', accountId)));
      expect(new Set(users.map((user) => user.user_id)).size).toBe(1);
    },
  );

  it('does not take over an archive that nobody has claimed', async () => {
    const archive = await test.db.one<{ user_id: number }>(
      `INSERT INTO users (display_name) VALUES ('Moved') RETURNING user_id`,
    );
    expect((await signIn('alice', 'A')).user_id).not.toBe(archive.user_id);
  });
});

describe('a later sign-in', () => {
  it('for which Spotify names no id is the same listener by the account, and so is the one after', async () => {
    const first = await signIn('alice', 'A');
    const unnamed = { id: 'account:A', accountId: 'A', displayName: null, imageUrl: null };
    const id = await findSpotifyId(test.db, unnamed);
    expect(await signInUser(test.db, { ...unnamed, id })).toEqual(first);
    const other = { ...unnamed, id: 'account:B', accountId: 'B' };
    const bob = await signInUser(test.db, { ...other, id: await findSpotifyId(test.db, other) });
    expect((await signIn('bob', 'B')).user_id).toBe(bob.user_id);
    expect(await everyone()).toEqual([
      { spotify_id: 'alice', spotify_account_id: 'A' },
      { spotify_id: 'bob', spotify_account_id: 'B' },
    ]);
  });

  it('is the same listener', async () => {
    const first = await signIn('alice', 'A', 'Alice');
    expect(await signIn('alice', 'A')).toEqual(first);
    expect(await signIn('alice', 'A', 'Alice F.')).toEqual({ ...first, display_name: 'Alice F.' });
  });

  it('learns the account id when Spotify begins to tell it, and keeps it when Spotify stops', async () => {
    const first = await signIn('alice', null);
    expect((await signIn('alice', 'A')).user_id).toBe(first.user_id);
    expect((await signIn('alice', null)).user_id).toBe(first.user_id);
    expect(await everyone()).toEqual([{ spotify_id: 'alice', spotify_account_id: 'A' }]);
  });

  it('of the same account under a new id is the same listener', async () => {
    const first = await signIn('alice', 'A');
    expect(await signIn('alice-2', 'A')).toEqual({ ...first, spotify_id: 'alice-2' });
    expect(await everyone()).toEqual([{ spotify_id: 'alice-2', spotify_account_id: 'A' }]);
  });

  it('of another account under the same id is somebody else, and is not let in', async () => {
    await signIn('alice', 'A');
    expect(await refusal(signIn('alice', 'B'))).toBe(403);
    expect(await everyone()).toEqual([{ spotify_id: 'alice', spotify_account_id: 'A' }]);
  });

  it('works again once the id’s former owner has come by under the new one', async () => {
    const alice = await signIn('alice', 'A');
    await signIn('alice-2', 'A');
    const newcomer = await signIn('alice', 'B');
    expect(newcomer.user_id).not.toBe(alice.user_id);
  });

  it.each([null, 'A'])(
    'of a known account under an id that is another’s here (account id %j) is not let in',
    async (accountId) => {
      await signIn('alice', accountId);
      await signIn('bob', 'B');
      expect(await refusal(signIn('alice', 'B'))).toBe(403);
      expect(await everyone()).toEqual([
        { spotify_id: 'alice', spotify_account_id: accountId },
        { spotify_id: 'bob', spotify_account_id: 'B' },
      ]);
    },
  );
});

describe('a choice', () => {
  it('is the listener’s own', async () => {
    const alice = await signIn('alice', 'A');
    await signIn('bob', null);
    await updateTheme(test.db, alice.user_id, 'dark');
    await updateTimezone(test.db, alice.user_id, 'Europe/Berlin');
    expect(await signIn('alice', 'A')).toMatchObject({
      theme: 'dark',
      timezone: 'Europe/Berlin',
    });
    expect(await signIn('bob', null)).toMatchObject({ theme: null, timezone: 'UTC' });
    await updateTheme(test.db, alice.user_id, null);
    expect(await signIn('alice', 'A')).toMatchObject({ theme: null });
  });
});
