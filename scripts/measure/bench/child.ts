import { spawn } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';

const ROOT = path.resolve(import.meta.dirname, '../../..');

export interface Measured {
  readonly seconds: number;
  /** Peak resident memory of the client; null where it is not known. */
  readonly megabytes: number | null;
}

/** The real command, as a person runs it, with the start of Node in its time. @throws Error unless it exits with 0 */
export async function measureMove(file: string, url: string): Promise<Measured> {
  const args = ['--import', 'tsx', '--import', './scripts/measure/bench/peak-memory.ts'];
  const command = ['scripts/migrate-from-sqlite.ts', file, '--owner', 'listener', '--no-backup', '--json'];
  const started = performance.now();
  const child = spawn(process.execPath, [...args, ...command], {
    cwd: ROOT,
    env: { ...process.env, DATABASE_URL: url },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const [, stderr, peak, code] = await Promise.all([
    text(child.stdout as Readable),
    text(child.stderr as Readable),
    text(child.stdio[3] as Readable),
    new Promise<number | null>((resolve) => child.on('close', resolve)),
  ]);
  if (code !== 0) throw new Error(`the move ended with ${code}: ${stderr}`);
  return { seconds: (performance.now() - started) / 1000, megabytes: Number(peak) / 1024 };
}

/** Any other program; its memory is not asked for. */
export async function measureProgram(program: string, args: readonly string[]): Promise<Measured> {
  const started = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.on('close', resolve)),
  ]);
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${stderr || stdout}`);
  return { seconds: (performance.now() - started) / 1000, megabytes: null };
}

export function isInstalled(program: string): Promise<boolean> {
  return new Promise((resolve) => {
    spawn(program, ['--version'], { stdio: 'ignore' })
      .on('error', () => resolve(false))
      .on('close', (code) => resolve(code === 0));
  });
}
