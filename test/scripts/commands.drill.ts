import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { useDatabase } from '../support/database.ts';
import { runScript } from '../support/run-script.ts';

const test = useDatabase();
const nowhere = 'postgres://nobody:a-secret@127.0.0.1:9/nothing';
const directory = mkdtempSync(path.join(os.tmpdir(), 'mtm-commands-'));

afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('npm run migrate', () => {
  it('is content with a schema that is up to date', async () => {
    const { code, output } = await runScript('scripts/migrate.ts', ['up'], {
      env: { DATABASE_URL: test.url },
    });
    expect(output).toContain('Nothing to do');
    expect(code).toBe(0);
  });

  it.each([
    ['what it does not know', ['sideways'], /^usage:/],
    ['a database that is away', ['up'], /not answering/],
  ])('answers 2 to %s, in plain words', async (_what, args, words) => {
    const { code, output } = await runScript('scripts/migrate.ts', args, { env: { DATABASE_URL: nowhere } });
    expect(output.trim()).toMatch(words);
    expect(output.trim().split('\n')).toHaveLength(1);
    expect(code).toBe(2);
  });
});

describe('npm run explain', () => {
  it('finds no hot query that reads a large table from end to end', async () => {
    const { code, output } = await runScript('scripts/measure/explain.ts');
    expect(output).toMatch(/^dashboard: \d+\.\d ms of database time in \d+ queries$/m);
    expect(output).toMatch(/ 50 .*snapshots_pkey/);
    expect(code).toBe(0);
  });

  it('says which pages there are, where it is asked for another', async () => {
    const { code, output } = await runScript('scripts/measure/explain.ts', ['--only', 'nothing']);
    expect(output).toMatch(/Pages: .*dashboard.*every page/);
    expect(code).toBe(2);
  });
});

describe('npm run demo', () => {
  it('names a file that is not there', async () => {
    const { code, output } = await runScript('scripts/demo.ts', ['nowhere.db'], { cwd: directory });
    expect(output).toContain('There is no file nowhere.db');
    expect(code).toBe(2);
  });
});
