import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { refreshArchiveSummary } from '../../src/figures/summary.ts';
import { PAGES } from '../support/addresses.ts';
import { ALICE, signIn as signInQuietly, useApp, userIdFor } from '../support/app.ts';
import { hasBrowser, overflow, refusedByPolicy, useBrowser } from '../support/browser.ts';
import {
  insertImport,
  insertPlaylist,
  insertReject,
  insertSnapshot,
  insertTrack,
} from '../support/factories.ts';

const ATTACK = 'globalThis.__xss=1';
/** What has got through other pages: as markup, in an attribute, in a script, in a style, in an address, as text. */
const STRINGS = [
  `<script>${ATTACK}</script>`,
  `</script><script>${ATTACK}</script>`,
  `<!--<script>${ATTACK}`,
  `"><img src=x onerror=${ATTACK}>`,
  `' onmouseover='${ATTACK}' autofocus onfocus='${ATTACK}`,
  `<svg/onload=${ATTACK}>`,
  `javascript:${ATTACK}`,
  `</title></style></textarea><details open ontoggle=${ATTACK}>`,
  `\${${ATTACK}} {{constructor.constructor('${ATTACK}')()}} <%= ${ATTACK} %>`,
  '\u2028\u2029 line, paragraph',
  '\u202Eright to left\u202C and \u2066isolated\u2069',
  'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘',
  '👩‍👩‍👧‍👧 🏳️‍🌈 字'.repeat(12),
  `&lt;b&gt; &amp;amp; &#x3c;script&#x3e;`,
  'x'.repeat(300),
];
const of = (n: number): string => STRINGS[n % STRINGS.length] ?? '';

