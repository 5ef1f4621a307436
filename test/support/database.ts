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
    test.db = createDb(settings);
    test.patient = createDb({ ...settings, statementTimeoutMs: 0 });
  });
  afterAll(async () => {
    await test.db.close();
    await test.patient.close();
    await onServer(`DROP DATABASE ${name} WITH (FORCE)`);
  });
  return test;
}
