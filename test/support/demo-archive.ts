import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { writeDemoArchive } from '../../scripts/demo/archive/write.ts';
import { moveArchive } from '../../scripts/migrate-from-sqlite/move-archive.ts';
import { ALICE, type TestApp } from './app.ts';

/** Alice's demo archive, both halves, moved as she would before the first test of a file. */
export function useDemoArchive(test: TestApp): void {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mtm-journey-'));
  beforeAll(async () => {
    const { snapshotsFile, playlistsFile } = writeDemoArchive({ directory, endDate: '2026-11-21' });
    for (const file of [snapshotsFile, playlistsFile])
      await moveArchive({ db: test.patient, file, owner: ALICE, backup: false });
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
}

/** Alice signs in by hand, in a browser, to the dashboard. */
export async function signInByHand(test: TestApp, page: Page, baseUrl = test.baseUrl): Promise<void> {
  test.spotify.signInAs(ALICE);
  await page.goto(baseUrl);
  await page.getByRole('link', { name: 'Sign in with Spotify' }).click();
  await page.waitForURL(/dashboard/);
}
