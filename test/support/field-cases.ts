import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

const directory = process.env.FIELD_CASES ?? path.resolve(import.meta.dirname, '../../../shared/field-cases');

/** Generators of files as people have them do not come with the code; they want Python. */
export const hasFieldCases =
  existsSync(directory) && spawnSync('python3', ['-c', 'import sqlite3'], { stdio: 'ignore' }).status === 0;
if (!hasFieldCases) {
  process.stderr.write(
    `There are no field cases in ${directory} (FIELD_CASES), or no python3: their test is skipped.\n`,
  );
}

/** Runs every generator in a directory. @returns the names of the files it holds then */
export function writeFieldCases(into: string): string[] {
  for (const name of readdirSync(directory).filter((other) => other.endsWith('.py')))
    execFileSync('python3', [path.join(directory, name)], { cwd: into, stdio: 'ignore' });
  return readdirSync(into).filter((name) => name.endsWith('.db'));
}
