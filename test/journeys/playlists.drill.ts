import { randomBytes } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { ALICE, useApp, type TestApp } from '../support/app.ts';
import {
  accessibilityFaults,
  hasBrowser,
  loadAgain,
  LOOKS,
  overflow,
  refusedByPolicy,
  useBrowser,
} from '../support/browser.ts';
import { signInByHand, useDemoArchive } from '../support/demo-archive.ts';
import { HANGS_MS } from '../support/drill.ts';
import { letTimePass, urisOf } from '../support/playlists.ts';
import { startServerProcess, type ServerProcess } from '../support/server-process.ts';

const sendButton = (page: Page) => page.getByRole('button', { name: 'Send to Spotify' });
const state = (page: Page): Promise<string> => page.locator('section:has(> header #spotify)').innerText();

/** What the kept playlist of this page holds, in order. */
async function keptUris(test: TestApp, page: Page): Promise<string[]> {
  const playlistId = new URL(page.url()).pathname.split('/')[2];
  const rows = await test.db.many<{ track_id: string }>(
    'SELECT track_id FROM playlist_tracks WHERE playlist_id = $1 ORDER BY position',
    [playlistId],
  );
  return urisOf(rows.map((row) => row.track_id));
}

/** As if what Spotify asked to wait were over: for the button, and for the worker. */
async function letWaitPass({ db }: TestApp): Promise<void> {
  await letTimePass(db);
  await db.execute('UPDATE playlist_sendings SET again_at = now() WHERE again_at IS NOT NULL');
  await db.execute('DELETE FROM spotify_limits');
}

/** So many tracks by energy, from Explore to a kept playlist. */
async function keepLongPlaylist(page: Page, baseUrl: string, name: string, tracks = 250): Promise<void> {
  await page.goto(`${baseUrl}/explore?energy_from=0.1&sort=-energy`);
  await page.getByRole('link', { name: 'Make a playlist' }).click();
  await page.waitForURL(/from=explore/);
  await page.getByLabel('Number of tracks').fill(String(tracks));
  await page.getByRole('button', { name: 'Update preview' }).click();
  const keep = page.getByRole('button', { name: `Save playlist (${tracks} tracks)` });
  await keep.waitFor();
  await page.getByLabel('Name').fill(name);
  await keep.click();
  await page.waitForURL(/\/playlists\/[\w-]+$/);
}

