import { spawn } from 'node:child_process';
import type { Db } from '../../src/db.ts';
import { insertListener, insertSnapshot, insertTrack } from './factories.ts';
import { nodeArguments, ROOT } from './run-script.ts';

/** `npm run export:sqlite` as a process of its own; it sees no setting but the database and those given. */
export const runExport = (url: string, args: readonly string[], env: Record<string, string> = {}) =>
  new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    const child = spawn(process.execPath, [...nodeArguments('scripts/export-to-sqlite.ts'), ...args], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, DATABASE_URL: url, ...env },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });

/** A listener with one track in one list. @returns their user id */
export async function insertArchive(db: Db, spotifyId: string | null): Promise<number> {
  const userId = await insertListener(db, spotifyId);
  await insertSnapshot(db, userId, { date: '2026-01-01' }, [await insertTrack(db)]);
  return userId;
}
