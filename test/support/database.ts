import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, inject } from 'vitest';
import { createDb, type Db } from '../../src/db.ts';
import { log } from '../../src/log.ts';
import { databaseUrl } from './database-url.ts';
import { isDrill } from './drill.ts';

export interface TestDatabase {
  /** Set before the file's first test runs. */
  db: Db;
  /** The same database as a command that takes its time opens it: no statement is too slow, however busy the machine. */
  patient: Db;
  url: string;
}

/** The app's five and two seconds are soon over where others work the machine too. */
const STATEMENT_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 30_000;

/**
 * A database that is empty when the file begins. Those of one process take turns with it: to clone one for each file, and
 * have its connections plan all they are asked once more, took a fifth of all tests.
 */
export function useDatabase(): TestDatabase {
  const test = {} as TestDatabase;
  let taken: Clone;
  beforeAll(async () => {
    log.level = 'silent';
    taken = await takeClone();
    Object.assign(test, taken);
  });
  // (What a drill has killed or left running must not meet the next one.)
  afterAll(() => (isDrill ? drop(taken) : free.push(taken)));
  return test;
}

/** Of the migrated template. */
interface Clone extends TestDatabase {
  readonly name: string;
  /** What its schema was at first. */
  readonly schema: string;
}

/** (A file may use two at once.) */
const free: Clone[] = [];

async function takeClone(): Promise<Clone> {
  const left = free.pop();
  if (left === undefined) return clone();
  if (await isEmptiedAsItWas(left)) return left;
  await drop(left);
  return clone();
}

async function clone(): Promise<Clone> {
  const name = `${inject('templateDatabase')}_${randomBytes(6).toString('hex')}`;
  const url = databaseUrl(inject('databaseServer'), name);
  await onServer(`CREATE DATABASE ${name} TEMPLATE ${inject('templateDatabase')} STRATEGY FILE_COPY`);
  const settings = {
    url,
    poolMin: 0,
    poolMax: 10,
    applicationName: 'test',
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
  };
  const db = createDb({ ...settings, statementTimeoutMs: STATEMENT_TIMEOUT_MS });
  const patient = createDb({ ...settings, statementTimeoutMs: 0 });
  return { name, url, db, patient, schema: await describeSchema(db) };
}

/** False where a file has left another schema, many dead rows, or work on its connections, or has closed them. */
async function isEmptiedAsItWas({ db, patient, schema }: Clone): Promise<boolean> {
  if ([db, patient].some(({ pool }) => pool.totalCount > pool.idleCount)) return false;
  try {
    await db.execute(END_OTHERS);
    await db.execute(EMPTY);
    if ((await db.one<{ bytes: number }>(LEFT)).bytes > MOST_LEFT_BYTES) return false;
    return (await describeSchema(db)) === schema;
  } catch {
    return false;
  }
}

/** Connections that a file has opened besides, and left open. */
const END_OTHERS = `
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND backend_type = 'client backend' AND application_name <> 'test'`;

/** All but what the migrations have filled. */
const EMPTY = `
  DO $$
  DECLARE
    known record;
  BEGIN
    SET LOCAL lock_timeout = '2s';
    SET LOCAL session_replication_role = replica;
    FOR known IN SELECT format('%I', tablename) AS name FROM pg_tables
      WHERE schemaname = 'public' AND tablename NOT IN ('pgmigrations', 'enrichments') LOOP
      EXECUTE 'DELETE FROM ' || known.name;
    END LOOP;
    PERFORM setval(format('%I', sequencename)::regclass, start_value, false) FROM pg_sequences
      WHERE schemaname = 'public' AND sequencename <> 'pgmigrations_id_seq';
  END $$`;

/** (VACUUM would tell the planner that there are no rows, for good: a test then took minutes.) */
const LEFT = `
  SELECT sum(pg_relation_size(oid))::float8 AS bytes FROM pg_class
  WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`;
const MOST_LEFT_BYTES = 4_000_000;

/** Another one after whatever DDL or ANALYZE, and where what the migrations have filled was changed. */
const describeSchema = async (db: Db): Promise<string> =>
  (
    await db.one<{ schema: string }>(`
      SELECT md5(string_agg(known, ',' ORDER BY known)) AS schema FROM (
        SELECT concat(oid, ' ', xmin) FROM pg_class WHERE oid >= 16384 AND relpersistence = 'p'
        UNION ALL SELECT concat(oid, ' ', xmin) FROM pg_proc WHERE oid >= 16384
        UNION ALL SELECT concat(oid, ' ', xmin) FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT concat(oid, ' ', xmin) FROM pg_namespace WHERE nspname !~ '^pg_'
        UNION ALL SELECT concat(name, ' ', run_on) FROM pgmigrations
        UNION ALL SELECT e::text FROM enrichments AS e
        UNION ALL SELECT starelid::text FROM pg_statistic WHERE starelid >= 16384
      ) AS parts (known)`)
  ).schema;

async function drop({ name, db, patient }: Clone): Promise<void> {
  await Promise.allSettled([db.close(), patient.close()]);
  await onServer(`DROP DATABASE ${name} WITH (FORCE)`);
}

async function onServer(sql: string): Promise<void> {
  const admin = createDb({
    url: inject('databaseServer'),
    poolMin: 0,
    poolMax: 1,
    applicationName: 'test-admin',
    statementTimeoutMs: 0,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
  });
  await admin.execute(sql);
  await admin.close();
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
