import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';
import { createDb } from '../../src/db.ts';
import { databaseUrl } from '../support/database-url.ts';
import { useDatabase } from '../support/database.ts';
import {
  insert,
  PLAYLISTS_SCHEMA,
  SNAPSHOTS_SCHEMA,
  useDirectory,
  writeArchive,
} from '../support/old-archives.ts';
import { dumpTables, emptyTables } from '../support/table-dump.ts';

const test = useDatabase();
const root = path.resolve(import.meta.dirname, '../..');
const directory = useDirectory();
const TIMEOUT = 60_000;

beforeEach(() => emptyTables(test.db));

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

function start(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', 'scripts/migrate-from-sqlite.ts', ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, DATABASE_URL: test.url, ...env },
  });
}

function ended(child: ChildProcess): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

const run = (args: readonly string[], env?: Record<string, string>): Promise<Ended> =>
  ended(start(args, env));

const good = (name: string): string =>
  writeArchive(directory, name, SNAPSHOTS_SCHEMA, (db) =>
    insert(db, 'tracks', { track_id: 't', name: 'One' }),
  );

function write(name: string, text: string): string {
  const file = path.join(directory, name);
  writeFileSync(file, text);
  return file;
}

const folder = (name: string): string => {
  const made = path.join(directory, name);
  mkdirSync(made);
  return made;
};

