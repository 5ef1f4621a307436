import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { ALICE, signIn as signInByHand, useApp, userIdFor } from '../support/app.ts';
import {
  accessibilityFaults,
  hasBrowser,
  LOOKS,
  overflow,
  press,
  refusedByPolicy,
  useBrowser,
} from '../support/browser.ts';
import { insertPlaylist, insertSnapshot, insertTrack } from '../support/factories.ts';

describe.skipIf(!hasBrowser)('what is hidden, in a real browser', () => {
  const test = useApp();
  const browser = useBrowser();
  const LONG = 'Rain on a tin roof that does not end before morning comes '.repeat(4);

  beforeAll(async () => {
    await signInByHand(test, ALICE);
    const aliceId = await userIdFor(test, ALICE);
    const ids = Array.from({ length: 30 }, (_, n) => `t${n}`);
    for (const [n, trackId] of ids.entries())
      await insertTrack(test.db, {
        trackId,
        name: n === 1 ? LONG : `Song number ${n}`,
        artistName: n < 2 ? 'RAIN' : 'ANN',
        artists: [n < 2 ? 'rain' : 'ann'],
        albumName: `Album ${n}`,
        features: { energy: n / 30, valence: n / 40, danceability: 0.5 },
      });
    await insertSnapshot(test.db, aliceId, { date: '2026-01-01' }, ids);
    await insertPlaylist(test.db, aliceId, { playlistId: 'p' }, ids.slice(0, 5));
  });

  const signIn = async (page: Page): Promise<void> => {
    test.spotify.signInAs(ALICE);
    await page.goto(test.baseUrl);
    await page.getByRole('link', { name: 'Sign in with Spotify' }).click();
    await page.waitForURL(/dashboard/);
  };

  it('is gone with one click, also without scripts, and back with another', async () => {
    const page = await browser.open({ javaScriptEnabled: false });
    await signIn(page);
    await page.goto(`${test.baseUrl}/tracks/t0`);
    await press(page, 'Hide this track');
    await page.getByText('This track is hidden.').waitFor();
    await page.goto(`${test.baseUrl}/dashboard`);
    expect(await page.locator('main').innerText()).not.toContain('Song number 0');
    await page.getByRole('link', { name: '1 hidden' }).click();
    await page.waitForURL(/settings\/hidden/);
    await press(page, /^Show again/);
    await page.getByText('You haven’t hidden anything.').waitFor();
    await page.goto(`${test.baseUrl}/dashboard`);
    expect(await page.locator('main').innerText()).toContain('Song number 0');
  });

  it('can be undone in the message that tells of it', async () => {
    const page = await browser.open();
    await signIn(page);
    await page.goto(`${test.baseUrl}/artists/rain`);
    await press(page, 'Hide this artist and their tracks');
    await press(page, 'Undo');
    await page.getByText('“RAIN” is no longer hidden.').waitFor();
  });

  it.each(LOOKS)('is whole and accessible at %i px, %s', async (width, colorScheme) => {
    const page = await browser.open({
      viewport: { width, height: 900 },
      colorScheme,
      reducedMotion: 'reduce',
    });
    const faults: string[] = [];
    await signIn(page);
    const check = async (address: string): Promise<void> => {
      await page.goto(test.baseUrl + address);
      const at = `${new URL(page.url()).pathname} at ${address}`;
      if ((await overflow(page)) > 0) faults.push(`${at} is wider than the window`);
      faults.push(...(await refusedByPolicy(page)).map((what) => `${at} tried ${what}`));
      faults.push(...(await accessibilityFaults(page)).map((fault) => `${at} ${fault}`));
      const shots = process.env.SCREENSHOTS;
      if (shots)
        await page.screenshot({
          path: `${shots}/${width}-${colorScheme}-${address.replaceAll('/', '_')}.png`,
          fullPage: true,
        });
    };
    await check('/settings/hidden');
    await page.goto(`${test.baseUrl}/tracks/t1`);
    await press(page, 'Hide this track');
    await check('/tracks/t1?flash=1');
    await page.goto(`${test.baseUrl}/artists/rain`);
    await press(page, 'Hide this artist');
    for (const address of ['/artists/rain', '/tracks/t1', '/settings/hidden', '/settings', '/dashboard'])
      await check(address);
    await check('/time-machine/2026/01/01');
    await check('/playlists/p');
    for (let left = 2; left > 0; left -= 1) {
      await page.goto(`${test.baseUrl}/settings/hidden`);
      await press(page, /^Show again/);
    }
    expect(faults).toEqual([]);
  });
});
