import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { ALICE, signIn as signInByHand, useApp, userIdFor } from '../support/app.ts';
import {
  accessibilityFaults,
  hasBrowser,
  LOOKS,
  overflow,
  refusedByPolicy,
  useBrowser,
} from '../support/browser.ts';
import { insertSnapshot, insertTrack } from '../support/factories.ts';

describe.skipIf(!hasBrowser)('taking an archive along and leaving, in a real browser', () => {
  const test = useApp();
  const browser = useBrowser();

  beforeAll(async () => {
    await signInByHand(test, ALICE);
    const aliceId = await userIdFor(test, ALICE);
    for (const date of ['2024-11-01', '2026-01-01'])
      await insertSnapshot(test.db, aliceId, { date }, [await insertTrack(test.db, { name: 'A song' })]);
  });

  async function signIn(options: Parameters<typeof browser.open>[0]): Promise<Page> {
    const page = await browser.open(options);
    test.spotify.signInAs(ALICE);
    await page.goto(`${test.baseUrl}/auth/spotify?return_to=%2Fsettings`);
    return page;
  }

  it.each(LOOKS)('the pages fit and can be read at %i pixels, %s', async (width, colorScheme) => {
    const page = await signIn({ viewport: { width, height: 900 }, colorScheme });
    for (const path of ['/settings/export', '/settings/disconnect', '/settings/delete', '/settings']) {
      await page.goto(test.baseUrl + path);
      expect.soft(await refusedByPolicy(page), path).toEqual([]);
      expect.soft(await overflow(page), path).toBeLessThanOrEqual(0);
      expect.soft(await accessibilityFaults(page), path).toEqual([]);
    }
    await page.context().close();
  });

  it('a listener takes the ZIP, and deletes everything only by typing the word', async () => {
    const page = await signIn({ viewport: { width: 1280, height: 900 } });
    await page.getByRole('link', { name: 'Export everything' }).click();
    const coming = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download the ZIP' }).click();
    const download = await coming;
    expect(
      readFileSync(await download.path())
        .subarray(0, 2)
        .toString(),
    ).toBe('PK');
    await page.goto(`${test.baseUrl}/settings/delete`);
    const button = page.getByRole('button', { name: 'Delete everything' });
    await button.click();
    // The browser itself asks for the word.
    expect(new URL(page.url()).pathname).toBe('/settings/delete');
    await page.getByLabel('Type the word').fill('delete');
    await button.click();
    await page.waitForURL(`${test.baseUrl}/`);
    expect(await test.db.many('SELECT FROM users WHERE spotify_id = $1', [ALICE])).toEqual([]);
  });
});
