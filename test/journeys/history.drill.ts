import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { inventedPlays } from '../../scripts/demo/plays.ts';
import { inventTrack } from '../../scripts/spotify-stand-in/catalogue.ts';
import { addTracks } from '../../src/catalogue/tracks.ts';
import { readTrack } from '../../src/spotify/schemas.ts';
import { ALICE, BOB, signIn as signInWithout, useApp, userIdFor } from '../support/app.ts';
import {
  accessibilityFaults,
  hasBrowser,
  LOOKS,
  overflow,
  refusedByPolicy,
  useBrowser,
} from '../support/browser.ts';
import { insertPlays } from '../support/factories.ts';

const DAY_MS = 86_400_000;
const WITHOUT_CHARTS = [
  '/history?q=the',
  '/settings',
  '/history/top',
  '/history/top?of=artists&order=minutes&span=all',
  '/history/top?of=albums&order=rank',
  '/history/when?span=all',
  '/history/skips?span=all',
];

describe.skipIf(!hasBrowser)('a listener who looks at what they played', () => {
  const test = useApp();
  const browser = useBrowser();

  beforeAll(async () => {
    await signInWithout(test, ALICE);
    const userId = await userIdFor(test, ALICE);
    const songs = Array.from({ length: 40 }, (_, n) => inventTrack(n));
    await test.db.withTransaction((tx) =>
      addTracks(
        tx,
        userId,
        songs.map(readTrack).filter((track) => track !== null),
      ),
    );
    const plays = inventedPlays(songs, new Date(Date.now() - 60 * DAY_MS), new Date()).map(
      ({ played_at: at, track }) => [at, (track as { id: string }).id] as const,
    );
    await insertPlays(test.db, userId, plays);
    await test.db.execute(
      `INSERT INTO play_gaps (user_id, after_played_at, before_played_at)
       SELECT user_id, played_at, next FROM (
         SELECT user_id, played_at, lead(played_at) OVER (ORDER BY played_at) AS next
         FROM plays WHERE user_id = $1 ORDER BY played_at DESC LIMIT 6) AS newest
       WHERE next IS NOT NULL ORDER BY played_at LIMIT 1`,
      [userId],
    );
  });

  const signIn = async (page: Page, listener = ALICE): Promise<void> => {
    test.spotify.signInAs(listener);
    await page.goto(test.baseUrl);
    await page.getByRole('link', { name: 'Sign in with Spotify' }).click();
    await page.waitForURL(/dashboard/);
  };

  it('sees the figures, goes back through the plays, finds one and narrows to a day', async () => {
    const page = await browser.open();
    await signIn(page);
    await page.getByRole('link', { name: 'History', exact: true }).click();
    await page.waitForURL(/history$/);
    expect(await page.locator('h1').innerText()).toMatch(/plays$/);
    await page.locator('canvas').nth(1).waitFor();
    expect(await page.locator('.heat rect').count()).toBeGreaterThan(360);
    expect(await page.locator('.history-gap').count()).toBe(1);
    expect(await refusedByPolicy(page)).toEqual([]);

    const newest = await page.locator('.history-plays li').first().innerText();
    await page.getByRole('link', { name: 'Older plays' }).click();
    await page.waitForURL(/after=/);
    expect(await page.locator('.history-plays .entry').count()).toBe(50);
    expect(await page.locator('.history-plays li').first().innerText()).not.toBe(newest);
    await page.getByRole('link', { name: 'See the whole history' }).click();
    await page.waitForURL(/history$/);

    await page.getByLabel('Track, artist or album', { exact: true }).fill(inventTrack(0).name);
    await page.locator('.history-filter').getByRole('button').click();
    await page.waitForURL(/q=/);
    expect(await page.locator('#plays-heading').innerText()).toBe('Plays found');
    const names = await page.locator('.history-plays .entry__title').allInnerTexts();
    expect(new Set(names)).toEqual(new Set([inventTrack(0).name]));

    await page.goto(`${test.baseUrl}/history?span=all`);
    await page.locator('summary', { hasText: 'table' }).first().click();
    expect(await page.locator('details[open] tbody tr').count()).toBeGreaterThan(1);
  });

  it.each(LOOKS)('finds every page whole and accessible at %i px, %s', async (width, colorScheme) => {
    const page = await browser.open({ viewport: { width, height: 900 }, colorScheme });
    await signIn(page);
    const { album } = await test.db.one<{ album: string }>(
      'SELECT album_id AS album FROM played_albums ORDER BY plays DESC LIMIT 1',
    );
    const withCharts = ['/history', '/history?span=all'];
    for (const path of [...withCharts, ...WITHOUT_CHARTS, `/albums/${encodeURIComponent(album)}`]) {
      await page.goto(test.baseUrl + path);
      if (withCharts.includes(path)) await page.locator('canvas').nth(1).waitFor();
      expect([path, await overflow(page)]).toEqual([path, 0]);
      expect([path, await accessibilityFaults(page)]).toEqual([path, []]);
    }
  });

  it('whose consent has ended mends it with one click from where they are', async () => {
    const page = await browser.open({ viewport: { width: 390, height: 900 } });
    await signIn(page, BOB);
    await page.goto(`${test.baseUrl}/history`);
    expect(await page.locator('h1').innerText()).toBe('Nothing played yet');
    for (const path of ['/history', ...WITHOUT_CHARTS]) {
      await page.goto(test.baseUrl + path);
      expect([path, await overflow(page), await accessibilityFaults(page)]).toEqual([path, 0, []]);
    }
    await page.goto(`${test.baseUrl}/history`);
    await test.db.execute(
      `UPDATE spotify_connections SET refresh_token = NULL, access_token = NULL, needs_reconnect_since = now()
       WHERE user_id = $1`,
      [await userIdFor(test, BOB)],
    );
    await page.reload();
    const banner = page.getByLabel('Your connection to Spotify');
    expect(await banner.innerText()).toContain('Action needed');
    expect(await accessibilityFaults(page)).toEqual([]);
    test.spotify.signInAs(BOB);
    await Promise.all([
      page.waitForNavigation({ url: /\/history$/ }),
      banner.getByRole('link', { name: /connect/i }).click(),
    ]);
    expect(await banner.count()).toBe(0);
  });
});
