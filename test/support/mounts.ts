import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

/** Makes a directory a small disk in memory; false where this process may not mount. */
export function mountSmallDisk(directory: string, megabytes: number): boolean {
  mkdirSync(directory, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', directory], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}

/** Nobody, root included, can write to a mounted disk after this. */
export function seal(directory: string): void {
  execFileSync('mount', ['-o', 'remount,ro', directory]);
}

export function unmount(directory: string): void {
  execFileSync('umount', [directory]);
}
