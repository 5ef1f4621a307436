import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';

export interface Account {
  /** A command that changes the user and executes its other arguments; may be empty. */
  readonly prefix: readonly string[];
  /** Who must own the data, if not ourselves. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** Exit code if the lock was held. */
export const LOCKED = 75;

/** The children's whole environment: none of our secrets, and the same everywhere. */
export const CHILD_ENV = { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC' };

// Descriptor 3 is a pipe from Node: its end means that Node has ended, a line that the process has. The watcher is
// orphaned on purpose: the postmaster would take an unknown child for one of its own.
const WATCH = '( ( read -r _ || kill -INT $$ ) <&3 9>&- >/dev/null 2>&1 & )';

// The server's processes inherit descriptor 9: the lock lasts until the last one ends, even across containers.
const LOCK = `
[ -z "$lock" ] || exec 9>>"$lock"
[ -z "$lock" ] || ! command -v flock >/dev/null || flock -n 9 || exit ${LOCKED}
[ -z "$stale" ] || rm -f "$stale"`;

const SCRIPT = `lock=$1 stale=$2; shift 2; ${LOCK}\n${WATCH}\nexec "$@" 3<&-`;

export interface GuardedOptions {
  readonly account: Account;
  readonly output: 'pipe' | number;
  /** Locked while the process or a child lives; ignored on systems without flock(1). */
  readonly lockFile?: string;
  readonly staleFile?: string;
}

/** Node's end, even by SIGKILL, sends it SIGINT; its own session protects it from Ctrl-C. @throws Error */
export async function spawnGuarded(
  command: readonly string[],
  options: GuardedOptions,
): Promise<ChildProcess> {
  const { account, output, lockFile = '', staleFile = '' } = options;
  const args = ['-c', SCRIPT, 'guard', lockFile, staleFile, ...account.prefix, ...command];
  const child = spawn('/bin/sh', args, {
    ...account.user,
    cwd: '/',
    env: CHILD_ENV,
    detached: true,
    stdio: ['ignore', output, output, 'pipe'],
  });
  await once(child, 'spawn');
  const pipe = child.stdio[3] as Socket;
  pipe.on('error', () => pipe.destroy());
  child.once('exit', () => pipe.end('ended\n'));
  pipe.unref();
  child.unref();
  return child;
}

export async function ended(child: ChildProcess): Promise<void> {
  child.ref();
  if (!hasEnded(child)) await once(child, 'exit');
}

export const hasEnded = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null;

export function isErrno(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
