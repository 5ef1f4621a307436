import { readFileSync } from 'node:fs';
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
    ejs.renderFile(file, { ...locals }, { root: VIEWS_DIR, cache: options.cache, strict: false }, done);
  });
  app.locals.helpers = { ...helpers, asset: assets.url };
}

const HELPERS = [...Object.keys(helpers), 'asset'];

/**
 * EJS copies every local for every include, and looks on the disk for the included file each time: with helpers among
 * the locals that was two fifths of a page. So a view takes the helpers it names from one local, and its includes are
 * made absolute, both once, when its text is read.
 */
ejs.fileLoader = (file) => prepareView(readFileSync(file, 'utf8'), path.dirname(file));

function prepareView(text: string, directory: string): string {
  const used = HELPERS.filter((name) => new RegExp(`\\b${name}\\b`).test(text));
  const absolute = text.replaceAll(/\binclude\('([^'/][^']*)'/g, (_, name: string) => {
    const file = name.includes('/') ? path.join(VIEWS_DIR, name) : path.join(directory, name);
    return `include('/${path.relative(VIEWS_DIR, file)}'`;
  });
  return used.length === 0 ? absolute : `<% const { ${used.join(', ')} } = helpers; -%>${absolute}`;
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
