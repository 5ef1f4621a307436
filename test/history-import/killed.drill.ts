import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeExtendedPackage, type PackageReceipt } from '../../scripts/invented/listening/package.ts';
import { discardAbandonedImports } from '../../src/history-import/imports.ts';
import { deleteEverybody, useDatabase } from '../support/database.ts';
import { listStrayDerived } from '../support/derived.ts';
import { startScript } from '../support/run-script.ts';

const test = useDatabase();
const directory = mkdtempSync(path.join(os.tmpdir(), 'mtm-killed-'));
const file = path.join(directory, 'my_spotify_data.zip');
const KILLS = 20;
let receipt: PackageReceipt;

beforeAll(async () => {
  receipt = await writeExtendedPackage(file, { seed: 9, rows: 20_000, files: 3 });
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const start = () =>
  startScript('scripts/import-history.ts', [file, '--owner', 'alice'], {
    env: { DATABASE_URL: test.url, PATH: process.env.PATH ?? '' },
  });
const countPlays = async () =>
  (await test.patient.one<{ plays: number }>('SELECT count(*)::int AS plays FROM plays')).plays;

/** A backend notices that its client is gone with its next answer. */
async function waitUntilGone(): Promise<void> {
  for (;;) {
    const left = await test.db.many(`SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'import-history'`);
    if (left.length === 0) return;
    await sleep(50);
  }
}

it(`an import that is killed at ${KILLS} points is there whole or not at all, and the next run completes it`, async () => {
  const began = performance.now();
  const whole = start();
  expect(await whole.ended).toBe(1);
  const wholeMs = performance.now() - began;
  await deleteEverybody(test.patient);
  const seen = new Set<number>();
  for (let kill = 0; kill < KILLS; kill += 1) {
    const run = start();
    await sleep((wholeMs * (kill + 1)) / KILLS);
    run.child.kill('SIGKILL');
    await run.ended;
    await waitUntilGone();
    const plays = await countPlays();
    seen.add(plays);
    expect([0, receipt.fates.play]).toContain(plays);
    expect(await listStrayDerived(test.patient)).toEqual([]);
  }
  expect(seen.has(0)).toBe(true);
  expect(await start().ended).toBe(1);
  expect(await countPlays()).toBe(receipt.fates.play);
  // What was read waits a day for a yes.
  await test.db.execute(
    `UPDATE history_imports SET leased_until = now() - interval '1 second', read_at = read_at - interval '25 hours'`,
  );
  await discardAbandonedImports(test.patient);
  expect(await test.db.many('SELECT FROM staged_plays')).toEqual([]);
});
