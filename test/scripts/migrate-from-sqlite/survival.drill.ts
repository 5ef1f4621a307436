import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { verifyArchive } from '../../../scripts/migrate-from-sqlite/verify/verify-archive.ts';
import { createDb, type Db } from '../../../src/db.ts';
import { startEmbeddedPostgres } from '../../../src/embedded-postgres.ts';
import { migrateUp } from '../../../src/database/schema.ts';
import { useDatabase } from '../../support/database.ts';
import { ended, isMoving, isQuiet, MOVING, startMove, type Ended } from '../../support/move-command.ts';
import { mountSmallDisk, unmount } from '../../support/mounts.ts';
import { insert, SNAPSHOTS_SCHEMA, useDirectory, writeArchive } from '../../support/old-archives.ts';
import { dumpTables, emptyTables } from '../../support/table-dump.ts';
import { startTcpProxy } from '../../support/tcp-proxy.ts';

const KILLS = 50;
/** A seed repeats a drill. */
const SEED = Number(process.env.DRILL_SEED ?? Math.trunc(Math.random() * 2 ** 31));

const test = useDatabase();
const directory = useDirectory();
beforeEach(() => emptyTables(test.patient));

const run = (args: readonly string[], url = test.url): Promise<Ended> =>
  ended(startMove(args, { DATABASE_URL: url }));

/** Large enough to be met in the middle, with something for every table and for the rejects. */
function large(name: string, tracks: number): string {
  return writeArchive(directory, name, SNAPSHOTS_SCHEMA, (db) => {
    const add = db.prepare('INSERT INTO tracks (track_id, name, duration_ms, raw_json) VALUES (?, ?, ?, ?)');
    const rank = db.prepare(`INSERT INTO snapshots VALUES (?, '2024-01-01', 'short_term', ?)`);
    for (let n = 1; n <= tracks; n += 1) {
      const artists = [{ id: `a${n % 500}`, name: `Artist ${n % 500}` }];
      const payload = JSON.stringify({ n, artists, text: 'x'.repeat(300) });
      add.run(`t${n}`, `Track ${n}`, n % 1000 === 0 ? 'x' : n, n % 1500 === 0 ? '[' : payload);
      rank.run(n % 700 === 0 ? `nobody${n}` : `t${n}`, n);
    }
  });
}

/**
 * Every row, without what two undisturbed runs would differ in as well: numbers of runs and of listeners (with which
 * the words of a document are marked), and the time of day.
 */
async function contentOf(db: Db): Promise<Record<string, string[]>> {
  const content: Record<string, string[]> = {};
  for (const table of Object.keys(await dumpTables(db))) {
    const rows = await db.many<{ line: string }>(
      `SELECT (to_jsonb(t) - '{user_id,import_id,reject_id,created_at,updated_at,started_at,finished_at,report,document}'::text[])::text
         ${table === 'imports' ? ` || (report -> 'tables')::text || (report -> 'rejects')::text` : ''} AS line
       FROM ${table} AS t ORDER BY 1`,
    );
    content[table] = rows.map((row) => row.line);
  }
  return content;
}

