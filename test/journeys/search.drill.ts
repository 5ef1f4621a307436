import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { ALICE, useApp, userIdFor, signIn as signInQuietly } from '../support/app.ts';
import {
  accessibilityFaults,
  hasBrowser,
  LOOKS,
  overflow,
  refusedByPolicy,
  useBrowser,
} from '../support/browser.ts';
import { insertPlaylist, insertSnapshot, insertTrack } from '../support/factories.ts';

describe.skipIf(!hasBrowser)('a listener who searches, in a real browser', () => {
  const test = useApp();
  const browser = useBrowser();

  beforeAll(async () => {
    await signInQuietly(test, ALICE);
    const aliceId = await userIdFor(test, ALICE);
    const tracks = [
      await insertTrack(test.db, {
        trackId: 'halo',
        name: 'Halo - Live at Wembley (Deluxe Anniversary Edition) [Remastered]',
        artistName: 'Beyoncé',
        albumName: 'I Am… Sasha Fierce',
        artists: ['beyonce'],
        releaseDate: '2008-11-18',
      }),
      await insertTrack(test.db, { name: '夜に駆ける', artistName: 'YOASOBI', albumName: 'THE BOOK' }),
      await insertTrack(test.db, {
        name: `Halo${'o'.repeat(400)}`,
        artistName: 'ع'.repeat(300),
        albumName: '"><img src=x onerror=alert(1)>',
      }),
    ];
    for (let n = 0; n < 45; n += 1)
      tracks.push(await insertTrack(test.db, { name: `Halo ${n}`, albumName: 'Many' }));
    await insertSnapshot(test.db, aliceId, { date: '2025-05-14' }, tracks.slice(0, 30));
    await insertPlaylist(test.db, aliceId, { playlistId: 'p' }, tracks);
    test.spotify.signInAs(ALICE);
  });

  const signIn = async (page: Page): Promise<void> => {
    await page.goto(test.baseUrl);
    await page.getByRole('link', { name: 'Sign in with Spotify' }).click();
    await page.waitForURL(/dashboard|unclaimed/);
  };

  it('is offered what the archive holds while typing, and goes there by keyboard alone', async () => {
    const page = await browser.open();
    await signIn(page);
    await page.goto(`${test.baseUrl}/search`);
    for (const name of ['Track, artist or album', 'Search your archive']) {
      const field = page.getByLabel(name);
      await field.focus();
      // At once: with a pause between two letters, the list would be drawn twice.
      await page.keyboard.insertText('beyon');
      const options = page.getByRole('option');
      await options.first().waitFor();
      expect(await options.allInnerTexts()).toEqual([
        expect.stringMatching(/BEYONCE\s+Artist\s+1 track/),
        expect.stringMatching(/Halo/),
      ]);
      expect(await field.getAttribute('aria-expanded')).toBe('true');
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(await overflow(page)).toBeLessThanOrEqual(0);
      await page.keyboard.press('ArrowDown');
      expect(await field.getAttribute('aria-activedescendant')).toBe(
        await options.first().getAttribute('id'),
      );
      expect(await options.first().getAttribute('aria-selected')).toBe('true');
      await page.keyboard.press('ArrowUp');
      expect(await field.getAttribute('aria-activedescendant')).toBeNull();
      await page.keyboard.press('ArrowUp');
      expect(await options.last().getAttribute('aria-selected')).toBe('true');
      await page.keyboard.press('Escape');
      expect(await field.getAttribute('aria-expanded')).toBe('false');
      expect(await field.inputValue()).toBe('beyon');
      await field.fill('');
    }
    await page.keyboard.insertText('beyonce');
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/artists\/beyonce$/);
    expect(await refusedByPolicy(page)).toEqual([]);
  });

  it('sends the words typed where nothing was chosen', async () => {
    const page = await browser.open();
    await signIn(page);
    await page.getByLabel('Search your archive').fill('beyonce');
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/search\?q=beyonce$/);
    expect(await page.locator('mark').allInnerTexts()).toEqual(['BEYONCE', 'BEYONCE']);
  });

  it('needs no scripts', async () => {
    const page = await browser.open({ javaScriptEnabled: false });
    await signIn(page);
    const field = page.getByLabel('Search your archive');
    expect(await field.getAttribute('role')).toBeNull();
    await field.fill('halo');
    await page.getByRole('button', { name: 'Search' }).first().click();
    await page.waitForURL(/\/search\?q=halo$/);
    await page.getByRole('link', { name: 'Next' }).click();
    await page.waitForURL(/page=2/);
    expect(await page.locator('main').innerText()).toContain('21 to 40');
  });

  it.each(LOOKS)(
    'finds every page of the search whole and accessible at %i px, %s',
    async (width, colorScheme) => {
      const page = await browser.open({
        viewport: { width, height: 900 },
        colorScheme,
        reducedMotion: 'reduce',
      });
      const dialogs: string[] = [];
      page.on('dialog', (dialog) => {
        dialogs.push(dialog.message());
        void dialog.dismiss();
      });
      await signIn(page);
      const faults: string[] = [];
      for (const query of [
        '',
        'halo',
        'halo&page=3',
        'beyonce',
        '駆け',
        'beyonse',
        'xqzwv year:x',
        '-halo',
        'img',
      ]) {
        await page.goto(`${test.baseUrl}/search?q=${query}`);
        if ((await overflow(page)) > 0) faults.push(`${query} is wider than the window`);
        faults.push(...(await refusedByPolicy(page)).map((what) => `${query} tried ${what}`));
        faults.push(...(await accessibilityFaults(page)).map((fault) => `${query} ${fault}`));
      }
      expect([...faults, ...dialogs]).toEqual([]);
    },
  );
});
