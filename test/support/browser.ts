import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { HANGS_MS } from './drill.ts';

/** The one without a window of its own first: the same engine, with less around it. */
const CHROMIUM = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => existsSync(path));

/** Journeys need a Chromium; where there is none they are skipped, and say so. */
export const hasBrowser = CHROMIUM !== undefined;
if (!hasBrowser)
  process.stdout.write(
    'No Chromium found: the journeys in a real browser are skipped (apt-get install chromium).\n',
  );

type Look = readonly [width: 390 | 1280, colorScheme: 'light' | 'dark'];

/** Width in pixels and colour scheme each page is loaded in. */
export const LOOKS: readonly Look[] = [
  [390, 'light'],
  [1280, 'light'],
];

const QUIET_START = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface TestBrowser {
  /** A window of a person of their own. */
  open(options?: BrowserContextOptions): Promise<Page>;
}

export function useBrowser(): TestBrowser {
  let browser: Browser | undefined;
  beforeAll(async () => {
    if (CHROMIUM !== undefined)
      browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET_START, timeout: HANGS_MS });
  });
  afterAll(async () => browser?.close());
  return {
    async open(options = {}) {
      if (!browser) throw new Error('no browser');
      const context = await browser.newContext(options);
      context.setDefaultTimeout(HANGS_MS);
      // Artwork lives at Spotify, which no test reaches.
      await context.route(/scdn\.co|spotifycdn\.com/, (route) => route.abort());
      const page = await context.newPage();
      await page.addInitScript(watchPolicy);
      return page;
    },
  };
}

/** Runs in the page: remembers what the Content-Security-Policy refused. */
function watchPolicy(): void {
  const page = globalThis as unknown as { refused: string[]; document: EventTarget };
  page.refused = [];
  page.document.addEventListener('securitypolicyviolation', (event) => {
    page.refused.push((event as unknown as { violatedDirective: string }).violatedDirective);
  });
}

/** Presses a button that leads to a page. @throws Error with what that page says, where it is an error */
export async function press(page: Page, name: string | RegExp): Promise<void> {
  const button = page.getByRole('button', { name }).first();
  const [answer] = await Promise.all([page.waitForNavigation(), button.click()]);
  if (answer !== null && answer.status() >= 400)
    throw new Error(
      `“${String(name)}” led to a ${answer.status()}: ${await page.locator('main').innerText()}`,
    );
}

/** Also where the page is just going somewhere by itself, which ends a load that was asked for: then from there. */
export async function loadAgain(page: Page): Promise<void> {
  await page.reload().catch(async (error: Error) => {
    if (!error.message.includes('net::ERR_ABORTED')) throw error;
    await page.waitForLoadState();
    await page.reload();
  });
}

/** What the page's own code tried and the policy refused (before any test tool touched it). */
export const refusedByPolicy = (page: Page): Promise<string[]> =>
  page.evaluate(() => (globalThis as unknown as { refused: string[] }).refused);

/** Pixels by which the page is wider than its window. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - window.innerWidth');

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

/** What axe finds wrong (WCAG 2.2 AA), one line each. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const faults = await runAxe(page, ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']);
  const isDark = await page.evaluate(`matchMedia('(prefers-color-scheme: dark)').matches`);
  // The other colour scheme changes colours alone. Without motion, or axe would meet colours on their way.
  await page.emulateMedia({ colorScheme: isDark ? 'light' : 'dark', reducedMotion: 'reduce' });
  const others = await runAxe(page, ['color-contrast']);
  await page.emulateMedia({ colorScheme: isDark ? 'dark' : 'light' });
  return [...faults, ...others.map((fault) => `${isDark ? 'light' : 'dark'}: ${fault}`)];
}

async function runAxe(page: Page, runOnly: readonly string[]): Promise<string[]> {
  const { violations } = await page.evaluate<AxeResult>(`axe.run({ runOnly: ${JSON.stringify(runOnly)} })`);
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''} (${nodes.length})`);
}