/** mulberry32: a drill that found something can be run again. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

it(`killed with SIGKILL at ${KILLS} random points (seed ${SEED}) and run again, all is as if undisturbed`, async () => {
  const file = large('drill', 3_000);
  const options = [file, '--owner', 'alice'];
  const empty = await contentOf(test.patient);
  const started = performance.now();
  expect((await run(options)).code).toBe(1);
  const wholeMs = performance.now() - started;
  const whole = await contentOf(test.patient);
  expect(whole.import_rejects).toHaveLength(9);
  const random = randomFrom(SEED);
  for (let kill = 1; kill <= KILLS; kill += 1) {
    await emptyTables(test.patient);
    const child = startMove(options, { DATABASE_URL: test.url });
    const end = ended(child);
    // Starting up takes a third of the time and harms nobody: most are met later.
    await sleep(wholeMs * (0.3 + 0.75 * random()));
    child.kill('SIGKILL');
    await end;
    await isQuiet(test.db);
    const left = await contentOf(test.patient);
    const nothing = left.tracks?.length === 0;
    expect(left, `kill ${kill} of seed ${SEED}`).toEqual(nothing ? empty : whole);
    if (kill % 5 !== 0 && kill !== KILLS) continue;
    expect((await run(options)).code).toBe(1);
    expect(await contentOf(test.patient)).toEqual(whole);
  }
  const before = await dumpTables(test.patient, true);
  // A process that was killed while it copied leaves this; its number is no longer anybody's.
  writeFileSync(path.join(directory, `drill_backup_${2 ** 22 + 1}.partial`), 'half a copy');
  expect((await run(options)).code).toBe(1);
  expect(await dumpTables(test.patient, true)).toEqual(before);
  expect(readdirSync(directory).filter((name) => name.includes('.partial'))).toEqual([]);
});

async function expectCutOff(end: Promise<Ended>): Promise<void> {
  const result = await end;
  expect(result.code).toBe(3);
  expect(result.stderr).toContain('it is safe to run again');
  expect(result.stderr.trim().split('\n')).toHaveLength(1);
}

describe('exit code 3, one sentence, nothing half visible, and the next run is whole:', () => {
  it('every connection of the server is ended', async () => {
    const file = large('ended', 10_000);
    const end = run([file, '--no-backup']);
    await isMoving(test.db);
    await test.db.execute(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${MOVING}`);
    await expectCutOff(end);
    expect(await test.db.many('SELECT 1 FROM tracks LIMIT 1')).toEqual([]);
    expect((await run([file, '--no-backup'])).code).toBe(1);
  });

  it('the network is cut', async () => {
    const file = large('network', 10_000);
    const proxy = await startTcpProxy(test.url);
    const end = run([file, '--no-backup'], proxy.url);
    await isMoving(test.db);
    await proxy.refuse();
    await expectCutOff(end);
    await isQuiet(test.db);
    expect(await test.db.many('SELECT 1 FROM tracks LIMIT 1')).toEqual([]);
  });

  it('the server is stopped and started again; its disk is full', async () => {
    const file = large('restart', 10_000);
    const home = mkdtempSync(path.join(os.tmpdir(), 'mtm-restart-'));
    const dataDir = path.join(home, 'postgres');
    let server = await startEmbeddedPostgres({ dataDir });
    await migrateUp(server.url);
    const small = path.join(home, 'small');
    const isMounted = mountSmallDisk(small, 3);
    if (isMounted) chownSync(small, statSync(dataDir).uid, -1);
    onTestFinished(async () => {
      await server.stop();
      if (isMounted) unmount(small);
      rmSync(home, { recursive: true, force: true });
    });
    const open = (): Db =>
      createDb({
        url: server.url,
        poolMin: 0,
        poolMax: 2,
        applicationName: 'test-restart',
        statementTimeoutMs: 0,
      });
    let db = open();
    const end = run([file, '--no-backup'], server.url);
    await isMoving(db);
    await db.close();
    await server.stop();
    await expectCutOff(end);
    server = await startEmbeddedPostgres({ dataDir });
    db = open();
    expect(await db.many('SELECT 1 FROM users')).toEqual([]);
    if (!isMounted) process.stderr.write('No small disk could be mounted: a full one is not tested.\n');
    else await expectNothingOnFullDisk(db, file, small, server.url);
    expect((await run([file, '--no-backup', '--owner', 'alice'], server.url)).code).toBe(1);
    expect(await verifyArchive({ db, file, owner: 'alice' })).toMatchObject({ ok: true });
    await db.close();
  });
});

/** Once where the rows are staged, once where they are to live. */
async function expectNothingOnFullDisk(db: Db, file: string, small: string, url: string): Promise<void> {
  await db.execute(`CREATE TABLESPACE small LOCATION '${small}'`);
  const name = (await db.one<{ name: string }>('SELECT current_database() AS name')).name;
  for (const [fill, release] of [
    [
      `ALTER DATABASE ${name} SET temp_tablespaces = 'small'`,
      `ALTER DATABASE ${name} RESET temp_tablespaces`,
    ],
    ['ALTER TABLE tracks SET TABLESPACE small', 'ALTER TABLE tracks SET TABLESPACE pg_default'],
  ] as const) {
    await db.execute(fill);
    const result = await run([file, '--no-backup'], url);
    expect(result.code).toBe(3);
    expect(result.stderr).toContain('it is safe to run again');
    expect(await db.many('SELECT 1 FROM users UNION ALL SELECT 1 FROM tracks')).toEqual([]);
    await db.execute(release);
  }
}

