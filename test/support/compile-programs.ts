import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROOT } from './run-script.ts';

const NOT_COMPILED = ['node_modules', 'package.json', 'migrations', 'public', 'views'];

/** Tests start dozens of programs, the drill hundreds, and each would compile itself: once does for all of them. */
export default function compilePrograms(): () => void {
  const compiled = mkdtempSync(path.join(os.tmpdir(), 'mtm-compiled-'));
  const tsc = path.join(ROOT, 'node_modules/.bin/tsc');
  const written = ['--noEmit', 'false', '--outDir', compiled, '--rootDir', ROOT];
  execFileSync(tsc, ['-p', ROOT, '--noCheck', ...written], { stdio: 'inherit' });
  for (const name of NOT_COMPILED) symlinkSync(path.join(ROOT, name), path.join(compiled, name));
  process.env.COMPILED_PROGRAMS = compiled;
  return () => rmSync(compiled, { recursive: true });
}