describe.skipIf(!hasBrowser)('a listener who takes a list along', () => {
  const test = useApp();
  const browser = useBrowser();
  useDemoArchive(test);
  afterEach(async () => {
    test.spotify.heal();
    test.spotify.forgetPlaylists();
    await test.db.execute('DELETE FROM spotify_limits');
  });

  it('goes from a year over a comparison to a playlist, builds it and sends it once, pressed twice in two tabs', async () => {
    const page = await browser.open();
    await signInByHand(test, page);
    await page.goto(`${test.baseUrl}/time-machine/2024`);
    await page.getByLabel('Compare with another day').fill('2025-06-15');
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    await page.waitForURL(/with=2025-06-15/);
    expect(await page.locator('.overlap__number').innerText()).toMatch(/^\d+ ?%$/);

    await page.getByRole('link', { name: 'Make a playlist' }).click();
    await page.waitForURL(/from=period&year=2024/);
    expect(await page.getByLabel('Name').inputValue()).toBe('2024 · your top 50');
    const first = await page.locator('.entries .title__main').first().innerText();
    await page.getByRole('link', { name: new RegExp(`^Leave out\\b.*${first}`) }).click();
    await page.waitForURL(/without=/);
    expect(await page.locator('.entries .title__main').first().innerText()).not.toBe(first);
    await page.getByText('Left out by you').waitFor();

    // The page is not left: the playlist is drawn as it is built, and what was written by hand stays.
    await page.getByLabel('Description').fill('By hand');
    await page.evaluate('globalThis.here = true');
    const drawn = () => page.locator('#audio-profile script').textContent();
    const before = await drawn();
    await page.getByLabel('One track per artist').check();
    await page.getByText(/because of the same artist: \d+ track/).waitFor();
    expect(await drawn()).not.toBe(before);
    await page.locator('#audio-profile canvas').waitFor();
    await page.getByLabel('Order').selectOption('energy');
    await page.waitForURL(/arrange=energy/);
    expect(await page.evaluate('globalThis.here')).toBe(true);
    expect(await page.getByLabel('Description').inputValue()).toBe('By hand');

    await page.getByRole('button', { name: /^Save playlist/ }).click();
    await page.waitForURL(/\/playlists\/[\w-]+$/);
    expect(test.spotify.playlists).toEqual([]);
    const kept = await keptUris(test, page);
    expect(await refusedByPolicy(page)).toEqual([]);

    const tab = await page.context().newPage();
    await tab.goto(page.url());
    test.spotify.fail({ on: 'playlist-items', kind: 'delay', milliseconds: 800 });
    await Promise.all([sendButton(page).dblclick(), sendButton(tab).click()]);
    await page.getByText('Sent on').waitFor();
    // Not goto: to the address it is at, with its fragment, that would only scroll.
    await loadAgain(tab);
    await tab.getByText('Sent on').waitFor();
    expect(test.spotify.playlists).toMatchObject([{ isPublic: false, description: 'By hand', uris: kept }]);
    expect(await page.getByRole('link', { name: 'Open in Spotify' }).getAttribute('href')).toBe(
      `https://open.spotify.com/playlist/${test.spotify.playlists[0]?.id}`,
    );
    await page.goto(`${test.baseUrl}/playlists`);
    expect(await page.locator('.crates').innerText()).toMatch(/2024 · your top \d+/);
  });

  it('sees how far it is while it is sent', async () => {
    const page = await browser.open();
    await signInByHand(test, page);
    await keepLongPlaylist(page, test.baseUrl, 'Followed', 500);
    const hold = () => test.spotify.fail({ on: 'playlist-items', kind: 'delay', milliseconds: 3_000 });
    hold();
    await sendButton(page).click();
    const WORDS = `document.querySelector('[data-progress]')`;
    await page.locator('[data-progress]').waitFor();
    await page.evaluate('globalThis.here = true');
    const seen: string[] = [];
    // Until the page is another one, which says that it is sent.
    const look = (): Promise<string | null> =>
      page.evaluate<string | null>(`globalThis.here ? ${WORDS}.textContent : null`).catch(() => null);
    for (let said = await look(); said !== null; said = await look()) {
      if (said === seen.at(-1)) continue;
      seen.push(said);
      // Seen: the next hundred may come.
      test.spotify.heal();
      hold();
    }
    await page.getByText('Sent on').waitFor();
    expect(seen.filter((said) => /[1-4]00 of 500 tracks/.test(said)).length).toBeGreaterThan(1);
    expect(test.spotify.playlists).toMatchObject([{ uris: await keptUris(test, page) }]);
  });

  it('does all of it without scripts, through a fault in the middle', async () => {
    const page = await browser.open({ javaScriptEnabled: false });
    await signInByHand(test, page);
    await keepLongPlaylist(page, test.baseUrl, 'Plain');
    test.spotify.fail({ on: 'playlist-items', kind: 'delay', milliseconds: 3_000, times: 'once' });
    test.spotify.fail({ on: 'playlist-items', kind: 'status', status: 503, after: 1, times: 'once' });
    await sendButton(page).click();
    await page.locator('meta[http-equiv=refresh]').waitFor({ state: 'attached' });
    // The page asks again by itself.
    await page.getByText('Spotify could not be reached').waitFor();
    expect(await state(page)).toContain('100 of 250 tracks');
    expect(await state(page)).toMatch(/resumes automatically/);
    await letTimePass(test.db);
    await loadAgain(page);
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByText('Sent on').waitFor();
    expect(test.spotify.playlists).toMatchObject([{ uris: await keptUris(test, page) }]);
  });

  it.each([
    [
      'a day to wait',
      { on: 'playlist-items', kind: 'rate-limit', retryAfter: 86_400, after: 1 },
      /Spotify has asked this app to wait[^]*100 of 250[^]*can resume from .* at \d\d:\d\d\. It resumes automatically/,
    ],
    [
      'a missing right',
      { on: 'create-playlist', kind: 'scope-missing' },
      /given this app permission to make playlists[^]*Reconnect Spotify/,
    ],
    ['a dead connection', null, /Your connection to Spotify has ended[^]*Reconnect Spotify/],
  ] as const)('is told in words what stands in the way: %s', async (name, fault, words) => {
    const page = await browser.open({ viewport: { width: 390, height: 900 } });
    await signInByHand(test, page);
    await keepLongPlaylist(page, test.baseUrl, name);
    // What was granted is known here: where it was not this, connecting again is the way.
    if (name === 'a missing right')
      await test.db.execute(`UPDATE spotify_connections SET scope = 'user-top-read'`);
    if (fault) test.spotify.fail(fault);
    else {
      test.spotify.expireAccessTokens();
      test.spotify.revoke(ALICE);
    }
    await sendButton(page).click();
    await page.locator('main .section .notice--error').waitFor();
    expect(await state(page)).toMatch(words);
    expect(await overflow(page)).toBe(0);
    expect(await accessibilityFaults(page)).toEqual([]);
    // Kept here whatever Spotify says.
    expect(await keptUris(test, page)).toHaveLength(250);
    test.spotify.heal();
    await letWaitPass(test);
    if (name === 'a day to wait') await loadAgain(page);
    else {
      const reconnect = page.getByRole('link', { name: 'Reconnect Spotify' }).first();
      await Promise.all([page.waitForNavigation({ url: /\/playlists\/[\w-]+$/ }), reconnect.click()]);
    }
    await page.getByRole('button', { name: /Resume|Send to Spotify/ }).click();
    await page.getByText('Sent on').waitFor();
    expect(test.spotify.playlists).toMatchObject([{ uris: await keptUris(test, page) }]);
  });

  it.each(LOOKS)('finds every page whole and accessible at %i px, %s', async (width, colorScheme) => {
    const page = await browser.open({
      viewport: { width, height: 900 },
      colorScheme,
      reducedMotion: 'reduce',
    });
    await signInByHand(test, page);
    const [old] = await test.db.many<{ playlist_id: string }>(
      `SELECT playlist_id FROM playlists WHERE origin = 'old-archive' ORDER BY playlist_id LIMIT 1`,
    );
    const faults: string[] = [];
    for (const address of [
      '/playlists',
      '/playlists/new',
      '/playlists/new?from=period&year=2024&month=3&arrange=tempo&clean=1&without=x',
      '/playlists/new?from=search&q=zzzzqqqq',
      '/playlists/new?from=mood&quadrant=happy&take=300',
      `/playlists/${old?.playlist_id}`,
      `/playlists/${old?.playlist_id}/delete`,
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

describe.skipIf(!hasBrowser)('a playlist on its way through a bad evening', () => {
  const test = useApp();
  const browser = useBrowser();
  useDemoArchive(test);
  let server: ServerProcess;
  const env = (): Record<string, string> => ({
    DATABASE_URL: test.url,
    SESSION_SECRET: secret,
    TOKEN_ENCRYPTION_KEYS: keys,
    SPOTIFY_CLIENT_ID: test.spotify.clientId,
    SPOTIFY_CLIENT_SECRET: test.spotify.clientSecret,
    SPOTIFY_ACCOUNTS_URL: test.spotify.accountsUrl,
    SPOTIFY_API_URL: test.spotify.apiUrl,
  });
  const secret = randomBytes(32).toString('base64');
  const keys = `t1:${randomBytes(32).toString('base64')}`;
  afterAll(async () => {
    server?.signal('SIGTERM');
    await server?.exit;
  });

  it('waits when it is told to, survives the death of its process between two hundreds, and arrives by itself', async () => {
    server = await startServerProcess(env());
    await server.listening();
    const { baseUrl } = server;
    const page = await browser.open();
    await signInByHand(test, page, baseUrl);
    await test.db.execute('UPDATE users SET paused_at = now()');
    await keepLongPlaylist(page, baseUrl, 'Through a bad evening');

    test.spotify.fail({ on: 'playlist-items', kind: 'rate-limit', retryAfter: 600, after: 1, times: 'once' });
    test.spotify.fail({ on: 'playlist-items', kind: 'delay', milliseconds: 8_000, after: 2, times: 'once' });
    await sendButton(page).click();
    await page.getByText('Spotify has asked this app to wait.').waitFor();
    expect(await state(page)).toContain('100 of 250 tracks');

    // The worker goes on when the wait is over. Its second hundred arrives; before the answer does, the process dies.
    await letWaitPass(test);
    await vi.waitUntil(() => test.spotify.playlists[0]?.uris.length === 200, { timeout: HANGS_MS });
    server.signal('SIGKILL');
    await server.exit;
    expect(test.spotify.playlists[0]?.uris).toHaveLength(200);
    server = await startServerProcess({ ...env(), PORT: new URL(baseUrl).port });
    await server.listening();
    await loadAgain(page);

    await letWaitPass(test);
    // Nobody presses anything any more.
    await page.getByText('Sent on').waitFor();
    expect(test.spotify.playlists).toHaveLength(1);
    expect(test.spotify.playlists[0]?.uris).toEqual(await keptUris(test, page));
    expect(new Set(test.spotify.playlists[0]?.uris).size).toBe(250);
  });
});
