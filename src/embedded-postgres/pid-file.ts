import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { textOf } from './cluster.ts';
import { CHILD_ENV, isErrno } from './guarded-process.ts';

const run = promisify(execFile);

export interface PidFile {
  /** NaN if a power cut left the file empty. */
  readonly pid: number;
  readonly dataDir: string;
  readonly socketDir: string;
}

/** Null after a clean end. */
export async function readPidFile(dataDir: string): Promise<PidFile | null> {
  const text = await textOf(path.join(dataDir, 'postmaster.pid'));
  if (text === null) return null;
  const [pid = '', ownDataDir = '', , , socketDir = ''] = text.split('\n');
  return { pid: Number.parseInt(pid, 10), dataDir: ownDataDir, socketDir };
}

export async function holderOf(pid: number): Promise<'postgres' | 'other' | 'no one'> {
  const program = await programOf(pid);
  if (program === null) return 'no one';
  return ['postgres', 'postmaster'].includes(path.basename(program)) ? 'postgres' : 'other';
}

/** Empty for a zombie, null without such a process. */
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
