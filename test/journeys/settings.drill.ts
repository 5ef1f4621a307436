import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { RANGE_LABELS } from '../../src/web/page/time-ranges.ts';
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
import { insertImport, insertReject, insertSnapshot, insertTrack } from '../support/factories.ts';

describe.skipIf(!hasBrowser)('settings, in a real browser', () => {
  const test = useApp();
  const browser = useBrowser();
  const LONG = 'an archive with a name that does not end where a phone does '.repeat(4);
  let importId: number;

  beforeAll(async () => {
    await signInByHand(test, ALICE);
    const aliceId = await userIdFor(test, ALICE);
    for (const range of ['short_term', 'long_term'] as const)
      await insertSnapshot(test.db, aliceId, { date: '2026-01-01', range }, [await insertTrack(test.db)]);
    await test.db.execute(
      `INSERT INTO capture_runs
         (user_id, snapshot_date, outcome, started_at, finished_at, time_ranges, places, failure)
       SELECT $1, day, CASE WHEN kept THEN 'kept' ELSE 'failed' END, day, day + interval '7 hours',
         CASE WHEN kept THEN '{short_term,medium_term,long_term}' ELSE '{}' END::text[],
         CASE WHEN kept THEN 150 ELSE 0 END, CASE WHEN NOT kept THEN $2 END
       FROM generate_series('2026-01-01'::date, '2026-03-01', '1 day') AS day,
         LATERAL (SELECT extract(day FROM day) <> 3 AS kept) AS outcome`,
      [aliceId, `Spotify did not answer in time. ${LONG}`],
    );
    importId = await insertImport(test.db, aliceId, `/srv/${LONG}.db`, {
      mode: 'move',
      tables: [{ table: 'tracks', read: 3, moved: 1, alreadyThere: 0, kept: 1, duplicates: 0, rejected: 1 }],
      seconds: 1.5,
      rowsPerSecond: 2,
    });
    for (const text of ['short', LONG.replaceAll(' ', '')])
      await insertReject(test.db, aliceId, importId, { key: text, text });
  });

  async function signIn(options: Parameters<typeof browser.open>[0] = {}): Promise<Page> {
    const page = await browser.open(options);
    test.spotify.signInAs(ALICE);
    await page.goto(`${test.baseUrl}/auth/spotify?return_to=%2Fsettings`);
    return page;
  }

  it.each(LOOKS)('the pages fit and can be read at %i pixels, %s', async (width, colorScheme) => {
    const page = await signIn({ viewport: { width, height: 900 }, colorScheme });
    const paths = [
      '',
      '/captures',
      '/captures?page=2',
      '/devices',
      '/tokens',
      '/imports',
      `/imports/${importId}`,
    ];
    for (const path of paths) {
      await page.goto(`${test.baseUrl}/settings${path}`);
      expect.soft(await refusedByPolicy(page), path).toEqual([]);
      expect.soft(await overflow(page), path).toBeLessThanOrEqual(0);
      expect.soft(await accessibilityFaults(page), path).toEqual([]);
    }
    await page.context().close();
  });

  it('a token is made, shown once and copied, and fits however it is called', async () => {
    const page = await signIn({ viewport: { width: 390, height: 900 } });
    await page.goto(`${test.baseUrl}/settings/tokens`);
    await page.getByLabel('Name').fill('x'.repeat(100));
    await page.getByRole('button', { name: 'Make token' }).click();
    await page.getByRole('button', { name: 'Copy' }).first().click();
    await page.getByText('Copied.').waitFor();
    expect(await page.locator('#token').textContent()).toMatch(/^mtm_/);
    expect([await overflow(page), await refusedByPolicy(page)]).toEqual([0, []]);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('link', { name: 'Done' }).click();
    await page.getByText('x'.repeat(100)).first().waitFor();
    expect(await page.locator('#token').count()).toBe(0);
    await page.context().close();
  });

  it('a time range shown first is the dashboard’s first, and a time zone is said to be kept', async () => {
    const page = await signIn();
    await page.getByLabel(RANGE_LABELS.long_term).check();
    await press(page, 'Save default time range');
    await page.getByText(`“${RANGE_LABELS.long_term}” first`).waitFor();
    await page.goto(`${test.baseUrl}/dashboard`);
    const current = page.getByRole('link', { name: RANGE_LABELS.long_term });
    expect(await current.first().getAttribute('aria-current')).not.toBeNull();
    await page.goto(`${test.baseUrl}/settings`);
    await page.locator('#timezone').selectOption('Asia/Tokyo');
    await press(page, 'Save time zone');
    await page.getByText(/Your days now begin at midnight in Asia\/Tokyo/).waitFor();
    await page.context().close();
  });

  it('a chosen theme holds against what the device prefers', async () => {
    const page = await signIn({ colorScheme: 'light' });
    const ground = (): Promise<string> =>
      page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
    const before = await ground();
    await page.getByLabel('Dark', { exact: true }).check();
    await press(page, 'Save theme');
    expect(await ground()).not.toBe(before);
    await page.getByLabel('Match this device').check();
    await press(page, 'Save theme');
    expect(await ground()).toBe(before);
    await page.context().close();
  });

  it('fetching is paused and goes on, and the settings say so', async () => {
    const page = await signIn();
    await press(page, 'Pause fetching');
    await page.getByText('Paused by you').waitFor();
    await press(page, 'Resume fetching');
    await page.getByRole('button', { name: 'Pause fetching' }).waitFor();
    expect(await page.getByText('Paused by you').count()).toBe(0);
    await page.context().close();
  });

  it('another browser is signed out from here, and then every one', async () => {
    const [here, there] = [await signIn(), await signIn()];
    await here.goto(`${test.baseUrl}/settings/devices`);
    const others = here.getByRole('button', { name: /^Sign out\b.*last seen/ });
    for (let left = await others.count(); left > 0; left -= 1)
      await Promise.all([here.waitForNavigation(), others.first().click()]);
    await there.goto(`${test.baseUrl}/settings`);
    expect(new URL(there.url()).pathname).not.toBe('/settings');
    await here.goto(`${test.baseUrl}/settings/devices`);
    await press(here, 'Sign out everywhere');
    await here.goto(`${test.baseUrl}/settings`);
    expect(new URL(here.url()).pathname).not.toBe('/settings');
    for (const page of [here, there]) await page.context().close();
  });
});
