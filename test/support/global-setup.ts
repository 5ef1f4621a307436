import { chmodSync, existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { createDb } from '../../src/db.ts';
import { startEmbeddedPostgres } from '../../src/embedded-postgres.ts';
import { migrateUp } from '../../src/database/schema.ts';
import { compilePrograms } from './compile-programs.ts';
import { databaseUrl } from './database-url.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the test server; its path names no database of ours. */
    databaseServer: string;
    /** A migrated database of which the tests use clones, named after it. */
    templateDatabase: string;
  }
}

/** One server for the whole run: the one TEST_DATABASE_URL names, or a throwaway of our own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  useMemoryForFiles();
  const [server, removePrograms] = await Promise.all([startServer(), compilePrograms()]);
  const template = `mtm_template_${process.pid}`;
  const admin = createDb({
    url: server.url,
    poolMin: 0,
    poolMax: 1,
    applicationName: 'test-setup',
    statementTimeoutMs: 0,
  });
  const isDrill = (project.config.env as { DRILL?: string } | undefined)?.DRILL !== undefined;
  // What our own server learns of one file's few rows would mislead it in the next one, that has ten thousand.
  if (process.env.TEST_DATABASE_URL === undefined && !isDrill) {
    await admin.execute('ALTER SYSTEM SET autovacuum = off');
    await admin.execute('SELECT pg_reload_conf()');
  }
  await admin.execute(`DROP DATABASE IF EXISTS ${template}`);
  await admin.execute(`CREATE DATABASE ${template}`);
  await migrateUp(databaseUrl(server.url, template));
  project.provide('databaseServer', server.url);
  project.provide('templateDatabase', template);
  return async () => {
    const left = await admin.many<{ name: string }>(
      `SELECT datname AS name FROM pg_database WHERE datname = $1 OR starts_with(datname, $1 || '_')`,
      [template],
    );
    for (const { name } of left) await admin.execute(`DROP DATABASE ${name} WITH (FORCE)`);
    await admin.close();
    await server.stop();
    removePrograms();
  };
}

const MEMORY = '/dev/shm';
const ENOUGH_BYTES = 4 * 2 ** 30;

/** Where there is enough memory, what the tests write goes there: on a disk, copying a database takes ten times as long. */
function useMemoryForFiles(): void {
  if (process.env.TMPDIR !== undefined || freeBytes(MEMORY) < ENOUGH_BYTES) return;
  const temporary = mkdtempSync(path.join(MEMORY, 'mtm-'));
  // Like /tmp: pgbouncer and what the tests run as an ordinary user use it too.
  chmodSync(temporary, 0o1777);
  process.env.TMPDIR = temporary;
  // Also where somebody ends the run: what is left there takes memory.
  process.once('exit', () => rmSync(temporary, { recursive: true, force: true }));
}

function freeBytes(directory: string): number {
  if (!existsSync(directory)) return 0;
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}

async function startServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const named = process.env.TEST_DATABASE_URL;
  if (named !== undefined) return { url: named, stop: async () => undefined };
  const dataDir = path.join(mkdtempSync(path.join(os.tmpdir(), 'mtm-test-')), 'postgres');
  return startEmbeddedPostgres({ dataDir, throwaway: true });
}
