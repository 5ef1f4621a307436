import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { createDb } from '../../src/db.ts';
import { rotateTokens } from '../../src/users/rotate-tokens.ts';
import { openToken, sealToken, type SealingKey } from '../../src/users/token-cipher.ts';
import { useDatabase } from '../support/database.ts';
import { insertListener } from '../support/factories.ts';
import { runScript, startScript } from '../support/run-script.ts';

const test = useDatabase();
const keyOf = (id: string): SealingKey => ({ id, key: randomBytes(32) });
const [old, current] = [keyOf('2025_a'), keyOf('2026')];
const KEYS = [current, old];
let listeners: number[] = [];

beforeEach(async () => {
  await test.db.execute('DELETE FROM users');
  listeners = [];
  for (const name of ['a', 'b', 'c']) listeners.push(await connect(name, [old]));
});

async function connect(name: string, keys: readonly SealingKey[]): Promise<number> {
  const userId = await insertListener(test.db, name);
  await test.db.execute(
    `INSERT INTO spotify_connections (user_id, access_token, refresh_token, scope) VALUES ($1, $2, $3, '')`,
    [
      userId,
      sealToken(keys, `access of ${name}`, userId, 'access_token'),
      sealToken(keys, `refresh of ${name}`, userId, 'refresh_token'),
    ],
  );
  return userId;
}

async function openAll(keys: readonly SealingKey[]): Promise<string[]> {
  const rows = await test.db.many<{ user_id: number; refresh_token: string }>(
    'SELECT user_id, refresh_token FROM spotify_connections ORDER BY user_id',
  );
  return rows.map((row) => openToken(keys, row.refresh_token, row.user_id, 'refresh_token'));
}

describe('a change of keys', () => {
  it('seals every token with the newest key, so that the old one can go', async () => {
    expect(await rotateTokens(test.db, KEYS)).toEqual({ sealed: 6, unreadable: 0 });
    expect(await openAll([current])).toEqual(['refresh of a', 'refresh of b', 'refresh of c']);
    expect(await rotateTokens(test.db, KEYS)).toEqual({ sealed: 0, unreadable: 0 });
  });

  it('leaves alone what a running app has renewed meanwhile', async () => {
    const [first = 0] = listeners;
    const renewed = sealToken([old], 'renewed', first, 'refresh_token');
    // The app renews the token between our reading it and our writing it.
    const racing = createDb({ url: test.url, poolMin: 0, poolMax: 2, applicationName: 'rotate-test' });
    const db = {
      ...racing,
      execute: async (sql: string, values?: readonly unknown[]) => {
        if (values?.[0] === first && sql.includes('refresh_token'))
          await test.db.execute('UPDATE spotify_connections SET refresh_token = $2 WHERE user_id = $1', [
            first,
            renewed,
          ]);
        return racing.execute(sql, values);
      },
    };
    expect(await rotateTokens(db, KEYS)).toEqual({ sealed: 5, unreadable: 0 });
    await racing.close();
    expect(await openAll(KEYS)).toEqual(['renewed', 'refresh of b', 'refresh of c']);
  });

  it('counts what none of the keys opens, and leaves it as it is', async () => {
    const lost = await connect('d', [keyOf('lost')]);
    const before = await test.db.one('SELECT * FROM spotify_connections WHERE user_id = $1', [lost]);
    expect(await rotateTokens(test.db, KEYS)).toEqual({ sealed: 6, unreadable: 2 });
    expect(await test.db.one('SELECT * FROM spotify_connections WHERE user_id = $1', [lost])).toEqual(before);
  });

  it('by the command, killed in the middle and run again, ends with every token under the newest key', async () => {
    for (let n = 0; n < 300; n += 1) await connect(`many ${n}`, [old]);
    const env = {
      PATH: process.env.PATH ?? '',
      DATABASE_URL: test.url,
      SPOTIFY_CLIENT_ID: 'x',
      SPOTIFY_CLIENT_SECRET: 'x',
      TOKEN_ENCRYPTION_KEYS: KEYS.map(({ id, key }) => `${id}:${key.toString('base64')}`).join(','),
    };
    const killed = startScript('scripts/rotate-token-keys.ts', [], { env });
    const countNew = async () =>
      (await test.db.many(`SELECT FROM spotify_connections WHERE access_token LIKE 'v1.2026.%'`)).length;
    await expect.poll(countNew, { timeout: 30_000, interval: 2 }).toBeGreaterThan(0);
    killed.child.kill('SIGKILL');
    await killed.ended;
    const { code, output } = await runScript('scripts/rotate-token-keys.ts', [], { env });
    expect([code, output]).toEqual([0, expect.stringContaining('key 2026')]);
    expect(await openAll([current])).toHaveLength(303);
  });
});
