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
import { HANGS_MS } from '../support/drill.ts';

describe.skipIf(!hasBrowser)('a listener who looks for moods and sifts their tracks', () => {
  const test = useApp();
  const browser = useBrowser();
  useDemoArchive(test);

  it('enters the map by mouse, by keyboard and by its quadrants', async () => {
    const page = await browser.open({ viewport: { width: 1280, height: 900 } });
    await signInByHand(test, page);
    await page.goto(`${test.baseUrl}/mood`);
    const reader = page.locator('.plane__reader a');
    await page.getByRole('button', { name: 'Next track' }).press('Enter');
    const [first, href] = [await reader.innerText(), await reader.getAttribute('href')];
    expect(href).toMatch(/^\/tracks\/\w+/);
    await page.getByRole('button', { name: 'Next track' }).press('Enter');
    expect(await reader.innerText()).not.toBe(first);

    const plane = page.locator('.plane');
    await plane.scrollIntoViewIfNeeded();
    const point = await page.evaluate<{ x: number; y: number; label: string }>(`(() => {
      const canvas = document.querySelector('#mood-map canvas');
      const box = canvas.getBoundingClientRect();
      const meta = Chart.getChart(canvas).getDatasetMeta(0).data;
      const [{ labels }] = JSON.parse(document.querySelector('.plane script').textContent);
      const at = meta.findIndex(({ x, y }) => x > 200 && x < 260 && y > 120 && y < 200);
      return { x: box.left + meta[at].x, y: box.top + meta[at].y, label: labels[at] };
    })()`);
    await page.mouse.move(point.x, point.y);
    await expect.poll(() => reader.innerText(), { timeout: HANGS_MS }).toBe(point.label);
    await page.mouse.click(point.x, point.y);
    await page.waitForURL(/\/tracks\//);

    await page.goto(`${test.baseUrl}/mood`);
    await page.locator('.plane__quadrant--calm a').press('Enter');
    await page.waitForURL(/\/mood\/calm$/);
    expect(await page.locator('.entries .entry').count()).toBe(50);
    expect(await page.locator('h1').innerText()).toBe('Calm & peaceful');
  });

  it('reads the four moods without scripts', async () => {
    const page = await browser.open({ javaScriptEnabled: false });
    await signInByHand(test, page);
    await page.goto(`${test.baseUrl}/mood`);
    expect(await page.locator('.mood').count()).toBe(4);
    expect(await page.locator('canvas').count()).toBe(0);
    await page.locator('.plane__quadrant--sad a').click();
    await page.waitForURL(/\/mood\/sad$/);
  });

  it('sifts the tracks, takes a filter away and downloads what is left; without scripts too', async () => {
    for (const javaScriptEnabled of [true, false]) {
      const page = await browser.open({ javaScriptEnabled, viewport: { width: 390, height: 900 } });
      await signInByHand(test, page);
      await page.goto(`${test.baseUrl}/explore`);
      await page.locator('summary', { hasText: 'Sound' }).click();
      await page.getByLabel('Energy from').fill('0.8');
      await page.getByLabel('Sort by').selectOption('-valence');
      await page.getByRole('button', { name: 'Show tracks' }).click();
      await page.waitForURL(`${test.baseUrl}/explore?energy_from=0.8&sort=-valence`);
      const found = await page.locator('.explore__finding').innerText();
      expect(found).toMatch(/^\d+ of 1,900 tracks$/);
      const download = page.waitForEvent('download');
      await page.getByRole('link', { name: 'Download as CSV' }).click();
      expect((await download).suggestedFilename()).toBe('explored-tracks.csv');
      await page.getByRole('link', { name: /^Remove Energy\b.*0\.8/ }).click();
      await page.waitForURL(`${test.baseUrl}/explore?sort=-valence`);
    }
  });

  it.each(LOOKS)('finds these pages whole and accessible at %i px, %s', async (width, colorScheme) => {
    const page = await browser.open({
      viewport: { width, height: 900 },
      colorScheme,
      reducedMotion: 'reduce',
    });
    await signInByHand(test, page);
    const faults: string[] = [];
    for (const address of [
      '/mood',
      '/mood?range=long_term',
      '/mood/angry?page=2',
      '/explore',
      '/explore?energy_from=0.5&released_to=2010&range=short_term&sort=-instrumentalness',
      '/explore?energy_from=5&tempo_from=200&tempo_to=100&sort=x&precision=century',
      '/explore?energy_from=1&acousticness_from=1',
    ]) {
      await page.goto(test.baseUrl + address);
      await page.waitForLoadState('networkidle');
      if ((await overflow(page)) > 0) faults.push(`${address} is wider than the window`);
      faults.push(...(await refusedByPolicy(page)).map((what) => `${address} tried ${what}`));
      faults.push(...(await accessibilityFaults(page)).map((fault) => `${address} ${fault}`));
    }
    expect(faults).toEqual([]);
  });
});
