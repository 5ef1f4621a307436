import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Binaries } from './binaries.ts';
import { type Account, CHILD_ENV, ended, isErrno, spawnGuarded } from './guarded-process.ts';

const run = promisify(execFile);

// initdb looks its user up by name, and nearly every system has one with this id.
const NOBODY = { uid: 65_534, gid: 65_534 };
const AS_NOBODY = ['unshare', '--user', `--map-user=${NOBODY.uid}`, `--map-group=${NOBODY.gid}`, '--'];
const THROWAWAY_MARK = 'throwaway';

// After its parent was killed, initdb writes for another moment.
const PATIENTLY = { recursive: true, force: true, maxRetries: 8, retryDelay: 50 };

const drafts = new Set<string>();

/** Links resolved; creates the parents. @throws Error if another user owns it and we are not root */
export async function settleDataDir(dataDir: string): Promise<string> {
  const parent = path.dirname(path.resolve(dataDir));
  await mkdir(parent, { recursive: true });
  const owner = await stat(dataDir).catch(nullWhenMissing);
  if (owner === null) return path.join(await realpath(parent), path.basename(path.resolve(dataDir)));
  const me = process.getuid?.();
  if (me === 0 || owner.uid === me) return realpath(dataDir);
  throw new Error(
    `${dataDir} belongs to user ${owner.uid}; start the app as that user (this is user ${me}).`,
  );
}

/** Null if there is none. @throws Error for a directory with something else */
export async function clusterMajor(dataDir: string): Promise<number | null> {
  const version = await textOf(path.join(dataDir, 'PG_VERSION'));
  if (version !== null) return Number.parseInt(version, 10);
  const files = await readdir(dataDir).catch(emptyWhenMissing);
  if (files.length === 0) return null;
  throw new Error(`${dataDir} has files but no PostgreSQL cluster. Name an empty or new directory.`);
}

export async function assertThrowaway(dataDir: string): Promise<void> {
  if ((await textOf(path.join(dataDir, THROWAWAY_MARK))) !== null) return;
  throw new Error(`${dataDir} has a cluster that is meant to last; it cannot be used as a throwaway one.`);
}

/**
 * An ordinary user runs it as themselves. Root runs it as the directory's owner, as nobody in a user namespace (which
 * also serves user ids without a name, refused by initdb), or as nobody, who then gets the directory.
 */
export async function chooseAccount(dataDir: string): Promise<Account> {
  const me = process.getuid?.() ?? -1;
  const owner = await stat(dataDir).catch(nullWhenMissing);
  if (me !== 0 && owner !== null && owner.uid !== me) {
    throw new Error(
      `${dataDir} belongs to user ${owner.uid}; start the app as that user (this is user ${me}).`,
    );
  }
  if (me !== 0 && hasName()) return { prefix: [] };
  if (owner !== null && owner.uid !== me) return { prefix: [], user: { uid: owner.uid, gid: owner.gid } };
  if (await succeeds([...AS_NOBODY, 'true'])) return { prefix: AS_NOBODY };
  return me === 0 ? { prefix: [], user: NOBODY } : { prefix: [] };
}

/** Only if it is another user's. @throws Error if the account cannot reach it */
export async function giveTo(account: Account, dir: string, binaries: Binaries): Promise<void> {
  if (account.user === undefined) return;
  const { uid, gid } = account.user;
  if ((await stat(dir)).uid !== uid) await run('chown', ['-Rh', `${uid}:${gid}`, dir], { env: CHILD_ENV });
  for (const needed of [dir, binaries.dir]) {
    if (await succeeds(['sh', '-c', 'cd "$1"', 'probe', needed], account.user)) continue;
    throw new Error(
      `PostgreSQL does not run as root, and as user ${uid} it cannot enter ${needed}. ` +
        'Let other users enter its parent directories (chmod o+x), allow user namespaces, or set DATABASE_URL.',
    );
  }
}

