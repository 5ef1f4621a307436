import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { textOf } from './cluster.ts';
import { CHILD_ENV, isErrno } from './guarded-process.ts';

const run = promisify(execFile);

/** What a postmaster writes into postmaster.pid. */
export interface PidFile {
  /** NaN when a power cut left the file empty */
  readonly pid: number;
  readonly dataDir: string;
  /** Empty while the server comes up */
  readonly socketDir: string;
}

/** Null when no server runs on the directory or the last one ended cleanly. */
export async function readPidFile(dataDir: string): Promise<PidFile | null> {
  const text = await textOf(path.join(dataDir, 'postmaster.pid'));
  if (text === null) return null;
  const [pid = '', ownDataDir = '', , , socketDir = ''] = text.split('\n');
  return { pid: Number.parseInt(pid, 10), dataDir: ownDataDir, socketDir };
}

/**
 * Who has this process id: a postgres, some other program or a zombie (the id was given out again, or nobody reaped
 * the dead server), or no one.
 */
export async function holderOf(pid: number): Promise<'postgres' | 'other' | 'no one'> {
  const program = await programOf(pid);
  if (program === null) return 'no one';
  return ['postgres', 'postmaster'].includes(path.basename(program)) ? 'postgres' : 'other';
}

/** The path of the program a process runs; empty for a zombie, null without such a process. */
async function programOf(pid: number): Promise<string | null> {
  if (Number.isNaN(pid)) return '';
  if (process.platform !== 'linux') return programByPs(pid);
  try {
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    return commandLine.split('\0')[0] ?? '';
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ESRCH')) return null;
    throw error;
  }
}

const programByPs = (pid: number): Promise<string | null> =>
  run('ps', ['-o', 'comm=', '-p', String(pid)], { env: CHILD_ENV }).then(
    ({ stdout }) => stdout.trim(),
    () => null,
  );
