import { spawn } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { expect, it, onTestFinished } from 'vitest';
import { exitCodeOf } from '../../../scripts/migrate-from-sqlite/report.ts';
import { writeLargeArchive } from '../../../scripts/measure/large-archive.ts';
import { createDb } from '../../../src/db.ts';
import { listStrayDerived } from '../../support/derived.ts';
import { useMoves } from '../../support/moves.ts';
import { insert, SNAPSHOTS_SCHEMA, useDirectory } from '../../support/old-archives.ts';
import { describeSchema } from '../../support/schema-description.ts';
import { dumpTables } from '../../support/table-dump.ts';

const { test, archive, move } = useMoves(SNAPSHOTS_SCHEMA);
const directory = useDirectory();
const root = path.resolve(import.meta.dirname, '../../..');

interface Ended {
  readonly code: number | null;
  readonly peakMegabytes: number;
}

function run(file: string): { ended: Promise<Ended>; kill: () => void; isOver: () => boolean } {
  const preload = ['--import', 'tsx', '--import', './scripts/measure/bench/peak-memory.ts'];
  const child = spawn(
    process.execPath,
    [...preload, 'scripts/migrate-from-sqlite.ts', file, '--owner', 'alice', '--no-backup', '--json'],
    {
      cwd: root,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, DATABASE_URL: test.url },
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    },
  );
  const ended = Promise.all([
    new Promise<number | null>((resolve) => child.on('close', resolve)),
    text(child.stdio[3] as Readable),
  ]).then(([code, peak]) => ({ code, peakMegabytes: Number(peak) / 1024 }));
  return {
    ended,
    kill: () => void child.kill('SIGKILL'),
    isOver: () => child.exitCode !== null || child.signalCode !== null,
  };
}

/** False: it was over before this was met. */
async function until(condition: string, isOver: () => boolean = () => false): Promise<boolean> {
  // On tables that another holds for itself, only the list of who does what can be asked.
  const watcher = createDb({ url: test.url, poolMin: 0, poolMax: 1, applicationName: 'test-watcher' });
  try {
    for (;;) {
      const { met } = await watcher.one<{ met: boolean }>(`SELECT ${condition} AS met`);
      if (met || isOver()) return met;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  } finally {
    await watcher.close();
  }
}

const BUSY = `application_name = 'migrate-sqlite' AND datname = current_database()`;

/** As the list of who does what has it, or SQL: what has just been done to the schema. */
const STAGES = [
  ['COPY snapshots', null],
  ['a key of snapshots', `object_identity = 'public.snapshots' AND current_query() LIKE '%ADD CONSTRAINT%'`],
  ['an index', `command_tag = 'CREATE INDEX'`],
  ['a trigger', `command_tag = 'CREATE TRIGGER'`],
] as const;

it(`killed at ${STAGES.map(([name]) => name).join(', ')}: every key and index is in place, nothing is visible, and the next run succeeds`, async () => {
  const file = path.join(directory, 'kill.db');
  writeLargeArchive({ file, tracks: 2_000, snapshots: 40_000 });
  const before = await describeSchema(test.patient);
  for (const [name, done] of STAGES) {
    await killAt(name, done, file);
    expect(await describeSchema(test.patient)).toEqual(before);
    expect(await test.db.many('SELECT 1 FROM users UNION ALL SELECT 1 FROM tracks')).toEqual([]);
  }
  const whole = await run(file).ended;
  expect(whole.code).toBe(0);
  expect(whole.peakMegabytes).toBeLessThan(200);
  expect(await describeSchema(test.patient)).toEqual(before);
  expect(await listStrayDerived(test.patient)).toEqual([]);
});

/** Then it lingers for a second, or it would be over before it is seen. */
const lingerAfter = (done: string): string => `
  CREATE FUNCTION linger() RETURNS event_trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE ${done}) THEN PERFORM pg_sleep(1); END IF;
  END $$;
  CREATE EVENT TRIGGER lingers ON ddl_command_end EXECUTE FUNCTION linger()`;

async function killAt(name: string, done: string | null, file: string): Promise<void> {
  if (done !== null) await test.patient.execute(lingerAfter(done));
  const running = run(file);
  onTestFinished(running.kill);
  const isThere = done === null ? `ltrim(query) LIKE '${name}%'` : `wait_event = 'PgSleep'`;
  const met = await until(
    `EXISTS (SELECT FROM pg_stat_activity WHERE ${BUSY} AND ${isThere})`,
    running.isOver,
  );
  expect([name, met]).toEqual([name, true]);
  running.kill();
  await running.ended;
  await until(`NOT EXISTS (SELECT FROM pg_stat_activity WHERE ${BUSY})`);
  await test.patient.execute('DROP EVENT TRIGGER IF EXISTS lingers; DROP FUNCTION IF EXISTS linger');
}

it('the same data again: no table or index a byte larger, no row written', async () => {
  const file = path.join(directory, 'again.db');
  writeLargeArchive({ file, tracks: 1_000, snapshots: 10_000 });
  const sizes = (): Promise<unknown[]> =>
    test.patient.many(
      `SELECT relname, pg_total_relation_size(oid) AS bytes FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1`,
    );
  await move(file);
  await test.patient.execute('VACUUM');
  const before = [await sizes(), await dumpTables(test.patient, true)];
  expect((await move(file)).changed).toBe(false);
  expect([await sizes(), await dumpTables(test.patient, true)]).toEqual(before);
});

const heavy = (rows: number): string =>
  archive((db) => {
    const add = db.prepare('INSERT INTO tracks (track_id, raw_json) VALUES (?, ?)');
    for (let n = 1; n <= rows; n += 1)
      add.run(`t${n}`, JSON.stringify({ n, text: 'abcdefgh'.repeat(655_000) }));
  });

it('memory follows the largest row, not their number: 28 rows of 5 MB take what 4 of them take', async () => {
  const few = await run(heavy(4)).ended;
  expect(few.code).toBe(0);
  await test.patient.execute('TRUNCATE tracks CASCADE');
  const many = await run(heavy(28)).ended;
  expect(many.code).toBe(0);
  expect(many.peakMegabytes).toBeLessThan(few.peakMegabytes + 100);
});

it('a payload of 50 MB moves', async () => {
  const megabytes = 50 * 1024 * 1024;
  const file = archive((db) =>
    insert(db, 'tracks', { track_id: 't', raw_json: `{"a": "${'x'.repeat(megabytes)}"}` }),
  );
  expect(exitCodeOf(await move(file))).toBe(0);
  const stored = await test.patient.one<{ size: number }>(
    `SELECT length(raw_json ->> 'a') AS size FROM tracks`,
  );
  expect(stored.size).toBe(megabytes);
});
