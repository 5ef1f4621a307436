import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import express, { Router } from 'express';
import { joinStylesheet } from './stylesheet.ts';

const PUBLIC_DIR = path.resolve(import.meta.dirname, '../../../public');
const STYLESHEET = 'css/app.css';

const require = createRequire(import.meta.url);

/** Packages, by their names under /assets/…/vendor/. */
const VENDOR_DIRS = {
  'chart.js': path.dirname(require.resolve('chart.js')),
  archivo: packageFolder('@fontsource-variable/archivo'),
  newsreader: packageFolder('@fontsource-variable/newsreader'),
};

export interface Assets {
  readonly router: Router;
  /** Of a file below public/ (or vendor/…); it changes whenever any of them changes. */
  readonly url: (file: string) => string;
}

/** The address has a hash of all files, so browsers may keep them for ever, and relative imports work. */
export function createAssets(): Assets {
  const version = hashOf([...Object.values(VENDOR_DIRS).map(packageJsonOf), ...filesIn(PUBLIC_DIR)]);
  const kept = { immutable: true, maxAge: '365d', index: false, redirect: false, fallthrough: true } as const;
  const router = Router();
  for (const [name, dir] of Object.entries(VENDOR_DIRS)) {
    router.use(`/assets/${version}/vendor/${name}`, express.static(dir, kept));
  }
  const stylesheet = joinStylesheet(path.join(PUBLIC_DIR, STYLESHEET));
  router.use(`/assets/${version}/${STYLESHEET}`, (req, res, next) => {
    if (req.path !== '/' || !['GET', 'HEAD'].includes(req.method)) return next();
    return res.set('Cache-Control', 'public, max-age=31536000, immutable').type('css').send(stylesheet);
  });
  router.use(`/assets/${version}`, express.static(PUBLIC_DIR, kept));
  return { router, url: (file) => `/assets/${version}/${file}` };
}

function packageFolder(name: string): string {
  return path.dirname(require.resolve(`${name}/package.json`));
}

/** A package's version stands for all of its files. */
function packageJsonOf(dir: string): string {
  return path.join(path.basename(dir) === 'dist' ? path.dirname(dir) : dir, 'package.json');
}

function filesIn(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .toSorted();
}

function hashOf(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(path.basename(file)).update(readFileSync(file));
  return hash.digest('base64url').slice(0, 12);
}
