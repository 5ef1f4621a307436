import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { useGenericMoves, WEATHER } from '../../support/generic-moves.ts';
import { ended, isQuiet, startMove } from '../../support/move-command.ts';
import { insert } from '../../support/old-archives.ts';

const { test, directory, file, move, rows, dump } = useGenericMoves();

const start = (args: readonly string[]) => startMove(args, { DATABASE_URL: test.url });
const run = (...args: string[]) => ended(start(args));

const weather = (temperature: unknown, rowCount = 1) =>
  file(WEATHER, (db) => {
    for (let n = 0; n < rowCount; n += 1)
      insert(db, 'weather_history', { location: 'Vienna', temperature, timestamp: '2024-01-01T10:00:00Z' });
  });

it('exit code 0: moved, verified, with a dated backup and the source untouched', async () => {
  const source = weather(21.5);
  const before = readFileSync(source);
  const result = await run(source, '--generic', '--schema', 's');
  expect(result).toMatchObject({ code: 0, stderr: '' });
  expect(result.stdout).toMatch(/s\.weather_history\s+1\s+1\s+0\s+0\s+0/);
  expect(result.stdout).toContain('Moved and verified value by value');
  expect(readFileSync(source).equals(before)).toBe(true);
  expect(readdirSync(directory).filter((name) => /_backup_\d{4}_\d\d_\d\d\.db$/.test(name))).toHaveLength(1);
  expect((await run(source, '--generic', '--schema', 's', '--verify-only')).stdout).toContain('Verified');
});

it('exit code 1: moved, with rejects; --json prints nothing but the report', async () => {
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
});

it.each([
  [['--generic'], '--schema'],
  [['--generic', '--schema', 'public'], 'cannot be called public'],
  [['--generic', '--schema', 's', '--assume-timezone', 'Mars/Base'], 'no time zone'],
  [['--no-backup'], '--generic --schema NAME'],
])('exit code 2: %j writes nothing', async (args, message) => {
  const result = await run(weather(1), ...args);
  expect(result.code).toBe(2);
  expect(result.stderr).toContain(message);
  expect(result.stderr).not.toContain('    at ');
});

it('exit code 3: verified before it was moved', async () => {
  const result = await run(weather(1), '--generic', '--schema', 's', '--verify-only');
  expect(result.code).toBe(3);
  expect(result.stderr).toContain('Verification failed');
});

it('killed at any moment it leaves nothing behind, and the next run ends as if undisturbed', async () => {
  const source = weather(21.5, 40_000);
  for (const delay of [700, 1_000, 1_300]) {
    const child = start([source, '--generic', '--schema', 's', '--no-backup']);
    const end = ended(child);
    await wait(delay);
    child.kill('SIGKILL');
    await end;
    await isQuiet(test.db);
    // All or nothing: it may have been done.
    const made = await rows(`SELECT FROM pg_namespace WHERE nspname = 's'`);
    if (made.length > 0) break;
  }
  const report = await move(source);
  expect(report.tables).toMatchObject([{ read: 40_000 }]);
  expect((await dump()).weather_history).toHaveLength(40_000);
  expect((await move(source, { mode: 'verify' })).changed).toBe(false);
});
