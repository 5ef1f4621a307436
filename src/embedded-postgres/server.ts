import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chown, type FileHandle, mkdir, open, readFile, rename, stat, statfs } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Binaries } from './binaries.ts';
import { assertPrivate } from './cluster.ts';
import { type Account, ended, hasEnded, isErrno, spawnGuarded } from './guarded-process.ts';
import { holderOf, readPidFile } from './pid-file.ts';
import { ask, DUPLICATE, NO_SUCH_DATABASE, OK } from './wire.ts';

/** After this a fast shutdown becomes an immediate one; committed data survives both. */
const FAST_SHUTDOWN_MS = 60_000;
const LONGEST_SOCKET_PATH = 103;
const LOG_ROTATE_BYTES = 5_000_000;
const TIGHT_SHM_BYTES = 128 * 2 ** 20;

export interface ServerOptions {
  readonly dataDir: string;
  readonly socketDir: string;
  readonly account: Account;
  readonly binaries: Binaries;
  readonly throwaway: boolean;
}

export async function prepareSocketDir(dataDir: string, account: Account): Promise<string> {
  const name = `mtm-pg-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`;
  const fits = Buffer.byteLength(path.join(os.tmpdir(), name, '.s.PGSQL.5432')) <= LONGEST_SOCKET_PATH;
  const dir = path.join(fits ? os.tmpdir() : '/tmp', name);
  await mkdir(dir, { mode: 0o700 }).catch((error: unknown) => {
    if (!isErrno(error, 'EEXIST')) throw error;
  });
  await assertPrivate(dir, account.user?.uid);
  if (account.user !== undefined) await chown(dir, account.user.uid, account.user.gid);
  return dir;
}

/** It does not answer yet, and exits with LOCKED if another one has the directory. */
export async function spawnServer(options: ServerOptions): Promise<ChildProcess> {
  const { dataDir, account, binaries } = options;
  const settings = Object.entries(await serverSettings(options)).flatMap((pair) => ['-c', pair.join('=')]);
  const output = await openServerLog(dataDir);
  try {
    return await spawnGuarded([path.join(binaries.dir, 'postgres'), '-D', dataDir, ...settings], {
      account,
      output: output.fd,
      lockFile: path.join(dataDir, 'server.lock'),
      staleFile: (await isMisleading(dataDir)) ? path.join(dataDir, 'postmaster.pid') : '',
    });
  } finally {
    await output.close();
  }
}

async function serverSettings({ socketDir, throwaway }: ServerOptions): Promise<Record<string, string>> {
  // Shared memory as files goes with the directory; any other outlives an immediate shutdown.
  const careless = {
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    dynamic_shared_memory_type: 'mmap',
  };
  return {
    listen_addresses: '',
    port: '5432',
    unix_socket_directories: `"${socketDir}"`,
    unix_socket_permissions: '0700',
    max_connections: '100',
    shared_buffers: '128MB',
    huge_pages: 'off',
    ...((await isSharedMemoryTight()) ? { dynamic_shared_memory_type: 'mmap' } : {}),
    ...(throwaway ? careless : {}),
  };
}

/** Containers often have 64 MB or none, too little for parallel queries; files work too. */
async function isSharedMemoryTight(): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  const { bavail, bsize } = await statfs('/dev/shm').catch(() => ({ bavail: 0, bsize: 0 }));
  return bavail * bsize < TIGHT_SHM_BYTES;
}

/** PostgreSQL refuses to start if another program has a dead server's process id, as after a container restart. */
async function isMisleading(dataDir: string): Promise<boolean> {
  const pidFile = await readPidFile(dataDir);
  return pidFile !== null && (await holderOf(pidFile.pid)) === 'other';
}

async function openServerLog(dataDir: string): Promise<FileHandle> {
  const file = path.join(dataDir, 'server.log');
  const { size } = await stat(file).catch(() => ({ size: 0 }));
  if (size > LOG_ROTATE_BYTES) await rename(file, `${file}.old`);
  return open(file, 'a', 0o600);
}

export async function lastWords(dataDir: string): Promise<string> {
  const text = await readFile(path.join(dataDir, 'server.log'), 'utf8');
  return text.trimEnd().split('\n').slice(-10).join('\n');
}

export async function becomesReady(
  child: ChildProcess,
  { dataDir, socketDir }: ServerOptions,
  { database, withinMs }: { database: string; withinMs: number },
): Promise<boolean> {
  const giveUpAt = Date.now() + withinMs;
  while (!hasEnded(child) && Date.now() < giveUpAt) {
    await sleep(10);
    const isOurs = (await readPidFile(dataDir))?.pid === child.pid;
    if (isOurs && (await answers(socketDir, database))) return true;
  }
  return false;
}

export async function answers(socketDir: string, database: string): Promise<boolean> {
  const reply = await ask(socketDir, database, 'SELECT 1');
  if (reply !== NO_SUCH_DATABASE) return reply === OK;
  const created = await ask(socketDir, 'postgres', `CREATE DATABASE "${database.replaceAll('"', '""')}"`);
  if (created === OK || DUPLICATE.includes(created ?? '')) return true;
  throw new Error(`PostgreSQL could not create the database ${database} (SQLSTATE ${created ?? 'none'}).`);
}

/** `immediate` does not write everything to disk first. */
export async function shutDown(child: ChildProcess, { immediate }: { immediate: boolean }): Promise<void> {
  child.kill(immediate ? 'SIGQUIT' : 'SIGINT');
  const impatience = setTimeout(() => child.kill('SIGQUIT'), FAST_SHUTDOWN_MS);
  await ended(child);
  clearTimeout(impatience);
}
