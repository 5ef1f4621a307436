import type { Db } from '../../../src/db.ts';
import { silentProgress, terminalProgress } from '../progress.ts';
import { moveFile } from './move-file.ts';
import { exitCodeOf, printGenericReport } from './report.ts';

export interface GenericArguments {
  readonly schema?: string | undefined;
  readonly 'assume-timezone'?: string | undefined;
  readonly 'dry-run': boolean;
  readonly 'verify-only': boolean;
  readonly 'no-backup': boolean;
  readonly json: boolean;
}

/** @returns the exit code */
export async function moveGeneric(
  db: Db,
  file: string,
  given: GenericArguments,
  show: (text: string) => void,
): Promise<0 | 1> {
  const report = await moveFile({
    db,
    file,
    schema: given.schema,
    mode: given['dry-run'] ? 'dry-run' : given['verify-only'] ? 'verify' : 'move',
    assumedZone: given['assume-timezone'] ?? null,
    backup: !given['no-backup'],
    progress: given.json || !process.stderr.isTTY ? silentProgress : terminalProgress(),
  });
  show(given.json ? JSON.stringify(report, null, 2) : printGenericReport(report));
  return exitCodeOf(report);
}
