import { randomBytes } from 'node:crypto';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { mountSmallDisk, seal, unmount } from '../../support/mounts.ts';
import { ended, startMove, type Ended } from '../../support/move-command.ts';
import { databaseUrl } from '../../support/database-url.ts';
import { useDatabase } from '../../support/database.ts';
import {
  insert,
  PLAYLISTS_SCHEMA,
  SNAPSHOTS_SCHEMA,
  useDirectory,
  writeArchive,
} from '../../support/old-archives.ts';
import { emptyTables } from '../../support/table-dump.ts';

const test = useDatabase();
const directory = useDirectory();

beforeEach(() => emptyTables(test.patient));

const start = (args: readonly string[], env: Record<string, string> = {}): ChildProcess =>
  startMove(args, { DATABASE_URL: test.url, ...env });

const run = (args: readonly string[], env?: Record<string, string>): Promise<Ended> =>
  ended(start(args, env));

const good = (name: string): string =>
  writeArchive(directory, name, SNAPSHOTS_SCHEMA, (db) =>
    insert(db, 'tracks', { track_id: 't', name: 'One' }),
  );

function write(name: string, text: string | Buffer): string {
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
  it('0: moved and verified; stdout is the report, and once more it says there was nothing new', async () => {
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
  });

  it('1: moved, with rejects; --json prints nothing but the report', async () => {
    const file = writeArchive(directory, 'rejects', SNAPSHOTS_SCHEMA, (db) =>
      insert(db, 'tracks', { track_id: 't', raw_json: '[' }),
    );
    const result = await run([file, '--json']);
    expect(result).toMatchObject({ code: 1, stderr: '' });
    expect(JSON.parse(result.stdout)).toMatchObject({
      mode: 'move',
      source: { name: 'rejects.db', layout: 'snapshots' },
      rejects: [{ table: 'tracks', column: 'raw_json', reason: 'not valid JSON', count: 1 }],
    });
    const stored = await test.db.one<{ report: unknown }>('SELECT report FROM imports');
    expect(stored.report).toMatchObject({ newRejects: 1, changed: true });
  });

  it('0 or 1: --retry-rejects ends the rejects that were mended, and says how many are left', async () => {
    const file = writeArchive(directory, 'mended', SNAPSHOTS_SCHEMA, (db) =>
      insert(db, 'tracks', { track_id: 't', duration_ms: 'x' }),
    );
    const options = [file, '--owner', 'alice', '--no-backup'];
    expect((await run(options)).code).toBe(1);
    const unmended = await run([...options, '--retry-rejects']);
    expect(unmended.code).toBe(1);
    expect(unmended.stdout).toMatch(/Retried 1 reject\b.*\b0\b.*\b1\b/);
    const db = new Sqlite(file);
    db.exec('UPDATE tracks SET duration_ms = 5');
    db.close();
    const mended = await run([...options, '--retry-rejects', '--json']);
    expect(mended).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(mended.stdout)).toMatchObject({ retried: 1, mended: 1, left: 0 });
    expect(await test.db.many('SELECT 1 FROM import_rejects')).toEqual([]);
  });

  it.each([
    [['--frobnicate'], "Unknown option '--frobnicate'"],
    [['a.db', 'b.db'], 'Name one file.'],
    [['--retry-rejects', '--verify-only'], 'Choose one'],
    [['--dry-run', '--verify-only'], 'Choose one'],
    [['--owner'], 'argument missing'],
    [['nowhere.db'], 'There is no file nowhere.db'],
  ])('2: %s', async (args, message) => {
    const result = await run(args);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain(message);
    expect(result.stderr).not.toContain('    at ');
  });

  it('2: a database without its schema, and one that is not there', async () => {
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
  });

  it('2: a wrong setting is named', async () => {
    const result = await run([good('setting')], { DB_POOL_MAX: 'many' });
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('DB_POOL_MAX');
  });

  it('3: what arrived is not what the file holds, or the archive does not hold the file', async () => {
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
    expect(result.stderr).toMatch(/^Verification failed: tracks: 0 rows .*\b1\b/);
    expect(await test.db.many('SELECT 1 FROM users')).toEqual([]);
  });
});