/** initdb fills a directory that is then renamed: no cluster is incomplete, and of several at once one wins. */
export async function createCluster(
  dataDir: string,
  { account, binaries, throwaway }: { account: Account; binaries: Binaries; throwaway: boolean },
): Promise<void> {
  await removeAbandonedDrafts(dataDir);
  const draft = `${dataDir}.new-${process.pid}-${randomBytes(4).toString('hex')}`;
  drafts.add(draft);
  try {
    await mkdir(draft, { mode: 0o700 });
    await giveTo(account, draft, binaries);
    await runInitdb(draft, { account, binaries, throwaway });
    if (throwaway) await writeFile(path.join(draft, THROWAWAY_MARK), '');
    await takeName(draft, dataDir);
  } finally {
    await rm(draft, PATIENTLY);
    drafts.delete(draft);
  }
}

async function runInitdb(
  draft: string,
  { account, binaries, throwaway }: { account: Account; binaries: Binaries; throwaway: boolean },
): Promise<void> {
  const initdb = path.join(binaries.dir, 'initdb');
  const options = [
    '--username=postgres',
    '--auth=trust',
    '--encoding=UTF8',
    ...localeOptions(binaries.major),
  ];
  const command = [initdb, `--pgdata=${draft}`, ...options, ...(throwaway ? ['--no-sync'] : [])];
  const child = await spawnGuarded(command, { account, output: 'pipe' });
  let output = '';
  child.stdout?.on('data', (chunk) => (output += String(chunk)));
  child.stderr?.on('data', (chunk) => (output += String(chunk)));
  await ended(child);
  if (child.exitCode !== 0) throw new Error(`initdb could not create ${draft}:\n${output.trim()}`);
}

/** Sorts by code point and knows Unicode's letters, on every machine alike (before 17: as the C library does). */
function localeOptions(major: number): string[] {
  const libc = process.platform === 'darwin' ? ['--locale=C', '--lc-ctype=UTF-8'] : ['--locale=C.UTF-8'];
  return major >= 17 ? [...libc, '--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : libc;
}

async function takeName(draft: string, dataDir: string): Promise<void> {
  try {
    await rename(draft, dataDir);
  } catch (error) {
    if (isErrno(error, 'ENOTEMPTY', 'EEXIST')) return;
    if (!isErrno(error, 'EBUSY', 'EXDEV')) throw error;
    throw new Error(`${dataDir} is a mount point: name a directory below it.`, { cause: error });
  }
  await syncToDisk(path.dirname(dataDir));
}

async function syncToDisk(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function removeAbandonedDrafts(dataDir: string): Promise<void> {
  const parent = path.dirname(dataDir);
  const prefix = `${path.basename(dataDir)}.new-`;
  const names = (await readdir(parent)).filter((name) => name.startsWith(prefix));
  for (const name of names) {
    const maker = Number.parseInt(name.slice(prefix.length), 10);
    const inUse = maker === process.pid ? drafts.has(path.join(parent, name)) : isAlive(maker);
    if (!inUse) await rm(path.join(parent, name), PATIENTLY);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return isErrno(error, 'EPERM');
  }
}

function hasName(): boolean {
  try {
    return os.userInfo().username !== '';
  } catch {
    return false;
  }
}

async function succeeds(command: readonly string[], user?: Account['user']): Promise<boolean> {
  const [file = '', ...args] = command;
  return run(file, args, { ...user, cwd: '/', env: CHILD_ENV }).then(
    () => true,
    () => false,
  );
}

/** @throws Error unless only we, or PostgreSQL's user, can have written into it */
export async function assertPrivate(dir: string, serverUid = process.getuid?.()): Promise<void> {
  const found = await lstat(dir);
  const isOurs = found.uid === process.getuid?.() || found.uid === serverUid;
  if (found.isDirectory() && isOurs && (found.mode & 0o077) === 0) return;
  throw new Error(
    `${dir} should be private to us, but someone else made it or opened it to others. Remove it.`,
  );
}

export const textOf = (file: string): Promise<string | null> => readFile(file, 'utf8').catch(nullWhenMissing);

function nullWhenMissing(error: unknown): null {
  if (isErrno(error, 'ENOENT')) return null;
  throw error;
}

function emptyWhenMissing(error: unknown): string[] {
  nullWhenMissing(error);
  return [];
}