it('two processes at once: both end well, one moves, the other finds it done', async () => {
  const file = large('twice', 3_000);
  const options = [file, '--owner', 'alice', '--json'];
  const both = await Promise.all([run(options), run(options)]);
  expect(both.map(({ code }) => code)).toEqual([1, 1]);
  const changed = both.map(({ stdout }) => (JSON.parse(stdout) as { changed: boolean }).changed);
  expect(changed.filter(Boolean)).toHaveLength(1);
  expect(await test.db.many('SELECT 1 FROM imports')).toHaveLength(1);
  expect(await verifyArchive({ db: test.patient, file, owner: 'alice' })).toMatchObject({ ok: true });
});

/** An old app that goes on writing: a track and its place in one transaction, without a pause. */
const WRITER = `
  const [, file, module] = process.argv;
  import(module).then(({ default: Sqlite }) => {
    const db = new Sqlite(file, { timeout: 10000 });
    const write = db.transaction((n) => {
      db.prepare('INSERT INTO tracks (track_id, raw_json) VALUES (?, ?)').run('live' + n, JSON.stringify({ n, text: 'y'.repeat(200) }));
      db.prepare("INSERT INTO snapshots VALUES (?, '2024-02-02', 'long_term', ?)").run('live' + n, n);
    });
    let n = 0;
    const go = () => { for (let times = 0; times < 5; times += 1) write(n += 1); setTimeout(go, 3); };
    go();
    process.stdout.write('writing');
  });`;

const count = (db: Sqlite.Database, table: string): number =>
  db.prepare(`SELECT count(*) FROM ${table} WHERE track_id LIKE 'live%'`).pluck().get() as number;

async function moved(): Promise<number[]> {
  const row = await test.db.one<{ tracks: number; places: number }>(
    `SELECT (SELECT count(*)::int FROM tracks WHERE track_id LIKE 'live%') AS tracks,
            (SELECT count(*)::int FROM snapshots) AS places`,
  );
  return [row.tracks, row.places];
}

it('a file that is being written: backup and move are each of one moment, and the next run brings the rest', async () => {
  const home = path.join(directory, 'written');
  mkdirSync(home);
  const file = writeArchive(home, 'old', `PRAGMA journal_mode = WAL; ${SNAPSHOTS_SCHEMA}`, (db) =>
    insert(
      db,
      'tracks',
      ...Array.from({ length: 5_000 }, (_, n) => ({ track_id: `t${n}`, raw_json: `{"n": ${n}}` })),
    ),
  );
  const writer = spawn(process.execPath, ['-e', WRITER, file, import.meta.resolve('better-sqlite3')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(writer.stdout, 'data');
  expect((await run([file, '--owner', 'alice'])).code).toBe(0);
  writer.kill('SIGKILL');
  await once(writer, 'exit');
  const [tracks = 0, places] = await moved();
  expect(tracks).toBeGreaterThan(0);
  expect(places).toBe(tracks);
  const name = readdirSync(home).find((found) => /^old_backup_.*\.db$/.test(found)) ?? '';
  const copy = new Sqlite(path.join(home, name), { readonly: true });
  expect(copy.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(copy.pragma('journal_mode', { simple: true })).toBe('delete');
  expect([count(copy, 'tracks'), count(copy, 'snapshots')]).toEqual([tracks, tracks]);
  copy.close();
  const db = new Sqlite(file, { readonly: true });
  const written = count(db, 'tracks');
  db.close();
  expect(written).toBeGreaterThan(tracks);
  const next = await run([file, '--owner', 'alice', '--json']);
  expect(JSON.parse(next.stdout)).toMatchObject({
    tables: [{ moved: written - tracks }, { moved: written - tracks }],
  });
  expect(await moved()).toEqual([written, written]);
  expect(existsSync(path.join(home, name))).toBe(true);
  expect(
    readdirSync(home)
      .filter((found) => found.includes('_backup_'))
      .every((found) => found.endsWith('.db')),
  ).toBe(true);
});
