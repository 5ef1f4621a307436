import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { useDatabase } from '../support/database.ts';
import { insertArchive, runExport } from '../support/export-command.ts';
import { useDirectory } from '../support/old-archives.ts';
import { emptyTables } from '../support/table-dump.ts';

const ALICE = 'alice-stand-in';
const test = useDatabase();
const directory = useDirectory();
let files = 0;
const freshPath = (): string => path.join(directory, `export${(files += 1)}.db`);

beforeEach(() => emptyTables(test.patient));

const run = (args: readonly string[], env?: Record<string, string>) => runExport(test.url, args, env);

const refusal = async (args: readonly string[], env?: Record<string, string>): Promise<string> => {
  const { code, stdout, stderr } = await run(args, env);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  return stderr;
};

describe('the command', () => {
  it('2: never overwrites a file, whatever it is', async () => {
    await insertArchive(test.db, ALICE);
    const file = freshPath();
    writeFileSync(file, 'precious');
    expect(await refusal([file])).toContain(`${file} already exists`);
    expect(readFileSync(file, 'utf8')).toBe('precious');
    expect(await refusal([directory])).toContain('already exists');
    expect(await refusal([path.join(directory, 'none', 'x.db')])).toContain('There is no directory');
  });

  it('2: wrong use is explained', async () => {
    expect(await refusal([])).toContain('Name the one file to write.');
    expect(await refusal(['a.db', 'b.db'])).toContain('Name the one file to write.');
    expect(await refusal(['--frobnicate', 'a.db'])).toContain("Unknown option '--frobnicate'");
    expect(await refusal(['x.db'], { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' })).toContain(
      'not answering',
    );
  });

  it('asks which archive where there are several, and takes OWNER_SPOTIFY_ID for an answer', async () => {
    const file = freshPath();
    expect(await refusal([file])).toContain('no archive');
    await insertArchive(test.db, null);
    expect((await run([file])).stdout).toContain('unclaimed');
    await insertArchive(test.db, ALICE);
    await insertArchive(test.db, 'bob');
    const next = freshPath();
    for (const said of [await refusal([next]), await refusal([next, '--owner', 'carol'])])
      expect(said).toMatch(new RegExp(`--owner.*${ALICE}, bob.*1 unclaimed`));
    expect(existsSync(next)).toBe(false);
    expect((await run([next], { OWNER_SPOTIFY_ID: 'bob' })).stdout).toContain('the archive of bob');
    expect((await run([freshPath(), '--owner', ALICE], { OWNER_SPOTIFY_ID: 'bob' })).stdout).toContain(ALICE);
  });
});
