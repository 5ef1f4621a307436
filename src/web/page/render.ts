import path from 'node:path';
import type { Express, Response } from 'express';
import type { Assets } from './assets.ts';
import { compileView, VIEWS_DIR, type Handed, type Locals } from './compile-view.ts';
import * as helpers from './helpers.ts';
import { sendPage } from './send-page.ts';

/** Registers EJS with compiled views kept, and what every view may use. */
export function useViews(
  app: Express,
  assets: Assets,
  options: { cache: boolean; artUrl: string | null },
): void {
  const artUrl = helpers.artUrlAt(options.artUrl);
  const renderView = viewRenderer({ ...helpers, artUrl, asset: assets.url }, options.cache);
  app.set('views', VIEWS_DIR);
  app.set('view engine', 'ejs');
  // Else Express looks for the file on the disk each time, unless NODE_ENV says production.
  app.set('view cache', options.cache);
  app.engine('ejs', (file: string, locals: object, done: (error: unknown, html?: string) => void) => {
    let html: string;
    try {
      html = renderView(path.relative(VIEWS_DIR, file), locals as Locals);
    } catch (error) {
      return done(error);
    }
    return done(null, html);
  });
}

/**
 * Renders views by their path below `views/`, with an include of our own. That of EJS copies all locals one by one,
 * twice for each include, and looks for its file on the disk: with some two hundred includes half of a page's time.
 * Here what the page has is shared, and only what the includes around a view were given is handed on. (To have the page
 * as a prototype of what is given would make the engine learn each page's shape once more.)
 */
function viewRenderer(ownHelpers: object, cache: boolean) {
  const compiled = new Map<string, (handed: Handed) => string>();
  return function renderView(file: string, page: Locals, given: Locals = {}): string {
    const view = compiled.get(file) ?? compileView(file);
    if (cache) compiled.set(file, view);
    const include = (name: string, own?: Locals): string =>
      renderView(includedBy(file, name), page, own ? { ...given, ...own } : given);
    return view({ helpers: ownHelpers, page, given, include });
  };
}

/** Beside the including view; a name with a folder is one below `views/`. */
const includedBy = (file: string, name: string): string =>
  `${name.includes('/') ? '' : file.slice(0, file.lastIndexOf('/') + 1)}${name}.ejs`;

export interface Page {
  /** Goes before the product's name in the window's title. */
  readonly title: string;
  /** Paths below public/js of the modules the page loads. */
  readonly scripts?: readonly string[];
  /** What the views of this room say besides the helpers: its `words.ts`. */
  readonly words?: object;
  /**
   * Where scripts are off, the page is asked for again after so many seconds, by an address without a fragment:
   * browsers only scroll to one they are at.
   */
  readonly refresh?: { readonly seconds: number; readonly path: string };
}

/** Renders `views/<view>.ejs` inside `views/layout.ejs`. */
export function renderPage(res: Response, view: string, page: Page, locals: object = {}): void {
  const shared = { page, scripts: page.scripts ?? [], words: page.words, ...res.locals, ...locals };
  res.render(view, shared, (error: Error | null, body?: string) => {
    if (error) return res.req.next?.(error);
    return res.render('layout', { ...shared, body }, (fault: Error | null, html = '') =>
      fault ? res.req.next?.(fault) : sendPage(res, html),
    );
  });
}
