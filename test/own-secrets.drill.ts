import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const SPOTIFY = { SPOTIFY_CLIENT_ID: 'client', SPOTIFY_CLIENT_SECRET: 'a-client-secret' };

describe('a machine that was given no secrets', () => {
  let home: string;
  const secretsFile = (): string => path.join(home, '.data/secrets.json');
  beforeAll(async () => void (home = await mkdtemp(path.join(os.tmpdir(), 'mtm-config-'))));
  afterAll(() => rm(home, { recursive: true }));

  /** What several processes that start at once in the same new place read as theirs. */
  async function startTogether(count: number): Promise<string[]> {
    const at = Date.now() + 900;
    const program = `
      import { loadConfig } from ${JSON.stringify(path.resolve('src/config.ts'))};
      while (Date.now() < ${at}) ;
      try {
        const { sessionSecrets, tokenKeys } = loadConfig('web');
        console.log(sessionSecrets[0], tokenKeys[0].key.toString('base64'));
      } catch (error) { console.log(String(error)); }`;
    const tsx = import.meta.resolve('tsx');
    const { PATH } = process.env;
    const runs = Array.from({ length: count }, () =>
      promisify(execFile)('node', ['--import', tsx, '--input-type=module', '-e', program], {
        cwd: home,
        env: { ...SPOTIFY, PATH },
      }),
    );
    return (await Promise.all(runs)).map(({ stdout }) => stdout.trim());
  }

  it('makes its own, once, also when two processes start at once', async () => {
    const started = await startTogether(3);
    expect(new Set(started).size).toBe(1);
    expect(started[0]).toMatch(/^[\w+/=]{44} [\w+/=]{44}$/);
    expect((await stat(secretsFile())).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(secretsFile()))).mode & 0o777).toBe(0o700);
    expect(await readdir(path.dirname(secretsFile()))).toEqual(['secrets.json']);
    expect(await startTogether(1)).toEqual([started[0]]);
  });

  it('does not quote a secrets file it cannot read', async () => {
    await writeFile(secretsFile(), '{"sessionSecret": "planted');
    const [message] = await startTogether(1);
    expect(message).toMatch(/secrets\.json: .+/);
    expect(message).not.toContain('planted');
  });
});
