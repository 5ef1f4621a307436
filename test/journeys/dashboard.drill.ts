import path from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { writeDemoArchive } from '../../scripts/demo/archive/write.ts';
import { moveArchive } from '../../scripts/migrate-from-sqlite/move-archive.ts';
import { useApp } from '../support/app.ts';
import {
  accessibilityFaults,
  hasBrowser,
  LOOKS,
  overflow,
  refusedByPolicy,
  useBrowser,
} from '../support/browser.ts';

describe.skipIf(!hasBrowser)('a listener in a real browser', () => {
  const test = useApp();
  const browser = useBrowser();
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mtm-journey-'));

  beforeAll(async () => {
    const { snapshotsFile, playlistsFile } = writeDemoArchive({ directory, endDate: '2026-11-21' });
    for (const file of [snapshotsFile, playlistsFile])
      await moveArchive({ db: test.patient, file, owner: null, backup: false });
    await insertRejects();
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  afterEach(() => test.spotify.heal());

  /** Thousands in the first import, some of them as long and as hostile as an old file can be. */
  const insertRejects = (): Promise<number> =>
    test.db.execute(
      `INSERT INTO import_rejects (user_id, import_id, source_table, source_key, source_column, reason, original)
       SELECT user_id, 1, 'tracks', 'track_id=' || repeat('k', n % 400) || n, NULLIF('raw_json', repeat('raw_json', (n % 3 = 0)::int)),
         'reason ' || n % 7, jsonb_build_object('type', 'text', 'text', ($1::text[])[1 + n % 4] || repeat('x', n % 500))
       FROM imports CROSS JOIN generate_series(1, 3000) AS n WHERE import_id = 1`,
      [['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', '\u202Eevil\u2028', '字\n\t']],
    );

  const signIn = async (page: Page): Promise<void> => {
    await page.goto(test.baseUrl);
    await page.getByRole('link', { name: 'Sign in with Spotify' }).click();
    await page.waitForURL(/dashboard|unclaimed/);
  };

  it('signs in, claims both halves of the old archive, browses, keeps today and leaves', async () => {
    const page = await browser.open();
    await signIn(page);
    expect(page.url()).toBe(`${test.baseUrl}/archives/unclaimed`);
    for (let archives = 2; archives > 0; archives -= 1) {
      await page.goto(`${test.baseUrl}/archives/unclaimed`);
      const claims = page.locator('form[action$="/claim"]');
      expect(await claims.count()).toBe(archives);
      await claims.first().locator('input[name=confirm]').check();
      await claims.first().locator('button').click();
      await page.waitForURL(/dashboard/);
    }

    const text = await page.locator('main').innerText();
    expect(text).toContain('1,900');
    expect(text).toContain('5,550');
    await page.locator('canvas').first().waitFor();
    expect(await refusedByPolicy(page)).toEqual([]);

    await page.getByRole('link', { name: 'Last year' }).click();
    await page.waitForURL(/range=long_term/);
    expect(await page.locator('[aria-current]').allInnerTexts()).toContain('Last year');

    await page.locator('form[action="/snapshots"] button').first().click();
    await page.waitForURL(/dashboard$/);
    expect(await page.locator('.notice[role=status]').first().innerText()).toMatch(
      /^Saved .*\d+ ranked tracks in 3 lists and \d+ ranked artists in 3 lists/,
    );

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(`${test.baseUrl}/`);
    await page.goBack();
    await page.waitForLoadState();
    expect(await page.locator('body').innerText()).not.toContain('Sign out');
  });

  it.each(LOOKS)('finds every page whole and accessible at %i px, %s', async (width, colorScheme) => {
    const page = await browser.open({
      viewport: { width, height: 900 },
      colorScheme,
      reducedMotion: 'reduce',
    });
    const faults: string[] = [];
    const look = async (address: string): Promise<void> => {
      const answer = await page.goto(test.baseUrl + address);
      if ((answer?.status() === 404) !== (address === '/no-such-page'))
        faults.push(`${address} is not there`);
      if ((await overflow(page)) > 0) faults.push(`${address} is wider than the window`);
      faults.push(...(await refusedByPolicy(page)).map((what) => `${address} tried ${what}`));
      faults.push(...(await accessibilityFaults(page)).map((fault) => `${address} ${fault}`));
    };
    await look('/');
    await signIn(page);
    for (const address of [
      '/dashboard',
      '/dashboard?range=long_term',
      '/archives/unclaimed',
      '/settings',
      '/settings/imports',
      '/settings/imports/1',
      '/settings/imports/1?page=60',
      '/settings/imports/2',
      '/no-such-page',
    ])
      await look(address);
    expect(faults).toEqual([]);
  });

  it('is told when Spotify is silent, and is signed in by trying again', async () => {
    const page = await browser.open();
    test.spotify.fail({ on: 'token', kind: 'silence' });
    await page.goto(test.baseUrl);
    await page.getByRole('link', { name: 'Sign in with Spotify' }).click();
    await page.getByText('Spotify cannot be reached').waitFor();
    test.spotify.heal();
    await page.getByRole('link', { name: 'Sign in again' }).click();
    await page.waitForURL(/dashboard|unclaimed/);
  });

  it('keeps the theme they choose', async () => {
    const page = await browser.open({ colorScheme: 'light' });
    await signIn(page);
    await page.goto(`${test.baseUrl}/dashboard`);
    await page.getByRole('button', { name: /^Dark/ }).click();
    await page.locator('html[data-theme=dark]').waitFor();
    expect(page.url()).toContain('/dashboard');
  });

  it('sees names of tracks as they are, whatever stands in them', async () => {
    const page = await browser.open();
    const names = [
      '<script>alert(1)</script>',
      '"><img src=x onerror=alert(1)>',
      '</script><script>alert(2)</script>',
      '\u2028{{7*7}}${7*7}',
      '\u202Eevil',
      'javascript:alert(3)',
    ];
    const dialogs: string[] = [];
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await signIn(page);
    await test.db.execute(
      `UPDATE tracks SET name = names.name, artist_name = names.name, album_name = names.name
       FROM (SELECT track_id, ($1::text[])[1 + (row_number() OVER ())::int % 6] AS name FROM tracks) AS names
       WHERE tracks.track_id = names.track_id`,
      [names],
    );
    await test.db.execute('UPDATE artists SET name = $1', [names[0]]);
    await page.goto(`${test.baseUrl}/dashboard`);
    expect(dialogs).toEqual([]);
    expect(await refusedByPolicy(page)).toEqual([]);
    const shown = await page.locator('main').textContent();
    for (const name of ['<script>alert(1)</script>', '{{7*7}}${7*7}', 'javascript:alert(3)'])
      expect(shown).toContain(name);
  });
});
