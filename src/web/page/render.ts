import path from 'node:path';
import type { Express, Response } from 'express';
import type { Assets } from './assets.ts';
import { compileView, VIEWS_DIR, type Handed, type Locals } from './compile-view.ts';
import * as helpers from './helpers.ts';
import { sendPage } from './send-page.ts';

export function useViews(
  app: Express,
  assets: Assets,
  options: { cache: boolean; artUrl: string | null },
): void {
  const artUrl = helpers.artUrlAt(options.artUrl);
  const renderView = viewRenderer({ ...helpers, artUrl, asset: assets.url }, options.cache);
  app.set('views', VIEWS_DIR);
  app.set('view engine', 'ejs');
  // Without this Express looks for the file each time, except in production.
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
 * EJS's own include copies all locals twice and looks for its file each time: half of a page's time with two hundred
 * includes. Ours shares the page's locals and passes on only what the includes around a view were given. (The page as
 * their prototype would make the engine learn a new shape for each page.)
 */
function viewRenderer(ownHelpers: object, cache: boolean) {
  const compiled = new Map<string, View>();
  function viewAt(file: string): View {
    const view = compiled.get(file) ?? { file, print: compileView(file), includes: new Map<string, View>() };
    if (cache) compiled.set(file, view);
    return view;
  }
  function included(by: View, name: string): View {
    const view = by.includes.get(name) ?? viewAt(includedBy(by.file, name));
    if (cache) by.includes.set(name, view);
    return view;
  }
  function print(view: View, page: Locals, given: Locals): string {
    const include = (name: string, own?: Locals): string =>
      print(included(view, name), page, own ? { ...given, ...own } : given);
    return view.print({ helpers: ownHelpers, page, given, include });
  }
  return (file: string, page: Locals): string => print(viewAt(file), page, {});
}

interface View {
  readonly file: string;
  readonly print: (handed: Handed) => string;
  /** By the names the view has for them: to look a file up by a path just put together costs more than to print it. */
  readonly includes: Map<string, View>;
}

/** Beside the including view; with a folder in its name below `views/`. */
const includedBy = (file: string, name: string): string =>
  `${name.includes('/') ? '' : file.slice(0, file.lastIndexOf('/') + 1)}${name}.ejs`;

export interface Page {
  /** The window's title, before the product's name. */
  readonly title: string;
  /** Modules, by their paths below public/js. */
  readonly scripts?: readonly string[];
  /** The room's `words.ts`. */
  readonly words?: object;
  /** Reloads where scripts are off. The path has no fragment: browsers would only scroll to one. */
  readonly refresh?: { readonly seconds: number; readonly path: string };
  /** For the field in the header. */
  readonly searched?: string;
}

export function renderPage(res: Response, view: string, page: Page, locals: object = {}): void {
  const own = { page, words: page.words, ...res.locals, ...locals };
  res.render(view, own, (error: Error | null, body = '') => {
    if (error) return res.req.next?.(error);
    keepers.get(res)?.(page, body);
    return sendBody(res, page, body);
  });
}

/** @param body what a view printed; around it comes what every page has */
export function sendBody(res: Response, page: Page, body: string): void {
  res.render('layout', { page, ...res.locals, body }, (error: Error | null, html = '') =>
    error ? res.req.next?.(error) : sendPage(res, html),
  );
}

type Keeper = (page: Page, body: string) => void;
const keepers = new WeakMap<Response, Keeper>();

/** Hands over what is rendered for this answer. */
export const onceRendered = (res: Response, keep: Keeper): void => void keepers.set(res, keep);
