import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Binaries } from '../../src/embedded-postgres/binaries.ts';

const DEBIAN_ROOT = '/usr/lib/postgresql';
const OLDEST_MAJOR = 15;

/** A whole PostgreSQL as Debian installs it: a server with its own pg_dump and pg_restore; null where there is none. */
export function findWholePostgres(): Binaries | null {
  const majors = existsSync(DEBIAN_ROOT) ? readdirSync(DEBIAN_ROOT).map(Number) : [];
  const newest = majors
    .filter((major) => major >= OLDEST_MAJOR)
    .toSorted((one, other) => other - one)
    .map((major) => ({ major, dir: path.join(DEBIAN_ROOT, String(major), 'bin') }));
  return (
    newest.find(({ dir }) =>
      ['initdb', 'postgres', 'pg_dump', 'pg_restore'].every((name) => existsSync(path.join(dir, name))),
    ) ?? null
  );
}

/** Runs one of its programs to its end. @throws Error with what it wrote where it fails */
export async function runPostgresProgram(
  { dir }: Binaries,
  name: string,
  args: readonly string[],
): Promise<void> {
  await promisify(execFile)(path.join(dir, name), args, { maxBuffer: 64 * 1024 * 1024 });
}
