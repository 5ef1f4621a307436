import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const ROOT = path.resolve(import.meta.dirname, '../..');

const lockfile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      license: z.string().optional(),
      integrity: z.string().optional(),
      dev: z.boolean().optional(),
      hasInstallScript: z.boolean().optional(),
    }),
  ),
});

export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** In SPDX. */
  readonly licence: string;
  readonly hasIntegrity: boolean;
  readonly runsOnInstall: boolean;
}

/** Packages whose package.json gives no licence in SPDX; read by hand from their LICENSE files. */
const READ_BY_HAND: Readonly<Record<string, string>> = {
  'passport-oauth': 'MIT',
  'passport-spotify': 'MIT',
  'passport-strategy': 'MIT',
  pause: 'MIT',
};

/** Every package that `npm ci --omit=dev` may install, on any platform. */
export function readPackages(): LockedPackage[] {
  const { packages } = lockfile.parse(JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')));
  return Object.entries(packages)
    .filter(([place, { dev }]) => place !== '' && dev !== true)
    .map(([place, found]) => {
      const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
      return {
        name,
        version: found.version ?? '',
        licence: found.license ?? READ_BY_HAND[name] ?? 'unknown',
        hasIntegrity: found.integrity !== undefined,
        runsOnInstall: found.hasInstallScript ?? false,
      };
    });
}