describe.skipIf(!hasBrowser)('names that are attacks, on every page of a real browser', () => {
  const test = useApp();
  const browser = useBrowser();
  const ids: Record<string, string> = {
    file: 'abc.svg',
    quadrant: 'happy',
    year: '2026',
    month: '11',
    day: '20',
  };

  beforeAll(async () => {
    await signInQuietly(test, ALICE);
    const userId = await userIdFor(test, ALICE);
    const tracks: string[] = [];
    for (let n = 0; n < 2 * STRINGS.length; n += 1) tracks.push(await giveTrack(n));
    for (const date of ['2025-11-20', '2026-11-19', '2026-11-20'])
      for (const range of ['short_term', 'medium_term', 'long_term'] as const)
        await insertSnapshot(test.db, userId, { date, range }, tracks);
    for (const [n, name] of STRINGS.entries())
      await insertPlaylist(test.db, userId, { playlistId: `list-${n}`, name }, tracks);
    const importId = await insertImport(test.db, userId, of(3), { source: { file: of(4) } });
    for (const [n, text] of STRINGS.entries())
      await insertReject(test.db, userId, importId, { key: `${of(n + 1)} ${n}`, text });
    await test.db.execute(
      `INSERT INTO plays (user_id, played_at, track_id, context, raw_json)
       SELECT $1, now() - n * interval '1 hour', ($2::text[])[n], '{}', '{}' FROM generate_series(1, 20) AS n`,
      [userId, tracks],
    );
    await test.db.execute(`UPDATE users SET display_name = $2 WHERE user_id = $1`, [userId, of(1)]);
    await test.db.withTransaction((tx) => refreshArchiveSummary(tx, userId));
    Object.assign(ids, {
      trackId: tracks[3],
      artistId: 'artist-3',
      albumId: of(6),
      playlistId: 'list-4',
      importId: String(importId),
    });
    test.spotify.signInAs(ALICE);
  });

  async function giveTrack(n: number): Promise<string> {
    const artist = `artist-${n % STRINGS.length}`;
    const trackId = await insertTrack(test.db, {
      trackId: `hostile-${n}`,
      name: of(n),
      artistName: of(n + 1),
      albumName: of(n + 2),
      popularity: 50,
      releaseDate: '2020-02-02',
      artists: [artist],
      payload: {
        external_urls: { spotify: `javascript:${ATTACK}` },
        album: {
          id: of(n + 3),
          name: of(n + 2),
          album_type: of(n + 4),
          images: [{ url: `javascript:${ATTACK}` }],
        },
        external_ids: { isrc: of(n + 5) },
      },
      features: { energy: 0.7, valence: 0.7, danceability: 0.7, tempo: 120, key: 3, mode: 1 },
    });
    await test.db.execute('UPDATE tracks SET spotify_url = $2 WHERE track_id = $1', [
      trackId,
      `javascript:${ATTACK}//`,
    ]);
    await test.db.execute('UPDATE artists SET name = $2 WHERE artist_id = $1', [artist, of(n)]);
    return trackId;
  }

  const pages = PAGES.filter(
    ({ access, path }) => access === 'page' && !/\.(json|csv|m3u8|jspf|jsonl|zip|db)$/.test(path),
  );
  const addresses = (): string[] => [
    ...pages.map(({ path }) =>
      path.replaceAll(/:(\w+)/g, (whole, name: string) => encodeURIComponent(ids[name] ?? whole)),
    ),
    ...STRINGS.slice(0, 6).map((text) => `/search?q=${encodeURIComponent(text)}`),
    `/explore?artist=${encodeURIComponent(of(3))}`,
    `/${encodeURIComponent(of(0))}`,
    `/?error=${encodeURIComponent(of(3))}`,
  ];

  it('run nowhere, break no policy, and are shown as the text they are', async () => {
    const page = await browser.open({ viewport: { width: 390, height: 844 } });
    const faults: string[] = [];
    page.on('dialog', (dialog) => {
      faults.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('pageerror', (error) => faults.push(`an error: ${error.message}`));
    await page.goto(test.baseUrl);
    await page.getByRole('link', { name: 'Sign in with Spotify' }).click();
    await page.waitForURL(/dashboard/);
    for (const address of addresses()) {
      await page.goto(test.baseUrl + address);
      faults.push(...(await listFaults(page)).map((fault) => `${fault} on ${address.slice(0, 80)}`));
    }
    expect(faults).toEqual([]);
  });

  async function listFaults(page: Page): Promise<string[]> {
    const ran = await page.evaluate(() => (globalThis as { __xss?: number }).__xss);
    const links = await page
      .locator('[href^="javascript:" i], [src^="javascript:" i], [action^="javascript:" i]')
      .count();
    const handlers = await page.locator('[onerror], [onload], [onmouseover], [onfocus], [ontoggle]').count();
    return [
      ...(ran === undefined ? [] : ['a script ran']),
      ...(links === 0 ? [] : ['an address that is a script']),
      ...(handlers === 0 ? [] : ['a handler in the markup']),
      ...(await refusedByPolicy(page)).map((directive) => `refused: ${directive}`),
      ...((await overflow(page)) > 0 ? [`wider than the window: ${await widest(page)}`] : []),
    ];
  }

  /** What reaches farthest out. */
  const widest = (page: Page): Promise<string> =>
    page.evaluate(`[...document.querySelectorAll('main *, header *')]
      .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
      .map((one) => one.tagName + '.' + one.className + ' ' + one.textContent.trim().slice(0, 20)).slice(0, 4).join(' < ')`);

  it('come back letter by letter from the page of a list', async () => {
    const page = await browser.open();
    await page.goto(test.baseUrl);
    await page.getByRole('link', { name: 'Sign in with Spotify' }).click();
    await page.waitForURL(/dashboard/);
    const shown = await page.locator('#list .title, .entries .title').allTextContents();
    const text = await page.locator('main').textContent();
    for (const name of STRINGS) expect.soft([name, text?.includes(name)]).toEqual([name, true]);
    expect(shown.length).toBeGreaterThan(0);
  });
});