describe('a file that cannot be moved', () => {
  const broken: Record<string, () => string> = {
    'is a directory': () => directory,
    'is empty': () => write('empty.db', ''),
    'has no tables': () => writeArchive(directory, 'tableless', 'PRAGMA user_version = 1'),
    'is not a SQLite database': () => write('text.db', 'These are not the bytes you are looking for.'),
    'it is encrypted': () => write('encrypted.db', randomBytes(8192)),
    'is not a SQLite database, or it is encrypted': () =>
      write('plain-header.db', Buffer.concat([Buffer.from('SQLite format 3\0'), randomBytes(8176)])),
    'is not an old archive': () => writeArchive(directory, 'other', 'CREATE TABLE weather (id)'),
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

  it.each(Object.keys(broken))('%s', async (message) => {
    const result = await run([broken[message]?.() ?? '']);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain(message);
    expect(result.stderr.trim().split('\n')).toHaveLength(1);
    expect(await test.db.many('SELECT 1 FROM users')).toEqual([]);
  });

  it('is locked by another program', async () => {
    const file = good('locked');
    const holder = new Sqlite(file);
    holder.exec('BEGIN EXCLUSIVE');
    const result = await run([file]);
    holder.close();
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('is locked by another program');
  });
});

it('a read-only directory: moved all the same without a backup; with an open write-ahead log the copy is advised', async ({
  skip,
}) => {
  const home = path.join(directory, 'read-only');
  skip(!mountSmallDisk(home, 4), 'a read-only disk cannot be mounted');
  onTestFinished(() => unmount(home));
  const file = writeArchive(home, 'plain', SNAPSHOTS_SCHEMA, (db) => insert(db, 'tracks', { track_id: 't' }));
  const logged = writeArchive(home, 'logged', `PRAGMA journal_mode = WAL; ${SNAPSHOTS_SCHEMA}`, (db) =>
    insert(db, 'tracks', { track_id: 't' }),
  );
  const open = path.join(home, 'open.db');
  writeFileSync(open, readFileSync(logged));
  writeFileSync(`${open}-wal`, 'frames');
  seal(home);
  const refused = await run([file]);
  expect(refused).toMatchObject({ code: 2, stdout: '' });
  expect(refused.stderr).toContain('backup copy');
  expect(refused.stderr).toContain('--no-backup');
  const wal = await run([open, '--no-backup']);
  expect(wal).toMatchObject({ code: 2, stdout: '' });
  expect(wal.stderr).toMatch(/read-only.*-wal file|-wal file.*read-only/);
  expect(await test.db.many('SELECT 1 FROM users')).toEqual([]);
  expect((await run([file, '--no-backup'])).code).toBe(0);
  expect((await run([logged, '--no-backup'])).code).toBe(0);
});

describe('the backup copy', () => {
  it('is dated, made once for the same bytes, and never overwritten', async () => {
    const home = folder('backups');
    const file = writeArchive(home, 'old', SNAPSHOTS_SCHEMA, (db) => insert(db, 'tracks', { track_id: 't' }));
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
    expect(readdirSync(home).toSorted()).toEqual(['old.db', first, first.replace('.db', '_2.db')].toSorted());
    const copy = new Sqlite(path.join(home, first), { readonly: true });
    expect(copy.prepare('SELECT track_id FROM tracks').all()).toEqual([{ track_id: 't' }]);
    copy.close();
  });

  it('is left out when asked to, and for a dry run, and for an audit', async () => {
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
  });

  it.skipIf(process.getuid?.() === 0)('that cannot be made stops the move', async () => {
    const home = folder('sealed');
    const file = writeArchive(home, 'old', SNAPSHOTS_SCHEMA, (db) => insert(db, 'tracks', { track_id: 't' }));
    chmodSync(home, 0o500);
    const result = await run([file]);
    chmodSync(home, 0o700);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('--no-backup');
  });
});
