import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { streamArchive } from '../../src/exports/stream-archive.ts';
import { useDatabase } from '../support/database.ts';
import { insertListener, insertSnapshot, insertTrack } from '../support/factories.ts';
import { runScript } from '../support/run-script.ts';

describe('npm run restore', () => {
  const here = useDatabase();
  const there = useDatabase();
  const directory = mkdtempSync(path.join(tmpdir(), 'import-test-'));
  const file = path.join(directory, 'alice.zip');
  const run = (...args: string[]) =>
    runScript('scripts/restore.ts', args, {
      env: { PATH: process.env.PATH ?? '', DATABASE_URL: there.url, NODE_ENV: 'test' },
    });

  beforeAll(async () => {
    const alice = await insertListener(here.db, 'alice');
    await insertSnapshot(here.db, alice, { date: '2026-01-01' }, [await insertTrack(here.db)]);
    await pipeline(streamArchive(here.db, alice), createWriteStream(file));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('restores an export and says so; once more it is refused', async () => {
    const first = await run(file);
    expect(first.output).toContain('the archive of alice');
    expect(first.code).toBe(0);
    const second = await run(file);
    expect(second.output).toContain('already has an archive here');
    expect(second.code).toBe(2);
  });

  it('ends with 2 and writes nothing for a file that is no export, or none at all', async () => {
    const other = path.join(directory, 'other.zip');
    writeFileSync(other, 'no ZIP');
    for (const args of [[other], [], ['a', 'b'], ['--what']]) expect((await run(...args)).code).toBe(2);
  });
});
