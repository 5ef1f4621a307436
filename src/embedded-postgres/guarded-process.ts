import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';

/** PostgreSQL refuses to run as root, so this says whom it runs as. */
export interface Account {
  /** A command that changes the user and then becomes the rest of its arguments; empty: none needed. */
  readonly prefix: readonly string[];
  /** Set when the process has to become this user, who then has to own the data. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** Exit code of a guarded process that found its lock held. */
export const LOCKED = 75;

/** All that the children see of the environment: nothing of ours, no secrets, the same everywhere. */
export const CHILD_ENV = { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC' };

// Descriptor 3 is a pipe from node. When node ends, however it ends, the watcher reads end-of-file and asks the
// process for a fast shutdown (SIGINT). A line in the pipe instead says that the process is gone already.
// The watcher is orphaned on purpose: the postmaster would take a child it does not know for one of its own.
const WATCH = '( ( read -r _ || kill -INT $$ ) <&3 9>&- >/dev/null 2>&1 & )';

// Descriptor 9 is inherited by every process of the server, so the lock lasts exactly as long as the last of them,
// also across containers that share the directory but cannot see each other's process ids.
const LOCK = `
[ -z "$lock" ] || exec 9>>"$lock"
[ -z "$lock" ] || ! command -v flock >/dev/null || flock -n 9 || exit ${LOCKED}
[ -z "$stale" ] || rm -f "$stale"`;

const SCRIPT = `lock=$1 stale=$2; shift 2; ${LOCK}\n${WATCH}\nexec "$@" 3<&-`;

export interface GuardedOptions {
  readonly account: Account;
  /** Where stdout and stderr go, as for child_process.spawn. */
  readonly output: 'pipe' | number;
  /** Held while the process or a child of it lives; where the system has no flock(1), not at all. */
  readonly lockFile?: string;
  /** Removed once the lock is held; empty: none. */
  readonly staleFile?: string;
}

/**
 * Starts a command that gets SIGINT as soon as this process is gone, SIGKILL included. It has its own session: Ctrl-C
 * in the terminal does not reach it. `pid` is the command's own. It does not keep node's event loop alive. Throws when
 * the system does not let it start, e.g. as another user.
 */
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

/** Resolves when the process has ended; keeps node's event loop alive until then. */
export async function ended(child: ChildProcess): Promise<void> {
  child.ref();
  if (!hasEnded(child)) await once(child, 'exit');
}

export const hasEnded = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null;

/** Whether this is a system error with one of these codes (ENOENT and so on). */
export function isErrno(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
