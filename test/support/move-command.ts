import { spawn, type ChildProcess } from 'node:child_process';
import type { Db } from '../../src/db.ts';
import { nodeArguments, ROOT } from './run-script.ts';

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Starts `npm run migrate:sqlite` as a process of its own; it sees no setting but those given. */
export function startMove(args: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  return spawn(process.execPath, [...nodeArguments('scripts/migrate-from-sqlite.ts'), ...args], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
  });
}

export function ended(child: ChildProcess): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

/** SQL: the connections of moves that are inside their transaction. */
export const MOVING = `application_name = 'migrate-sqlite' AND datname = current_database() AND xact_start IS NOT NULL`;

/** Waits until a run is inside its transaction and copying. */
export const isMoving = (db: Db): Promise<void> =>
  until(db, `EXISTS (SELECT FROM pg_stat_activity WHERE ${MOVING} AND query LIKE 'COPY%')`);

/** Waits until the server has noticed that nobody is there any more. */
export const isQuiet = (db: Db): Promise<void> =>
  until(db, `NOT EXISTS (SELECT FROM pg_stat_activity WHERE ${MOVING})`);

async function until(db: Db, condition: string): Promise<void> {
  for (;;) {
    const row = await db.one<{ met: boolean }>(`SELECT ${condition} AS met`);
    if (row.met) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
