import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import path from 'node:path';

const A_DAY_MS = 86_400_000;
const own = new Set<string>();
let removedAtExit = false;

/** Private, and named after its process, to find what a killed one left. @throws Error if the place is taken */
export function makePrivateDirectory(): string {
  const directory = mkdtempSync(path.join(openRoot(), `${hostname()}.${process.pid}.`));
  own.add(directory);
  if (!removedAtExit) process.once('exit', () => own.forEach(removePrivateDirectory));
  removedAtExit = true;
  return directory;
}

export function removePrivateDirectory(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
  own.delete(directory);
}

export function sweepPrivateDirectories(): void {
  const root = openRoot();
  for (const name of readdirSync(root)) {
    const directory = path.join(root, name);
    if (!own.has(directory) && isAbandoned(name, directory))
      rmSync(directory, { recursive: true, force: true });
  }
}

function openRoot(): string {
  const { uid } = userInfo();
  const root = path.join(tmpdir(), `music-time-machine-${uid}`);
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const found = lstatSync(root);
  if (!found.isDirectory() || (uid >= 0 && found.uid !== uid))
    throw new Error(`${root} belongs to another account. This server needs the directory for itself.`);
  if ((found.mode & 0o777) !== 0o700) chmodSync(root, 0o700);
  return root;
}

/** Processes of other machines (or containers) that share the directory are not visible here: wait a day. */
function isAbandoned(name: string, directory: string): boolean {
  const [, host, pid] = /^(.*)\.(\d+)\.[^.]+$/.exec(name) ?? [];
  if (host === hostname() && pid !== undefined) return !isRunning(Number(pid));
  return Date.now() - (lstatSync(directory, { throwIfNoEntry: false })?.mtimeMs ?? 0) > A_DAY_MS;
}

function isRunning(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
