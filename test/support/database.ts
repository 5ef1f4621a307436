import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, inject } from 'vitest';
import { createDb, type Db } from '../../src/db.ts';
import { log } from '../../src/log.ts';
import { databaseUrl } from './database-url.ts';

export interface TestDatabase {
  /** Set before the file's first test runs. */
  db: Db;
  /** The same database as a command that takes its time opens it: no statement is too slow, however busy the machine. */
  patient: Db;
  url: string;
}

/** The app's five seconds are soon over where others work the machine too. */
const STATEMENT_TIMEOUT_MS = 30_000;

/** A database of this test file's own, cloned from the migrated template and dropped afterwards. */
export function useDatabase(): TestDatabase {
  const server = inject('databaseServer');
  const name = `mtm_test_${randomBytes(6).toString('hex')}`;
  const url = databaseUrl(server, name);
  const test = { url } as TestDatabase;
  const onServer = async (sql: string): Promise<void> => {
    const admin = createDb({
      url: server,
      poolMin: 0,
      poolMax: 1,
      applicationName: 'test-admin',
      statementTimeoutMs: 0,
    });
    await admin.execute(sql);
    await admin.close();
  };
  beforeAll(async () => {
    log.level = 'silent';
    await onServer(`CREATE DATABASE ${name} TEMPLATE ${inject('templateDatabase')} STRATEGY FILE_COPY`);
    const settings = { url, poolMin: 0, poolMax: 10, applicationName: 'test' };
    test.db = createDb({ ...settings, statementTimeoutMs: STATEMENT_TIMEOUT_MS });
    test.patient = createDb({ ...settings, statementTimeoutMs: 0 });
  });
  afterAll(async () => {
    await test.db.close();
    await test.patient.close();
    await onServer(`DROP DATABASE ${name} WITH (FORCE)`);
  });
  return test;
}

/**
 * Deletes everybody and the catalogue. Not by TRUNCATE: that gives each table and index a new file, and every session
 * plans its statements again.
 */
export async function deleteEverything(db: Db): Promise<void> {
  await deleteEverybody(db);
  await deleteRows(db, 'enrichment_misses', 'track_artists', 'tracks', 'artists');
}

/** Keeps the catalogue. */
export const deleteEverybody = (db: Db): Promise<void> => deleteRows(db, 'users', 'spotify_limits');

export async function deleteRows(db: Db, ...tables: readonly string[]): Promise<void> {
  for (const table of tables) await db.execute(`DELETE FROM ${table}`);
}
