import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inventTrack } from '../../scripts/spotify-stand-in/catalogue.ts';
import { ALICE, BOB, signIn as signInWithout, useApp } from '../support/app.ts';
import {
  accessibilityFaults,
  hasBrowser,
  LOOKS,
  overflow,
  refusedByPolicy,
  useBrowser,
} from '../support/browser.ts';
import { extendedRow, zipOf } from '../support/given-history.ts';

/** Twelve years of it, a fifth of the plays podcasts and the like. */
function inventHistory(): string {
  const rows = Array.from({ length: 3_000 }, (_, n) => {
    const { id, name, artists } = inventTrack(n % 60);
    return extendedRow({
      ts: new Date(Date.UTC(2013, 0, 1) + n * 35.5 * 3_600_000).toISOString().replace('.000Z', 'Z'),
      ms_played: (n * 7_919) % 260_000,
      spotify_track_uri: n % 9 === 0 ? null : `spotify:track:${id}`,
      master_metadata_track_name: n % 9 === 0 ? null : name,
      master_metadata_album_artist_name: artists[0]?.name ?? null,
      ...(n % 18 === 0 && { spotify_episode_uri: `spotify:episode:${id}`, episode_name: 'An episode' }),
      ...(n % 50 === 1 && { ms_played: -1 }),
      ...(n % 40 === 2 && { incognito_mode: true }),
    });
  });
  return JSON.stringify(rows);
}

describe.skipIf(!hasBrowser)('a newcomer with a ZIP of Spotify’s', () => {
  const test = useApp();
  const browser = useBrowser();
  const directory = mkdtempSync(path.join(tmpdir(), 'mtm-journey-'));
  const zip = path.join(directory, 'my_spotify_data.zip');
  const image = path.join(directory, 'Streaming_History_Audio_2020.json');

  beforeAll(async () => {
    writeFileSync(
      zip,
      await zipOf({
        'Spotify Extended Streaming History/Streaming_History_Audio_2013-2025.json': inventHistory(),
        'Spotify Extended Streaming History/Userdata.json': '{}',
      }),
    );
    writeFileSync(image, Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 0]));
    await signInWithout(test, ALICE);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const signIn = async (page: Page, listener: string): Promise<void> => {
    test.spotify.signInAs(listener);
    await page.goto(test.baseUrl);
    await page.getByRole('link', { name: 'Sign in with Spotify' }).click();
    await page.waitForURL(/dashboard/);
  };
  const upload = async (page: Page, file: string): Promise<void> => {
    await page.goto(`${test.baseUrl}/history/import`);
    await page.getByLabel('Files with your listening history').setInputFiles(file);
    await page.getByRole('button', { name: 'Upload' }).click();
    await page.waitForURL(/history\/import\/\d+$/);
    await page.getByRole('button', { name: /Cancel|Choose other files/ }).waitFor();
  };

  it('uploads it, sees what would happen, imports it, sees the history and undoes it', async () => {
    const page = await browser.open();
    await signIn(page, ALICE);
    await page.getByRole('link', { name: 'History', exact: true }).click();
    await page.getByRole('link', { name: 'Import your history' }).click();
    await page.waitForURL(/history\/import$/);
    await upload(page, zip);
    await page.locator('canvas').waitFor();
    const rows = await page.locator('.bucket__rows').allInnerTexts();
    expect(rows.reduce((sum, text) => sum + Number(text.replaceAll(',', '')), 0)).toBe(3_000);

    const before = await page.locator('.opening b').first().innerText();
    await page.getByRole('button', { name: 'Exclude private sessions' }).click();
    await page.getByRole('button', { name: 'Include private sessions' }).waitFor();
    expect(await page.locator('.opening b').first().innerText()).not.toBe(before);

    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByRole('button', { name: 'Undo this import' }).waitFor();
    expect(await page.getByRole('link', { name: /Download as CSV/ }).count()).toBeGreaterThan(3);
    await page.getByRole('link', { name: 'See your history' }).click();
    await page.waitForURL(/history\?span=all/);
    expect(await page.locator('h1').innerText()).toMatch(/plays$/);
    expect(await refusedByPolicy(page)).toEqual([]);

    await page.goBack();
    await page.getByRole('button', { name: 'Undo this import' }).click();
    await page.waitForURL(/history\/import#imports/);
    await page.goto(`${test.baseUrl}/history`);
    expect(await page.locator('h1').innerText()).toBe('Nothing played yet');
  });

  it('drops it on the page', async () => {
    const page = await browser.open();
    await signIn(page, ALICE);
    await page.goto(`${test.baseUrl}/history/import`);
    const dropped = await page.evaluateHandle(`(() => {
      const data = new DataTransfer();
      data.items.add(new File(['[]'], 'empty.json'));
      return data;
    })()`);
    await page.dispatchEvent('main', 'drop', { dataTransfer: dropped });
    await page.waitForURL(/history\/import\/\d+$/);
    await page.getByRole('button', { name: 'Choose other files' }).click();
    await page.waitForURL(/history\/import$/);
    await page.waitForURL(/history\/import$/);
  });

  it.each(LOOKS)('finds every page whole and accessible at %i px, %s', async (width, colorScheme) => {
    const page = await browser.open({ viewport: { width, height: 900 }, colorScheme });
    await signIn(page, BOB);
    const look = async (name: string): Promise<void> => {
      if (process.env.SHOTS !== undefined)
        await page.screenshot({
          path: `${process.env.SHOTS}/${name}-${width}-${colorScheme}.png`,
          fullPage: true,
        });
      expect.soft([name, await overflow(page)]).toEqual([name, 0]);
      expect.soft([name, await accessibilityFaults(page)]).toEqual([name, []]);
    };
    await page.goto(`${test.baseUrl}/history/import`);
    await look('form');
    await upload(page, image);
    await look('nothing');
    await page.getByRole('button', { name: 'Choose other files' }).click();
    await upload(page, zip);
    await page.locator('canvas').waitFor();
    await page.evaluate(`document.querySelectorAll('details').forEach((one) => (one.open = true))`);
    await look('offer');
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByRole('button', { name: 'Undo this import' }).waitFor();
    await look('receipt');
    await page.goto(`${test.baseUrl}/history/import`);
    await look('list');
    await page.goto(`${test.baseUrl}/settings`);
    await look('settings');
    await page.goto(`${test.baseUrl}/history`);
    await look('history');
    await page.goto(`${test.baseUrl}/history/import`);
    await page.locator('.past-import a').first().click();
    await page.getByRole('button', { name: 'Undo this import' }).click();
    await page.waitForURL(/#imports/);
  });
});
