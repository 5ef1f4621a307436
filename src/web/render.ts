import path from 'node:path';
import ejs from 'ejs';
import type { Express, Response } from 'express';
import type { Assets } from './assets.ts';
import * as helpers from './helpers.ts';

const VIEWS_DIR = path.resolve(import.meta.dirname, '../../views');

/** Registers EJS with compiled views kept, and what every view may use. */
export function useViews(app: Express, assets: Assets, options: { cache: boolean }): void {
  app.set('views', VIEWS_DIR);
  app.set('view engine', 'ejs');
  app.engine('ejs', (file: string, locals: object, done: (error: unknown, html?: string) => void) => {
    ejs.renderFile(file, { ...locals }, { views: [VIEWS_DIR], cache: options.cache, strict: false }, done);
  });
  Object.assign(app.locals, { ...helpers, asset: assets.url });
}

export interface Page {
  /** Goes before the product's name in the window's title. */
  readonly title: string;
  /** Paths below public/js of the modules the page loads. */
  readonly scripts?: readonly string[];
  /**
   * Where scripts are off, the page is asked for again after so many seconds, by an address without a fragment:
   * browsers only scroll to one they are at.
   */
  readonly refresh?: { readonly seconds: number; readonly path: string };
}

/** Renders `views/<view>.ejs` inside `views/layout.ejs`. */
export function renderPage(res: Response, view: string, page: Page, locals: object = {}): void {
  const shared = { page, scripts: page.scripts ?? [], ...res.locals, ...locals };
  res.render(view, shared, (error: Error | null, body?: string) => {
    if (error) return res.req.next?.(error);
    return res.render('layout', { ...shared, body });
  });
}