describe('exit code', () => {
  it(
    '0: moved and verified; stdout is the report, and once more it says there was nothing new',
    async () => {
      const file = good('fine');
      const first = await run([file, '--owner', 'alice']);
      expect(first).toMatchObject({ code: 0, stderr: '' });
      expect(first.stdout).toMatch(/tracks\s+1\s+1\s+0/);
      expect(first.stdout).toContain('Moved and verified value by value');
      expect((await run([file, '--owner', 'alice'])).stdout).toContain('Nothing new');
      const verified = await run([file, '--owner', 'alice', '--verify-only']);
      expect(verified).toMatchObject({ code: 0, stderr: '' });
      expect(verified.stdout).toMatch(/tracks\s+1\s+1\s+0/);
      await test.db.execute(`UPDATE tracks SET name = 'other'`);
      const failed = await run([file, '--owner', 'alice', '--verify-only']);
      expect(failed.code).toBe(3);
      expect(failed.stdout).toContain('tracks different track_id=t: name');
    },
    TIMEOUT,
  );

  it(
    '1: moved, with rejects; --json prints nothing but the report',
    async () => {
      const file = writeArchive(directory, 'rejects', SNAPSHOTS_SCHEMA, (db) =>
        insert(db, 'tracks', { track_id: 't', raw_json: '[' }),
      );
      const result = await run([file, '--json']);
      expect(result).toMatchObject({ code: 1, stderr: '' });
      expect(JSON.parse(result.stdout)).toMatchObject({
        mode: 'move',
        source: { name: 'rejects.db', layout: 'snapshots' },
        rejects: [{ table: 'tracks', column: 'raw_json', reason: 'no valid JSON', count: 1 }],
      });
      const stored = await test.db.one<{ report: unknown }>('SELECT report FROM imports');
      expect(stored.report).toMatchObject({ newRejects: 1, changed: true });
    },
    TIMEOUT,
  );

  it.each([
    [['--frobnicate'], "Unknown option '--frobnicate'"],
    [['a.db', 'b.db'], 'Name one file.'],
    [['--retry-rejects', '--verify-only'], 'Choose one'],
    [['--dry-run', '--verify-only'], 'Choose one'],
    [['--owner'], 'argument missing'],
    [['nowhere.db'], 'There is no file nowhere.db'],
  ])(
    '2: %s',
    async (args, message) => {
      const result = await run(args);
      expect(result.code).toBe(2);
      expect(result.stderr).toContain(message);
      expect(result.stderr).not.toContain('    at ');
    },
    TIMEOUT,
  );

  it(
    '2: a database without its schema, and one that is not there',
    async () => {
      const file = good('unready');
      const { name } = await test.db.one<{ name: string }>('SELECT current_database() AS name');
      const empty = `${name}_empty`;
      await test.db.execute(`CREATE DATABASE ${empty}`);
      const behind = await run([file], { DATABASE_URL: databaseUrl(test.url, empty) });
      expect(behind).toMatchObject({ code: 2, stdout: '' });
      expect(behind.stderr).toBe('The database is not ready: run "npm run migrate -- up" first.\n');
      await test.db.execute(`DROP DATABASE ${empty} WITH (FORCE)`);
      const away = await run([file], { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
      expect(away.code).toBe(2);
      expect(away.stderr).toContain('The database cannot be reached');
    },
    TIMEOUT,
  );

  it(
    '2: a wrong setting is named',
    async () => {
      const result = await run([good('setting')], { DB_POOL_MAX: 'many' });
      expect(result.code).toBe(2);
      expect(result.stderr).toContain('DB_POOL_MAX');
    },
    TIMEOUT,
  );

  it(
    '3: what arrived is not what the file holds, or the archive does not hold the file',
    async () => {
      const file = good('meddled');
      expect((await run([file, '--verify-only'])).code).toBe(3);
      await test.db.execute(
        `CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := 'x'; RETURN NEW; END $$`,
      );
      await test.db.execute(
        'CREATE TRIGGER meddle BEFORE INSERT ON tracks FOR EACH ROW EXECUTE FUNCTION meddle()',
      );
      const result = await run([file]);
      await test.db.execute('DROP FUNCTION meddle CASCADE');
      expect(result.code).toBe(3);
      expect(result.stderr).toBe(
        'Verification failed: tracks: 0 rows are missing and 1 differ from the file. Nothing was changed.\n',
      );
      expect(await test.db.many('SELECT 1 FROM users')).toEqual([]);
    },
    TIMEOUT,
  );
});

describe('a file that cannot be moved', () => {
  const broken: Record<string, () => string> = {
    'is a directory': () => directory,
    'is empty: there is nothing': () => write('empty.db', ''),
    'holds no tables': () => writeArchive(directory, 'tableless', 'PRAGMA user_version = 1'),
    'is not a SQLite database': () => write('text.db', 'These are not the bytes you are looking for.'),
    'is no old archive': () => writeArchive(directory, 'other', 'CREATE TABLE weather (id)'),
    'without a single row': () => writeArchive(directory, 'rowless', SNAPSHOTS_SCHEMA),
    'has no column time_range': () =>
      writeArchive(
        directory,
        'lacking',
        'CREATE TABLE tracks (track_id); CREATE TABLE snapshots (track_id, snapshot_date)',
      ),
    'is damaged': () => {
      const file = writeArchive(directory, 'cut', SNAPSHOTS_SCHEMA, (db) =>
        insert(
          db,
          'tracks',
          ...Array.from({ length: 500 }, (_, n) => ({ track_id: `t${n}`, name: 'x'.repeat(200) })),
        ),
      );
      truncateSync(file, 40_960);
      return file;
    },
  };

  it.each(Object.keys(broken))(
    '%s',
    async (message) => {
      const result = await run([broken[message]?.() ?? '']);
      expect(result.code).toBe(2);
      expect(result.stderr).toContain(message);
      expect(result.stderr.trim().split('\n')).toHaveLength(1);
      expect(await test.db.many('SELECT 1 FROM users')).toEqual([]);
    },
    TIMEOUT,
  );

  it(
    'is locked by another program',
    async () => {
      const file = good('locked');
      const holder = new Sqlite(file);
      holder.exec('BEGIN EXCLUSIVE');
      const result = await run([file]);
      holder.close();
      expect(result.code).toBe(2);
      expect(result.stderr).toContain('is locked by another program');
    },
    TIMEOUT,
  );
});

describe('the backup copy', () => {
  it(
    'is dated, made once for the same bytes, and never overwritten',
    async () => {
      const home = folder('backups');
      const file = writeArchive(home, 'old', SNAPSHOTS_SCHEMA, (db) =>
        insert(db, 'tracks', { track_id: 't' }),
      );
      const original = readFileSync(file);
      await run([file]);
      await run([file]);
      const first = readdirSync(home).find((name) => name.includes('backup')) ?? '';
      expect(first).toMatch(/^old_backup_\d{4}_\d\d_\d\d\.db$/);
      expect(readdirSync(home)).toHaveLength(2);
      expect(readFileSync(file).equals(original)).toBe(true);
      const db = new Sqlite(file);
      insert(db, 'tracks', { track_id: 'u' });
      db.close();
      await run([file]);
      expect(readdirSync(home).toSorted()).toEqual(
        ['old.db', first, first.replace('.db', '_2.db')].toSorted(),
      );
      const copy = new Sqlite(path.join(home, first), { readonly: true });
      expect(copy.prepare('SELECT track_id FROM tracks').all()).toEqual([{ track_id: 't' }]);
      copy.close();
    },
    TIMEOUT,
  );

  it(
    'is left out when asked to, and for a dry run, and for an audit',
    async () => {
      const home = folder('none');
      const file = writeArchive(home, 'old', PLAYLISTS_SCHEMA, (db) =>
        insert(db, 'tracks', { spotify_id: 't', name: 'T', created_at: '2024-01-01 00:00:00' }),
      );
      await run([file, '--dry-run']);
      await run([file, '--no-backup']);
      const audit = await run([file, '--audit']);
      expect(readdirSync(home)).toEqual(['old.db']);
      expect(audit.code).toBe(0);
      expect(audit.stdout).toContain('playlists layout');
      expect(audit.stdout).toMatch(/audio_features.*jsonb/);
      expect(JSON.parse((await run([file, '--audit', '--json'])).stdout)).toMatchObject({
        layout: 'playlists',
      });
    },
    TIMEOUT,
  );

  it.skipIf(process.getuid?.() === 0)(
    'that cannot be made stops the move',
    async () => {
      const home = folder('sealed');
      const file = writeArchive(home, 'old', SNAPSHOTS_SCHEMA, (db) =>
        insert(db, 'tracks', { track_id: 't' }),
      );
      chmodSync(home, 0o500);
      const result = await run([file]);
      chmodSync(home, 0o700);
      expect(result.code).toBe(2);
      expect(result.stderr).toContain('--no-backup');
    },
    TIMEOUT,
  );
});

it('killed half-way it leaves nothing behind, and the next run ends as if undisturbed', async () => {
  const file = writeArchive(directory, 'large', SNAPSHOTS_SCHEMA, (db) => {
    const add = db.prepare('INSERT INTO tracks (track_id, name, raw_json) VALUES (?, ?, ?)');
    const rank = db.prepare(`INSERT INTO snapshots VALUES (?, '2024-01-01', 'short_term', ?)`);
    for (let n = 1; n <= 20_000; n += 1) {
      add.run(`t${n}`, `Track ${n}`, JSON.stringify({ n, text: 'x'.repeat(300) }));
      rank.run(`t${n}`, n);
    }
  });
  const options = [file, '--owner', 'alice', '--no-backup'];
  for (const pause of [20, 150, 400]) {
    const child = start(options);
    const end = ended(child);
    await isMoving();
    await new Promise((resolve) => setTimeout(resolve, pause));
    child.kill('SIGKILL');
    await end;
    await isQuiet();
    expect(await test.db.many('SELECT 1 FROM tracks LIMIT 1')).toEqual([]);
    expect(await test.db.many('SELECT 1 FROM users')).toEqual([]);
  }
  expect((await run(options)).code).toBe(0);
  const counts = await test.db.one(
    'SELECT (SELECT count(*) FROM tracks) AS tracks, (SELECT count(*) FROM snapshots) AS snapshots',
  );
  expect(counts).toEqual({ tracks: 20_000, snapshots: 20_000 });
  const before = await dumpTables(test.db, true);
  expect((await run(options)).code).toBe(0);
  expect(await dumpTables(test.db, true)).toEqual(before);
}, 120_000);

it(
  'a connection that is cut off mid-way: exit code 3, one sentence, nothing half done',
  async () => {
    const file = writeArchive(directory, 'cutoff', SNAPSHOTS_SCHEMA, (db) => {
      const add = db.prepare('INSERT INTO tracks (track_id, raw_json) VALUES (?, ?)');
      for (let n = 1; n <= 20_000; n += 1) add.run(`t${n}`, JSON.stringify({ n, text: 'x'.repeat(300) }));
    });
    const end = ended(start([file, '--no-backup']));
    await isMoving();
    const admin = createDb({ url: test.url, poolMin: 0, poolMax: 1, applicationName: 'test-admin' });
    await admin.execute(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${MOVING}`);
    await admin.close();
    const result = await end;
    expect(result.code).toBe(3);
    expect(result.stderr).toContain('it is safe to run again');
    expect(result.stderr.trim().split('\n')).toHaveLength(1);
    expect(await test.db.many('SELECT 1 FROM tracks LIMIT 1')).toEqual([]);
  },
  TIMEOUT,
);

const MOVING = `application_name = 'migrate-sqlite' AND datname = current_database() AND xact_start IS NOT NULL`;

/** Waits until a run is inside its transaction and copying. */
async function isMoving(): Promise<void> {
  await until(`EXISTS (SELECT FROM pg_stat_activity WHERE ${MOVING} AND query LIKE 'COPY%')`);
}

async function isQuiet(): Promise<void> {
  await until(`NOT EXISTS (SELECT FROM pg_stat_activity WHERE ${MOVING})`);
}

async function until(condition: string): Promise<void> {
  for (;;) {
    const row = await test.db.one<{ met: boolean }>(`SELECT ${condition} AS met`);
    if (row.met) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
