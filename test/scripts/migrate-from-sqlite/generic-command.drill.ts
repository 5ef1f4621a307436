import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { useGenericMoves, WEATHER } from '../../support/generic-moves.ts';
import { insert } from '../../support/old-archives.ts';

const { test, directory, file, move, rows, dump } = useGenericMoves();
const TIMEOUT = 60_000;

function start(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', 'scripts/migrate-from-sqlite.ts', ...args], {
    cwd: path.resolve(import.meta.dirname, '../../..'),
    env: { PATH: process.env.PATH, HOME: process.env.HOME, DATABASE_URL: test.url },
  });
}

function ended(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

const run = (...args: string[]) => ended(start(args));

const weather = (temperature: unknown, rowCount = 1) =>
  file(WEATHER, (db) => {
    for (let n = 0; n < rowCount; n += 1)
      insert(db, 'weather_history', { location: 'Vienna', temperature, timestamp: '2024-01-01T10:00:00Z' });
  });

it(
  'exit code 0: moved, verified, with a dated backup and the source untouched',
  async () => {
    const source = weather(21.5);
    const before = readFileSync(source);
    const result = await run(source, '--generic', '--schema', 's');
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toMatch(/s\.weather_history\s+1\s+1\s+0\s+0\s+0/);
    expect(result.stdout).toContain('Moved and verified value by value');
    expect(readFileSync(source).equals(before)).toBe(true);
    expect(readdirSync(directory).filter((name) => /_backup_\d{4}_\d\d_\d\d\.db$/.test(name))).toHaveLength(
      1,
    );
    expect((await run(source, '--generic', '--schema', 's', '--verify-only')).stdout).toContain('Verified');
  },
  TIMEOUT,
);

it(
  'exit code 1: moved, with rejects; --json prints nothing but the report',
  async () => {
    const result = await run(weather('warm', 2), '--generic', '--schema', 's', '--json', '--no-backup');
    const source = file('CREATE TABLE t (n INTEGER)', (db) => insert(db, 't', { n: 1 }, { n: 'x' }));
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const odd = await run(source, '--generic', '--schema', 'odd', '--json', '--no-backup');
    expect(odd).toMatchObject({ code: 1, stderr: '' });
    expect(JSON.parse(odd.stdout)).toMatchObject({
      schema: 'odd',
      created: true,
      rejects: [{ table: 't', column: 'n', reason: 'not a whole number', count: 1 }],
    });
    await rows('DROP SCHEMA odd CASCADE');
  },
  TIMEOUT,
);

it.each([
  [['--generic'], '--schema'],
  [['--generic', '--schema', 'public'], 'cannot be called public'],
  [['--generic', '--schema', 's', '--assume-timezone', 'Mars/Base'], 'no time zone'],
  [['--no-backup'], '--generic --schema NAME'],
])(
  'exit code 2: %j writes nothing',
  async (args, message) => {
    const result = await run(weather(1), ...args);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain(message);
    expect(result.stderr).not.toContain('    at ');
  },
  TIMEOUT,
);

it(
  'exit code 3: verified before it was moved',
  async () => {
    const result = await run(weather(1), '--generic', '--schema', 's', '--verify-only');
    expect(result.code).toBe(3);
    expect(result.stderr).toContain('Verification failed');
  },
  TIMEOUT,
);

it(
  'killed at any moment it leaves nothing behind, and the next run ends as if undisturbed',
  async () => {
    const source = weather(21.5, 40_000);
    for (const delay of [700, 1_000, 1_300]) {
      const child = start([source, '--generic', '--schema', 's', '--no-backup']);
      const end = ended(child);
      await wait(delay);
      child.kill('SIGKILL');
      if ((await end).code === 0) break;
      expect(await rows(`SELECT FROM pg_namespace WHERE nspname = 's'`)).toEqual([]);
    }
    const report = await move(source);
    expect(report.tables).toMatchObject([{ read: 40_000 }]);
    expect((await dump()).weather_history).toHaveLength(40_000);
    expect((await move(source, { mode: 'verify' })).changed).toBe(false);
  },
  TIMEOUT,
);
