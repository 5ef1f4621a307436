import { beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
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

describe.skipIf(!hasBrowser)('audio features, in a real browser', () => {
  const test = useApp({ RECCOBEATS: 'yes', RECCOBEATS_URL: 'http://127.0.0.1:9' });
  const browser = useBrowser();
  const id = (n: number): string => `journey${String(n).padStart(15, '0')}`;
  const PAGE = '/settings/audio-features';

  beforeAll(async () => {
    await signInByHand(test, ALICE);
    for (let n = 0; n < 12; n += 1)
      await insertTrack(test.db, {
        trackId: id(n),
        name: `Song number ${n}`,
        features: n < 5 ? { energy: n / 10, valence: 0.5, danceability: 0.4 } : null,
      });
    const tracks = Array.from({ length: 12 }, (_, n) => id(n));
    await insertSnapshot(test.db, await userIdFor(test, ALICE), { date: '2026-01-01' }, tracks);
    await test.db.execute(`INSERT INTO enrichment_misses (source, track_id) VALUES ('spotify', $1)`, [id(7)]);
  });

  const signIn = async (page: Page): Promise<void> => {
    test.spotify.signInAs(ALICE);
    await page.goto(test.baseUrl);
    await page.getByRole('link', { name: 'Sign in with Spotify' }).click();
    await page.waitForURL(/dashboard/);
  };
  const load = async (page: Page, csv: string): Promise<void> => {
    await page.goto(test.baseUrl + PAGE);
    const file = { name: 'own.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) };
    await page.getByLabel('CSV file').setInputFiles(file);
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: 'Import' }).click()]);
  };

  it('a file is loaded, told of and removed again, also without scripts', async () => {
    const page = await browser.open({ javaScriptEnabled: false });
    await signIn(page);
    await load(page, `track_id,energy\n${id(7)},0.9\n${id(8)},nine\n`);
    await page.getByText('Imported features for 1 track').waitFor();
    await page.getByText('Line 3: energy is “nine”, not a number from 0 to 1.').waitFor();
    await page.goto(`${test.baseUrl}/tracks/${id(7)}`);
    await page.getByText('Source: your own file').waitFor();
    await page.getByText('Spotify no longer has this track').waitFor();
    await page.goto(test.baseUrl + PAGE);
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: 'Remove' }).click()]);
    await page.getByText('Removed your features for 1 track.').waitFor();
  });

  it.each(LOOKS)('is whole and accessible at %i px, %s', async (width, colorScheme) => {
    const page = await browser.open({
      viewport: { width, height: 900 },
      colorScheme,
      reducedMotion: 'reduce',
    });
    await signIn(page);
    const faults: string[] = [];
    const check = async (name: string): Promise<void> => {
      if ((await overflow(page)) > 0) faults.push(`${name} is wider than the window`);
      faults.push(...(await refusedByPolicy(page)).map((what) => `${name} tried ${what}`));
      faults.push(...(await accessibilityFaults(page)).map((fault) => `${name} ${fault}`));
      const shots = process.env.SCREENSHOTS;
      if (shots)
        await page.screenshot({ path: `${shots}/${width}-${colorScheme}-${name}.png`, fullPage: true });
    };
    const bad = `${'x'.repeat(200)},0.5\n`.repeat(25);
    await load(page, `track_id,energy,valence,danceability\n${id(7)},0.9,0.8,0.7\n${bad}`);
    await check('loaded');
    await page.goto(test.baseUrl + PAGE);
    await check('features');
    await page.goto(`${test.baseUrl}/tracks/${id(7)}`);
    await check('own');
    await page.goto(`${test.baseUrl}/tracks/${id(9)}`);
    await check('unknown');
    expect(faults).toEqual([]);
  });
});
