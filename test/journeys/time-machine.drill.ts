import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { useApp } from '../support/app.ts';
import {
  accessibilityFaults,
  hasBrowser,
  LOOKS,
  overflow,
  refusedByPolicy,
  useBrowser,
} from '../support/browser.ts';
import { signInByHand, useDemoArchive } from '../support/demo-archive.ts';

describe.skipIf(!hasBrowser)('a listener who travels in time', () => {
  const test = useApp();
  const browser = useBrowser();
  useDemoArchive(test);

  const heading = (page: Page): Promise<string> => page.locator('h1').innerText();

  it('goes from the timeline to a year, a month and a day, by links and by keys, and compares', async () => {
    const page = await browser.open();
    await signInByHand(test, page);
    await page.getByRole('link', { name: 'Time machine', exact: true }).click();
    await page.waitForURL(/time-machine$/);
    await page.locator('.timeline').getByRole('link', { name: '2024', exact: true }).click();
    await page.waitForURL(/\/2024(\?|$)/);
    await page.locator('canvas').nth(2).waitFor();
    expect(await refusedByPolicy(page)).toEqual([]);

    await page.getByRole('link', { name: /^Mar 2024\b.*1 snapshot/ }).click();
    await page.waitForURL(/\/2024\/03(\?|$)/);
    expect(await heading(page)).toBe('March 2024');
    await page.getByRole('link', { name: /^1 March 2024\b.*1 snapshot/ }).click();
    await page.waitForURL(/\/2024\/03\/01(\?|$)/);

    await page.keyboard.press('ArrowRight');
    await page.waitForURL(/\/2024\/04\/01(\?|$)/);
    await page.keyboard.press('ArrowLeft');
    await page.waitForURL(/\/2024\/03\/01(\?|$)/);
    expect(await page.locator('.arrows').innerText()).toContain('arrow keys');

    await page.getByLabel('Compare with another day').fill('2025-06-15');
    await page.keyboard.press('ArrowLeft');
    expect(page.url()).toMatch(/\/2024\/03\/01(\?|$)/);
    await page.getByLabel('Compare with another day').fill('2025-06-15');
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    await page.waitForURL(/with=2025-06-15/);
    expect(await page.locator('main').innerText()).toMatch(/no snapshot for 15 June 2025/);

    await page.getByLabel('Day to travel to').fill('2024-04-20');
    await page.getByRole('button', { name: 'Travel' }).click();
    await page.waitForURL(/\/2024\/04\/20(\?|$)/);
    expect(await page.locator('.notice[role=status]').innerText()).toContain('1 May 2024, 11 days later');
    expect(await page.getByRole('link', { name: 'Make a playlist' }).getAttribute('href')).toBe(
      '/playlists/new?from=snapshot&date=2024-05-01&range=short_term',
    );
  });

  it('needs no scripts', async () => {
    const page = await browser.open({ javaScriptEnabled: false });
    await signInByHand(test, page);
    await page.goto(`${test.baseUrl}/time-machine/2024`);
    expect(await page.locator('.arrows__keys').isVisible()).toBe(false);
    await page.locator('a[rel=next]').click();
    await page.waitForURL(/\/2025(\?|$)/);
    await page.locator('#bump summary').click();
    expect(await page.locator('#bump tbody tr').count()).toBe(10);
  });

  it.each(LOOKS)('finds every page whole and accessible at %i px, %s', async (width, colorScheme) => {
    const page = await browser.open({
      viewport: { width, height: 900 },
      colorScheme,
      reducedMotion: 'reduce',
    });
    await signInByHand(test, page);
    const faults: string[] = [];
    for (const address of [
      '/dashboard',
      '/time-machine',
      '/time-machine/2024',
      '/time-machine/2024/03',
      '/time-machine/2024/03/14?with=2025-01-01&range=long_term',
      '/time-machine/2019',
      '/time-machine/2024/02/30',
    ]) {
      await page.goto(test.baseUrl + address);
      for (const summary of await page.locator('summary').all()) await summary.click();
      if ((await overflow(page)) > 0) faults.push(`${address} is wider than the window`);
      faults.push(...(await refusedByPolicy(page)).map((what) => `${address} tried ${what}`));
      faults.push(...(await accessibilityFaults(page)).map((fault) => `${address} ${fault}`));
    }
    expect(faults).toEqual([]);
  });
});
