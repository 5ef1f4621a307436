import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './run-script.ts';

const NOT_COMPILED = ['node_modules', 'package.json', 'migrations', 'public', 'views'];

/**
 * Tests start dozens of programs, the drill hundreds, and each would compile itself: once does for all of them.
 * @returns what removes them @throws Error if the compiler cannot read them
 */
export async function compilePrograms(): Promise<() => void> {
  const compiled = mkdtempSync(path.join(os.tmpdir(), 'mtm-compiled-'));
  const tsc = path.join(ROOT, 'node_modules/.bin/tsc');
  const written = ['--noEmit', 'false', '--outDir', compiled, '--rootDir', ROOT];
  await promisify(execFile)(tsc, ['-p', ROOT, '--noCheck', ...written]);
  for (const name of NOT_COMPILED) symlinkSync(path.join(ROOT, name), path.join(compiled, name));
  process.env.COMPILED_PROGRAMS = compiled;
  return () => rmSync(compiled, { recursive: true });
}
