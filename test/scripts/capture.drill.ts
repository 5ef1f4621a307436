import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { saveConnection } from '../../src/users/connections.ts';
import { ALICE, BOB } from '../support/app.ts';
import { useConnected } from '../support/connected.ts';
import { deleteEverything } from '../support/database.ts';
import { insertListener } from '../support/factories.ts';
import { nodeArguments } from '../support/run-script.ts';
import { connect } from '../support/spotify-sign-in.ts';

const test = useConnected();
let alice: number;

beforeEach(async () => {
  await deleteEverything(test.db);
  alice = await test.connectListener(ALICE);
});

const countLists = async (userId: number): Promise<number> =>
  (
    await test.db.one<{ lists: number }>(
      'SELECT count(DISTINCT (snapshot_date, time_range))::int AS lists FROM snapshots WHERE user_id = $1',
      [userId],
    )
  ).lists;

interface CommandOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const runCommand = (changes: Readonly<Record<string, string>> = {}): Promise<CommandOutcome> =>
  new Promise((resolve) => {
    const env = {
      PATH: process.env.PATH,
      NODE_ENV: 'test',
      DATABASE_URL: test.url,
      TOKEN_ENCRYPTION_KEYS: `t1:${test.access.tokenKeys[0]?.key.toString('base64')}`,
      SESSION_SECRET: randomBytes(32).toString('base64'),
      SPOTIFY_CLIENT_ID: test.spotify.clientId,
      SPOTIFY_CLIENT_SECRET: test.spotify.clientSecret,
      SPOTIFY_ACCOUNTS_URL: test.spotify.accountsUrl,
      SPOTIFY_API_URL: test.spotify.apiUrl,
      ...changes,
    };
    execFile(process.execPath, nodeArguments('scripts/capture.ts'), { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });

describe('npm run capture', () => {
  it('captures every connected listener and answers 0', async () => {
    const bob = await test.connectListener(BOB);
    await insertListener(test.db, 'never-connected');
    const { code, stdout, stderr } = await runCommand();
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('2 of 2');
    expect(await countLists(alice)).toBe(3);
    expect(await countLists(bob)).toBe(3);
  });

  it('lets nobody’s trouble stop the others, and answers 1', async () => {
    await test.db.execute(`UPDATE users SET timezone = 'Nowhere/At all' WHERE user_id = $1`, [alice]);
    const revoked = await insertListener(test.db, 'revoked');
    test.spotify.signInAs(BOB);
    await saveConnection(test.db, revoked, test.access.tokenKeys, {
      ...(await connect(test.spotify)),
      refreshToken: 'gone',
    });
    const unreadable = await insertListener(test.db, 'unreadable');
    await saveConnection(test.db, unreadable, test.access.tokenKeys, await connect(test.spotify));
    await test.db.execute(`UPDATE spotify_connections SET access_token_expires_at = now()`);
    await test.db.execute(`UPDATE spotify_connections SET refresh_token = 'v1.t1.x.y.z' WHERE user_id = $1`, [
      unreadable,
    ]);
    const bob = await test.connectListener(BOB);
    const { code, stdout, stderr } = await runCommand();
    expect(code).toBe(1);
    expect(stdout).toContain('2 of 4');
    // (A time zone that the database does not know is no trouble: days go on by UTC.)
    for (const userId of [alice, bob]) expect(await countLists(userId)).toBe(3);
    for (const userId of [revoked, unreadable]) expect(stderr).toContain(`listener ${userId}:`);
    expect(stdout + stderr).not.toMatch(/v1\.t1\.|Bearer|stand-in-secret/);
  });

  it('names a wrong setting and answers 2', async () => {
    const { code, stderr } = await runCommand({ SPOTIFY_CLIENT_ID: '' });
    expect(code).toBe(2);
    expect(stderr).toContain('SPOTIFY_CLIENT_ID');
  });

  it('says that the database is away and answers 2', async () => {
    const { code, stderr } = await runCommand({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
    expect(code).toBe(2);
    expect(stderr).toContain('database');
    expect(stderr).not.toContain('127.0.0.1:1');
  });
});
