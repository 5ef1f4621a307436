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
import { insertArchiveTracks, insertPlaylist, insertSnapshot, insertTrack } from '../support/factories.ts';

describe.skipIf(!hasBrowser)('the page of a track and of an artist, in a real browser', () => {
  const test = useApp();
  const browser = useBrowser();
  const HOSTILE = '</script><script>alert(1)</script>\u202Eevil字'.repeat(12);

  beforeAll(async () => {
    await signInByHand(test, ALICE);
    const aliceId = await userIdFor(test, ALICE);
    const ids = Array.from({ length: 60 }, (_, n) => `t${n}`);
    for (const [n, trackId] of ids.entries()) {
      const share = (prime: number): number => ((n * prime) % 60) / 60;
      await insertTrack(test.db, {
        trackId,
        name: n === 1 ? HOSTILE : `Song number ${n} - Live at a Place with a Long Name`,
        artistName: 'Ann',
        albumName: n === 1 ? HOSTILE : 'An album',
        artists: ['ann', 'ben'],
        releaseDate: '1999-01-01',
        popularity: n,
        payload: { explicit: n % 2 === 0, note: HOSTILE },
        features:
          n % 10 === 9
            ? null
            : {
                energy: share(7),
                valence: share(11),
                danceability: share(13),
                acousticness: share(17),
                instrumentalness: 0,
                speechiness: 0.1,
                liveness: share(19),
                tempo: 90 + n,
              },
      });
    }
    for (const [month, date] of ['2024-11-01', '2024-12-01', '2025-02-01', '2026-01-01'].entries())
      for (const range of ['short_term', 'long_term'] as const)
        await insertSnapshot(
          test.db,
          aliceId,
          { date, range },
          month === 2 ? ids.slice(20) : ids.slice(0, 50),
        );
    await insertPlaylist(test.db, aliceId, { playlistId: 'p', name: HOSTILE }, ids.slice(0, 3));
    await insertTrack(test.db, { trackId: 'bare', name: 'Bare' });
    await insertArchiveTracks(test.db, aliceId, ['bare']);
  });

  const signIn = async (page: Page): Promise<void> => {
    test.spotify.signInAs(ALICE);
    await page.goto(test.baseUrl);
    await page.getByRole('link', { name: 'Sign in with Spotify' }).click();
    await page.waitForURL(/dashboard/);
  };

  it('leads from the list to the track, to what is like it, to the artist and to the payload', async () => {
    const page = await browser.open();
    await signIn(page);
    await page.getByRole('link', { name: 'Song number 2 ' }).first().click();
    await page.waitForURL(/\/tracks\/t2$/);
    await page.locator('canvas').nth(2).waitFor();
    expect(await page.locator('canvas').count()).toBe(3);
    await page.getByRole('link', { name: 'By six features' }).click();
    await page.waitForURL(/by=wide/);
    await page.locator('#similar .entry .title').first().click();
    await page.waitForURL(/\/tracks\/t\d+$/);
    await page.getByRole('link', { name: 'Read the original data' }).click();
    await page.waitForURL(/payload$/);
    expect(await page.locator('pre').first().innerText()).toContain('"explicit"');
    await page.goBack();
    await page.locator('h1 ~ p').getByRole('link', { name: 'ANN' }).click();
    await page.waitForURL(/\/artists\/ann$/);
    await page.getByRole('link', { name: 'Next' }).click();
    await page.waitForURL(/page=2/);
    expect(await page.locator('#tracks .entry').count()).toBe(20);
  });

  it('draws nothing without scripts, and the tables stand alone', async () => {
    const page = await browser.open({ javaScriptEnabled: false });
    await signIn(page);
    await page.goto(`${test.baseUrl}/tracks/t2`);
    expect(await page.locator('canvas').count()).toBe(0);
    expect(await page.locator('.chart__drawing').first().isVisible()).toBe(false);
    await page.locator('#rank-short_term summary').click();
    expect(await page.locator('#rank-short_term table').innerText()).toContain('not in the list');
  });

  it.each(LOOKS)('is whole and accessible at %i px, %s', async (width, colorScheme) => {
    const page = await browser.open({
      viewport: { width, height: 900 },
      colorScheme,
      reducedMotion: 'reduce',
    });
    const faults: string[] = [];
    page.on('dialog', (dialog) => faults.push(`dialog ${dialog.message()}`));
    page.on('pageerror', (error) => faults.push(error.message));
    await signIn(page);
    for (const address of [
      '/tracks/t2',
      '/tracks/t1?by=wide',
      '/tracks/t9',
      '/tracks/bare',
      '/tracks/t1/payload',
      '/artists/ann',
      '/artists/ben?page=2',
    ]) {
      const answer = await page.goto(test.baseUrl + address);
      if (answer?.status() !== 200) faults.push(`${address} is not there`);
      await page.evaluate(`for (const details of document.querySelectorAll('details')) details.open = true`);
      if ((await overflow(page)) > 0) faults.push(`${address} is wider than the window`);
      faults.push(...(await refusedByPolicy(page)).map((what) => `${address} tried ${what}`));
      faults.push(...(await accessibilityFaults(page)).map((fault) => `${address} ${fault}`));
    }
    expect(faults).toEqual([]);
  });
});
